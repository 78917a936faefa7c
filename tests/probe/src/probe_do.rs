//! `Probe`: an object that keeps words, and panics on command.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use std::time::Duration;

use edge::failure::Result;
use edge::{Call, reply, serve_object, sql};
use serde::Deserialize;
use worker::{Delay, DurableObject, Env, Request, Response, SqlStorage, State, durable_object};

#[durable_object(alarm)]
pub struct Probe {
    state: State,
    sql: SqlStorage,
}

// The fields are handles: they hold no state that a panic could leave half-changed.
impl std::panic::UnwindSafe for Probe {}
impl std::panic::RefUnwindSafe for Probe {}

#[derive(Deserialize)]
struct Row {
    word: String,
}

impl DurableObject for Probe {
    fn new(state: State, _env: Env) -> Self {
        let sql = state.storage().sql();
        let table = "CREATE TABLE IF NOT EXISTS words (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT";
        let _ = sql::run(&sql, table, Vec::new());
        Self { state, sql }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        assert!(request.path() != "/bare-panic", "on command, in an object without a frame");
        serve_object("probe.object", request, |mut call: Call, _log| async move {
            match call.path() {
                "/add" => {
                    let word: String = call.json().await?;
                    self.add(&word)?;
                }
                "/panic" => {
                    self.add("before the panic")?;
                    panic!("on command, in an object");
                }
                "/slow" => Delay::from(Duration::from_millis(800)).await,
                "/panic-in-alarm" => self.state.storage().set_alarm(Duration::ZERO).await?,
                "/read" => {}
                _ => return Err(edge::serve::no_such_path()),
            }
            reply::json(&self.words()?)
        })
        .await
    }

    /// Panics at its first run, after it has written down that it ran.
    async fn alarm(&self) -> worker::Result<Response> {
        let ran_before = self.words().is_ok_and(|words| words.iter().any(|word| word == "alarm"));
        let _ = self.add("alarm");
        assert!(ran_before, "on command, in an alarm");
        Response::empty()
    }
}

impl Probe {
    fn add(&self, word: &str) -> Result<()> {
        sql::run(&self.sql, "INSERT INTO words (word) VALUES (?)", vec![sql::text(word)])
    }

    fn words(&self) -> Result<Vec<String>> {
        let rows: Vec<Row> = sql::rows(&self.sql, "SELECT word FROM words ORDER BY id", Vec::new())?;
        Ok(rows.into_iter().map(|row| row.word).collect())
    }
}
