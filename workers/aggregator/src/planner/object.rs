//! `SourcePlanner`: one object a source. Its alarm walks the source's catalogue, asks for changes and reads valuable
//! events anew, all within the source's budget.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use std::time::Duration;

use contract::planner::ReadNow;
use contract::push::MAX_PUSH_BYTES;
use edge::clock::Clock;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::{Call, Vars, reply, serve_object};
use futures_util::future::join_all;
use prices::Market;
use serde_json::json;
use sources::Adapter;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::config::{Config, adapter};
use crate::health::messages;
use crate::health::source_store::{self, Vitals};
use crate::ingest::Ingest;
use crate::planner::asking::Asker;
use crate::planner::live::LiveReads;
use crate::planner::plan::Planning;
use crate::planner::poll_store::{Once, PollStore};
use crate::planner::pushed::{BEYOND_WALKS, Pushes};
use crate::planner::reading::Reader;
use crate::planner::store::{PlannerState, PlannerStore};
use crate::planner::updates;
use crate::planner::walk::Walker;

/// Steps of one alarm: at half a second a step an alarm stays far below its 15 minutes, and its health is told often.
const STEPS: u32 = 20;
/// Events read at once; the budget may allow fewer.
const POLLS_AT_ONCE: usize = 3;
/// If an alarm could not even read its state, it tries again this much later. Without an alarm a source would sleep
/// until the next cron minute.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);
/// Counting a market's listings reads all of them: once an hour is enough.
const COUNT_EVERY_MS: i64 = 3_600_000;

/// A part of a push, which spells out what the body leaves to defaults.
const MAX_PART_BYTES: usize = 4 * MAX_PUSH_BYTES;

/// A source's planner. What must last is in SQLite; in memory are handles and the live reads under way.
#[durable_object(alarm)]
pub struct SourcePlanner {
    state: State,
    env: Env,
    store: PlannerStore,
    polls: PollStore,
    pushes: Pushes,
    live: LiveReads,
}

// The runtime runs an object on one thread; what a panic leaves behind of the live reads gives itself back when dropped.
impl std::panic::UnwindSafe for SourcePlanner {}
impl std::panic::RefUnwindSafe for SourcePlanner {}

impl DurableObject for SourcePlanner {
    fn new(state: State, env: Env) -> Self {
        let sql = state.storage().sql();
        let (store, polls) = (PlannerStore::open(sql.clone()), PollStore::open(sql.clone()));
        Self { state, env, store, polls, pushes: Pushes::open(sql), live: LiveReads::default() }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        serve_object("aggregator.planner", request, |mut call: Call, log| async move {
            match call.path() {
                "/wake" => self.wake().await,
                "/hint" => self.hint(call.json_within(edge::queue::MAX_MESSAGE_BYTES).await?).await,
                "/read-now" => self.read_now(&call.json::<ReadNow>().await?, &log).await,
                "/plan" => self.plan().await,
                "/push" => self.push(&mut call, &log).await,
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let log = Log::of_alarm("aggregator.planner");
        let next = match self.run(&log).await {
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

/// What the planner works with while it is configured.
struct Desk {
    config: Config,
    market: Market,
    adapter: Box<dyn Adapter>,
    limits: &'static sources::Limits,
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

    /// The market says that these events moved: they are read as soon as the budget allows. Where single events cannot
    /// be read, the walk begins early.
    async fn hint(&self, ids: Vec<String>) -> Result<Response> {
        let Some(desk) = self.desk()? else { return Ok(reply::no_content()) };
        if desk.adapter.event("1", true).is_some() {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            self.polls.once(&ids, Once::Hint, self.store.gate()?.now_ms())?;
        } else {
            self.store.put_cell(WALK_NOW, &true)?;
        }
        self.state.storage().set_alarm(Duration::ZERO).await?;
        Ok(reply::no_content())
    }

    /// Reads one event for somebody who waits.
    async fn read_now(&self, wanted: &ReadNow, log: &Log) -> Result<Response> {
        let desk = self.desk()?.ok_or_else(|| Failure::not_found("This source is not configured."))?;
        let asker = self.asker(&desk);
        let reader = Reader { asker: &asker, polls: &self.polls, walk: self.store.state()?.walks };
        let id = wanted.source_event_id.as_str();
        reply::json(&self.live.share(id, || reader.live(id, log)).await?)
    }

    /// The plan for the next hour.
    async fn plan(&self) -> Result<Response> {
        let desk = self.desk()?.ok_or_else(|| Failure::not_found("This source is not configured."))?;
        let asker = self.asker(&desk);
        let state = self.store.state()?;
        let reader = Reader { asker: &asker, polls: &self.polls, walk: state.walks };
        reply::json(&planning(&desk, &reader).shown(&state).await?)
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

    /// Works on; answers when to go on, or nothing if the source is not configured.
    async fn run(&self, log: &Log) -> Result<Option<Duration>> {
        let Some(desk) = self.desk()? else { return Ok(None) };
        let asker = self.asker(&desk);
        let mut state = self.store.state()?;
        for _ in 0..STEPS {
            if !self.step(&desk, &asker, &mut state, log).await? {
                break;
            }
        }
        if let Err(failure) = self.count(&desk, &mut state).await {
            log.warn("count_failed", json!({ "market": desk.market, "cause": failure.cause }));
        }
        self.report(&desk, state).await?;
        self.next().map(Some)
    }

    /// Does what is due, one step of each; answers whether anything was.
    async fn step(
        &self,
        desk: &Desk,
        asker: &Asker<'_>,
        state: &mut PlannerState,
        log: &Log,
    ) -> Result<bool> {
        let reader = Reader { asker, polls: &self.polls, walk: state.walks };
        // Without a plan the walk goes on as configured: the database may be having a bad day.
        let plan = match planning(desk, &reader).current(state).await {
            Ok(plan) => Some(plan),
            Err(failure) => {
                log.warn("plan_failed", json!({ "market": desk.market, "cause": failure.cause }));
                None
            }
        };
        let now_ms = self.store.gate()?.now_ms();
        if self.store.cell(WALK_NOW)? {
            self.store.put_cell(WALK_NOW, &false)?;
            state.resume_ms = state.resume_ms.min(now_ms);
        }
        let due = self.polls.due(now_ms, POLLS_AT_ONCE)?;
        let logs: Vec<Log> = due.iter().map(|_| Log::of_alarm("aggregator.planner")).collect();
        for read in join_all(due.iter().zip(&logs).map(|(poll, log)| reader.poll(poll, log))).await {
            if let Err(failure) = read {
                log.error("poll_failed", json!({ "market": desk.market, "cause": failure.cause }));
            }
        }
        let mut worked = !due.is_empty();
        let every = plan.as_ref().and_then(crate::planner::plan::Plan::updates_every);
        if let Some(every) = every.filter(|_| state.updates_ms <= now_ms) {
            updates::advance(&reader, state, every).await?;
            worked = true;
        }
        if state.resume_ms <= now_ms {
            // More often than configured where that brings events; less often only as the budget's own pace asks, so
            // that a fresh start fills the catalogue at once.
            let walk_every = plan.map_or(Duration::MAX, |plan| plan.walk_every()).min(desk.walk_every());
            Walker { asker, every: walk_every }.advance(state).await?;
            worked = true;
        }
        Ok(worked)
    }

    /// Real time until something is due.
    fn next(&self) -> Result<Duration> {
        let state = self.store.state()?;
        let plan: crate::planner::plan::Plan = self.store.cell("plan")?;
        let poll_ms = self.polls.soonest()?.map(|poll| poll.next_ms);
        let updates_ms = plan.updates_every().map(|_| state.updates_ms);
        let due_ms = [Some(state.resume_ms), poll_ms, updates_ms].into_iter().flatten().min().unwrap_or(0);
        let wait_ms = due_ms.saturating_sub(self.store.gate()?.now_ms());
        Ok(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)))
    }

    async fn count(&self, desk: &Desk, state: &mut PlannerState) -> Result<()> {
        let now_ms = self.store.gate()?.now_ms();
        let is_due = now_ms.saturating_sub(state.counted.at_ms) >= COUNT_EVERY_MS;
        if is_due && state.last_success_ms.is_some() {
            state.counted = source_store::count(&self.env, desk.market, now_ms).await?;
            self.store.save_state(state)?;
        }
        Ok(())
    }

    /// Writes the health row, and the message that tracking is broken or works again.
    async fn report(&self, desk: &Desk, state: PlannerState) -> Result<()> {
        let vitals = Vitals { state, gate: self.store.gate()?, pulse: self.store.pulse()? };
        let health = source_store::health(desk.market, &vitals, true);
        source_store::write_health(&self.env, &health, desk.config.clock.market()).await?;
        let (alarm, notice) = self
            .store
            .cell::<crate::health::alarm::Alarm>("alarm")?
            .look(health.consecutive_failures, Clock::wall_ms());
        if let Some(notice) = notice {
            // The row first: dying before the alarm is stored writes the same row again under the same key.
            messages::write(&self.env, &health, notice, Clock::wall_ms()).await?;
            self.store.put_cell("alarm", &alarm)?;
        }
        Ok(())
    }

    /// What the planner works with; nothing if the source is not configured.
    fn desk(&self) -> Result<Option<Desk>> {
        let config = Config::read(&Vars::new(&self.env))?;
        let Some(market) = self.market() else { return Ok(None) };
        let Some(provider) = sources::registry::provider(market) else { return Ok(None) };
        let Some(adapter) = adapter(&self.env, market)? else { return Ok(None) };
        Ok(Some(Desk { config, market, adapter, limits: &provider.capabilities.budget }))
    }

    fn asker<'a>(&'a self, desk: &'a Desk) -> Asker<'a> {
        Asker {
            env: &self.env,
            store: &self.store,
            adapter: desk.adapter.as_ref(),
            limits: desk.limits,
            clock: &desk.config.clock,
        }
    }

    /// The object is named after its market.
    fn market(&self) -> Option<Market> {
        self.state.id().name()?.parse().ok()
    }
}

/// Says that the walk is to begin now.
const WALK_NOW: &str = "walk_now";

impl Desk {
    /// Real time between two walks, as configured.
    fn walk_every(&self) -> Duration {
        self.config.clock.real_delay(self.config.poll_every).max(self.config.poll_gap)
    }
}

fn planning<'a>(desk: &Desk, reader: &'a Reader<'a>) -> Planning<'a> {
    Planning { reader, walk_every: desk.walk_every(), gap: desk.config.poll_gap }
}
