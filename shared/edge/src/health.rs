//! `GET /healthz`: the version, and whether each binding can be reached.

use serde::Serialize;
use worker::{Env, Response};

use crate::d1;
use crate::failure::Result;
use crate::reply;

/// The answer.
#[derive(Serialize)]
pub struct Health {
    /// The Worker.
    pub worker: &'static str,
    /// The version of the code.
    pub version: &'static str,
    /// Whether all checks passed.
    pub ok: bool,
    /// Each binding by name.
    pub bindings: Vec<Binding>,
}

/// One binding.
#[derive(Serialize)]
pub struct Binding {
    /// Its name.
    pub name: &'static str,
    /// Whether it can be reached.
    pub ok: bool,
}

/// Checks that are run on every health request.
pub struct Checks {
    bindings: Vec<Binding>,
}

impl Checks {
    /// Checks the configuration first: its failure is answered by the caller.
    pub const fn new() -> Self {
        Self { bindings: Vec::new() }
    }

    /// Notes the outcome of one check.
    #[must_use]
    pub fn note<T, E>(mut self, name: &'static str, outcome: &std::result::Result<T, E>) -> Self {
        self.bindings.push(Binding { name, ok: outcome.is_ok() });
        self
    }

    /// Asks D1 for a row.
    pub async fn d1(self, env: &Env) -> Self {
        let outcome = match d1::database(env) {
            Ok(db) => d1::first::<serde::de::IgnoredAny>(&db, "SELECT 1 AS one", &[]).await.map(drop),
            Err(failure) => Err(failure),
        };
        self.note("DB", &outcome)
    }

    /// 200 if every check passed, else 503; the body is the same.
    pub fn answer(self, worker: &'static str, version: &'static str) -> Result<Response> {
        let ok = self.bindings.iter().all(|binding| binding.ok);
        let status = if ok { 200 } else { 503 };
        reply::json_with_status(status, &Health { worker, version, ok, bindings: self.bindings })
    }
}

impl Default for Checks {
    fn default() -> Self {
        Self::new()
    }
}
