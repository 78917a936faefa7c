//! `RateLimiter`: one object for each thing that is limited, so that its count is exact.

use contract::objects::{Permit, TakePermit};
use edge::json::{decode, encode};
use edge::{Call, Clock, Result, reply, serve_object, sql};
use identity::rate::{self, Limit};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, SqlStorage, State, Storage, durable_object};

/// The times of the permits given lately, in one row of SQLite.
#[durable_object(alarm)]
pub struct RateLimiter {
    storage: Storage,
    sql: SqlStorage,
}

// The runtime runs an object on one thread, and its fields hold no state that a panic could leave half-changed.
impl std::panic::UnwindSafe for RateLimiter {}
impl std::panic::RefUnwindSafe for RateLimiter {}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS permits (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     taken_ms TEXT NOT NULL,             -- JSON array of epoch milliseconds, oldest first
     forget_at_ms INTEGER NOT NULL       -- from then on none of them counts
   ) STRICT";

#[derive(Deserialize)]
struct Row {
    taken_ms: String,
    forget_at_ms: i64,
}

impl DurableObject for RateLimiter {
    fn new(state: State, _env: Env) -> Self {
        let storage = state.storage();
        Self { sql: storage.sql(), storage }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        serve_object("auth.limiter", request, |mut call: Call, _log| async move {
            match call.path() {
                "/take" => {
                    let wanted = call.json().await?;
                    let (permit, forget_at_ms) = self.take(wanted)?;
                    self.wake_at(forget_at_ms).await?;
                    reply::json(&permit)
                }
                "/ping" => reply::json(&()),
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }

    /// Leaves nothing behind once no permit counts any more: an object is made for every address anybody types.
    async fn alarm(&self) -> worker::Result<Response> {
        match self.forget_at_ms() {
            Ok(Some(at_ms)) if at_ms > Clock::wall_ms() => self.storage.set_alarm(until(at_ms)).await?,
            _ => self.storage.delete_all().await?,
        }
        Response::empty()
    }
}

impl RateLimiter {
    /// Reads, decides and writes without an await in between, so no two callers see the same permit.
    fn take(&self, wanted: TakePermit) -> Result<(Permit, i64)> {
        let now_ms = Clock::wall_ms();
        let limit =
            Limit { permits: wanted.limit, window_ms: i64::from(wanted.window_seconds).saturating_mul(1000) };
        // Here and not in the constructor: the alarm deletes the table while the object stays in memory.
        sql::run(&self.sql, TABLE, Vec::new())?;
        let mut taken_ms: Vec<i64> =
            self.row()?.map(|row| decode(&row.taken_ms)).transpose()?.unwrap_or_default();
        let outcome = rate::take(&mut taken_ms, limit, now_ms);
        let forget_at_ms = now_ms.saturating_add(outcome.reset_after_ms);
        sql::run(
            &self.sql,
            "INSERT INTO permits (id, taken_ms, forget_at_ms) VALUES (1, ?, ?)
             ON CONFLICT DO UPDATE SET taken_ms = excluded.taken_ms, forget_at_ms = excluded.forget_at_ms",
            vec![sql::text(encode(&taken_ms)?), sql::int(forget_at_ms)?],
        )?;
        let permit = Permit {
            allowed: outcome.allowed,
            remaining: outcome.remaining,
            retry_after_seconds: seconds(outcome.retry_after_ms),
            reset_seconds: seconds(outcome.reset_after_ms),
        };
        Ok((permit, forget_at_ms))
    }

    fn row(&self) -> Result<Option<Row>> {
        sql::first(&self.sql, "SELECT taken_ms, forget_at_ms FROM permits", Vec::new())
    }

    fn forget_at_ms(&self) -> Result<Option<i64>> {
        Ok(self.row()?.map(|row| row.forget_at_ms))
    }

    /// One alarm at a time: when it comes it looks whether more permits were given meanwhile.
    async fn wake_at(&self, at_ms: i64) -> Result<()> {
        if self.storage.get_alarm().await?.is_none() {
            self.storage.set_alarm(until(at_ms)).await?;
        }
        Ok(())
    }
}

fn until(at_ms: i64) -> std::time::Duration {
    let wait_ms = at_ms.saturating_sub(Clock::wall_ms()).max(1);
    std::time::Duration::from_millis(wait_ms.unsigned_abs())
}

/// Whole seconds, rounded up: who waits that long does not come too early.
fn seconds(ms: i64) -> u32 {
    u32::try_from(ms.saturating_add(999).checked_div(1000).unwrap_or(0)).unwrap_or(u32::MAX)
}
