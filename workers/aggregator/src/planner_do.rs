//! `SourcePlanner`: one object a source. Its alarm walks the source's catalogue within the source's budget.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use std::time::Duration;

use contract::push::MAX_PUSH_BYTES;
use edge::clock::Clock;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::{Call, Vars, reply, serve_object};
use prices::Market;
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::config::{Config, adapter};
use crate::ingest::Ingest;
use crate::planner_store::PlannerStore;
use crate::pushed::{BEYOND_WALKS, Pushes};
use crate::source_store;
use crate::walk::Walker;

/// If an alarm could not even read its state, it tries again this much later. Without an alarm a source would sleep
/// until the next cron minute.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// A part of a push, which spells out what the body leaves to defaults.
const MAX_PART_BYTES: usize = 4 * MAX_PUSH_BYTES;

/// A source's planner. All state is in SQLite; the fields are handles.
#[durable_object(alarm)]
pub struct SourcePlanner {
    state: State,
    env: Env,
    store: PlannerStore,
    pushes: Pushes,
}

// The runtime runs an object on one thread, and its fields hold no state that a panic could leave half-changed.
impl std::panic::UnwindSafe for SourcePlanner {}
impl std::panic::RefUnwindSafe for SourcePlanner {}

impl DurableObject for SourcePlanner {
    fn new(state: State, env: Env) -> Self {
        let store = PlannerStore::open(state.storage().sql());
        let pushes = Pushes::open(state.storage().sql());
        Self { state, env, store, pushes }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        serve_object("aggregator.planner", request, |mut call: Call, log| async move {
            match call.path() {
                "/wake" => self.wake().await,
                "/push" => self.push(&mut call, &log).await,
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let log = Log::of_alarm("aggregator.planner");
        let next = match self.run().await {
            Ok(next) => next,
            Err(failure) => {
                log.error("planner_failed", json!({ "cause": failure.cause, "detail": failure.detail }));
                Some(AFTER_TROUBLE)
            }
        };
        if let Some(next) = next {
            self.state.storage().set_alarm(next).await?;
        }
        Response::empty()
    }
}

impl SourcePlanner {
    /// Makes sure an alarm is set. Cron calls this every minute; a planner at work has one already.
    async fn wake(&self) -> Result<Response> {
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(Duration::ZERO).await?;
        }
        Ok(reply::no_content())
    }

    /// Takes in what a partner pushed, whether or not a feed is pulled as well.
    async fn push(&self, call: &mut Call, log: &Log) -> Result<Response> {
        let part = call.json_within(MAX_PART_BYTES).await?;
        let config = Config::read(&Vars::new(&self.env))?;
        let market = self.market().ok_or_else(|| Failure::internal("a planner without a market"))?;
        let seen_at_ms = Clock::wall_ms();
        let ingest = Ingest {
            env: &self.env,
            store: &self.store,
            log,
            market,
            walk: BEYOND_WALKS,
            at: config.clock.market_at(seen_at_ms),
            seen_at_ms,
        };
        reply::json(&self.pushes.take(&ingest, part).await?)
    }

    /// Walks on; answers when to go on, or nothing if the source is not configured.
    async fn run(&self) -> Result<Option<Duration>> {
        let config = Config::read(&Vars::new(&self.env))?;
        let Some(market) = self.market() else { return Ok(None) };
        let Some(provider) = sources::registry::provider(market) else { return Ok(None) };
        let Some(adapter) = adapter(&self.env, market)? else { return Ok(None) };
        let mut state = self.store.state()?;
        let walker = Walker {
            env: &self.env,
            store: &self.store,
            adapter: adapter.as_ref(),
            limits: provider.capabilities.budget,
            clock: &config.clock,
            poll_every: config.poll_every,
            poll_gap: config.poll_gap,
        };
        let next = walker.run(&mut state).await?;
        source_store::write_health(
            &self.env,
            &source_store::health(market, &state, true),
            config.clock.market(),
        )
        .await?;
        Ok(Some(next))
    }

    /// The object is named after its market.
    fn market(&self) -> Option<Market> {
        self.state.id().name()?.parse().ok()
    }
}
