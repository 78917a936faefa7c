//! `GET /healthz`: the version, and whether each binding can be reached.

use std::future::Future;
use std::time::Duration;

use contract::ids::RequestId;
use serde::Serialize;
use worker::{Env, Response};

use crate::config::{Environment, Vars};
use crate::d1;
use crate::failure::{Failure, Result};
use crate::object::Objects;
use crate::reply;
use crate::service::Service;
use crate::storage_count::{StorageCount, counted};
use crate::timeout::within;

/// The key, object and instance that health requests ask for; nothing is ever stored there.
const PROBE: &str = "healthz";
/// Far above what a well binding takes, and all of them together stay below what a monitor waits.
const PATIENCE: Duration = Duration::from_secs(1);

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
    /// In development: what storage was asked to do, for the bench.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<StorageCount>,
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
    storage: Option<StorageCount>,
}

impl Checks {
    /// Checks the configuration first: its failure is answered by the caller.
    pub const fn new() -> Self {
        Self { bindings: Vec::new(), storage: None }
    }

    /// Notes the outcome of one check.
    #[must_use]
    pub fn note<T, E>(mut self, name: &'static str, outcome: &std::result::Result<T, E>) -> Self {
        self.bindings.push(Binding { name, ok: outcome.is_ok() });
        self
    }

    /// Asks KV for a key that is not there.
    pub async fn kv(self, env: &Env, name: &'static str) -> Self {
        let outcome = in_time(async { Ok(env.kv(name)?.get(PROBE).text().await.map(drop)?) }).await;
        self.note(name, &outcome)
    }

    /// Asks a bucket for an object that is not there.
    pub async fn bucket(self, env: &Env, name: &'static str) -> Self {
        let outcome = in_time(async { Ok(env.bucket(name)?.head(PROBE).await.map(drop)?) }).await;
        self.note(name, &outcome)
    }

    /// Asks an object of the class whether it answers at all.
    pub async fn object(self, env: &Env, name: &'static str, request_id: &RequestId) -> Self {
        let outcome = match Objects::new(env, name, request_id) {
            Ok(objects) => objects.answers(PROBE).await,
            Err(failure) => Err(failure),
        };
        self.note(name, &outcome)
    }

    /// Asks another Worker whether it answers at all.
    pub async fn service(self, env: &Env, name: &'static str, request_id: &RequestId) -> Self {
        let outcome = match Service::new(env, name, request_id) {
            Ok(service) => service.answers().await,
            Err(failure) => Err(failure),
        };
        self.note(name, &outcome)
    }

    /// Asks D1 for a row.
    pub async fn d1(mut self, env: &Env) -> Self {
        let environment = Vars::new(env).environment();
        self.storage = environment.is_ok_and(|here| here == Environment::Development).then(counted);
        let ask =
            async { d1::first::<serde::de::IgnoredAny>(&d1::database(env)?, "SELECT 1 AS one", &[]).await };
        self.note("DB", &in_time(ask).await)
    }

    /// 200 if every check passed, else 503; the body is the same.
    pub fn answer(self, worker: &'static str, version: &'static str) -> Result<Response> {
        let ok = self.bindings.iter().all(|binding| binding.ok);
        let status = if ok { 200 } else { 503 };
        reply::json_with_status(
            status,
            &Health { worker, version, ok, bindings: self.bindings, storage: self.storage },
        )
    }
}

/// A binding that dawdles is not well.
async fn in_time<T>(ask: impl Future<Output = Result<T>>) -> Result<T> {
    within(PATIENCE, ask).await.unwrap_or_else(|_| Err(Failure::upstream("a binding gave no answer")))
}

impl Default for Checks {
    fn default() -> Self {
        Self::new()
    }
}
