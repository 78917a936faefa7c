//! One step after the other through a source's catalogue, as far as the budget allows.

use std::time::Duration;

use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use edge::random;
use prices::Market;
use serde_json::json;
use sources::{FailureKind, Page};

use crate::allowance::backoff;
use crate::allowance::budget::Purpose;
use crate::health::source_store;
use crate::ingest::Ingest;
use crate::planner::asking::{Asked, Asker};
use crate::planner::store::{Known, PlannerState, Walk};

/// A listing is gone after this many complete walks without it: markets lose events for a poll or two.
const MISSED_WALKS: u32 = 3;
/// A catalogue that halves from one walk to the next is believed after a day (market time): by then it is no mishap.
const ODD_FOR_MS: i64 = 24 * 60 * 60 * 1_000;
/// What the health row says until then.
pub const TOO_FEW: &str = "too_few_events";

/// A planner at work.
pub struct Walker<'a> {
    /// Asks the provider.
    pub asker: &'a Asker<'a>,
    /// Real time between two walks.
    pub every: Duration,
}

/// What one step led to.
enum Step {
    /// Ask on.
    Go,
    /// The walk is complete.
    Complete,
    /// Stop here and come back after so long (real time).
    Wait(Duration),
}

impl Walker<'_> {
    /// Takes one step; answers the real time until the next one. The state is saved in every case.
    pub async fn advance(&self, state: &mut PlannerState) -> Result<Duration> {
        let mut walk = self.walk(state)?;
        let log = Log::new("aggregator.planner", walk.request_id.clone());
        // Known before its answer: a restart asks the same page again under the same number.
        state.walk = Some(walk.clone());
        self.asker.store.save_state(state)?;
        let step = match self.step(state, &mut walk, &log).await {
            Ok(step) => step,
            // Ours, not the provider's: the cursor stays, the same page is asked again later.
            Err(failure) => {
                log.error("step_failed", json!({ "market": self.market(), "cause": failure.cause }));
                state.stumbles = state.stumbles.saturating_add(1);
                Step::Wait(backoff::wait(state.stumbles, None, u64::from_le_bytes(random::bytes()?)))
            }
        };
        let wait = match step {
            Step::Go => {
                state.walk = Some(walk);
                Duration::ZERO
            }
            Step::Complete => {
                self.complete(state, &walk, &log).await?;
                state.walk = None;
                state.walk_calls = walk.requests;
                let gate = self.asker.store.gate()?;
                let pace_ms = gate.budget.pace_ms(self.asker.limits, walk.requests, gate.now_ms());
                self.every.max(Duration::from_millis(u64::try_from(pace_ms).unwrap_or(0)))
            }
            Step::Wait(wait) => {
                state.walk = Some(walk);
                wait
            }
        };
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        state.resume_ms = self.asker.store.gate()?.now_ms().saturating_add(wait_ms);
        let due = self.asker.clock.market_at(Clock::wall_ms().saturating_add(wait_ms));
        state.next_poll_ms = Some(due.timestamp_millis());
        self.asker.store.save_state(state)?;
        Ok(wait)
    }

    fn market(&self) -> Market {
        self.asker.market()
    }

    /// The walk under way, or a new one.
    fn walk(&self, state: &mut PlannerState) -> Result<Walk> {
        if let Some(walk) = state.walk.take() {
            return Ok(walk);
        }
        state.walks = state.walks.saturating_add(1);
        Ok(Walk {
            number: state.walks,
            cursor: self.asker.adapter.start(self.asker.store.live_token()?.is_some()),
            request_id: random::id()?,
            started_ms: Clock::wall_ms(),
            requests: 0,
            events: 0,
            changes: 0,
            rejected: 0,
        })
    }

    async fn step(&self, state: &mut PlannerState, walk: &mut Walk, log: &Log) -> Result<Step> {
        match self.asker.ask(Purpose::Walk, &walk.cursor, log).await? {
            Asked::Refused(wait, _) => Ok(Step::Wait(wait)),
            Asked::Next(cursor) => {
                walk.requests = walk.requests.saturating_add(1);
                walk.cursor = cursor;
                Ok(Step::Go)
            }
            Asked::Page(page) => {
                walk.requests = walk.requests.saturating_add(1);
                self.take_in(state, walk, *page, log).await
            }
            Asked::Failed(failure, wait) => {
                walk.requests = walk.requests.saturating_add(1);
                // The same question would be refused again: begin anew next time.
                if failure.kind == FailureKind::BadRequest {
                    walk.cursor = self.asker.adapter.start(self.asker.store.live_token()?.is_some());
                }
                Ok(Step::Wait(wait))
            }
        }
    }

    async fn take_in(
        &self,
        state: &mut PlannerState,
        walk: &mut Walk,
        page: Page,
        log: &Log,
    ) -> Result<Step> {
        let changes = self.ingest(walk, log).take(&page).await?;
        walk.events = walk.events.saturating_add(count(page.events.len()));
        walk.changes = walk.changes.saturating_add(changes);
        walk.rejected = walk.rejected.saturating_add(count(page.rejected.len()));
        state.stumbles = 0;
        Ok(page.next.map_or(Step::Complete, |next| {
            walk.cursor = next;
            Step::Go
        }))
    }

    /// Ends a walk: what it did not see for the third time is gone; the row of its run is written. A walk that saw less
    /// than half of the last one says nothing about what it did not see, and counts as a failure.
    async fn complete(&self, state: &mut PlannerState, walk: &Walk, log: &Log) -> Result<()> {
        let now_ms = self.asker.clock.market().timestamp_millis();
        let halved = walk.events.saturating_mul(2) < state.events;
        let since_ms = *state.odd_since_ms.get_or_insert(now_ms);
        state.rejected = walk.rejected;
        if halved && now_ms.saturating_sub(since_ms) < ODD_FOR_MS {
            state.odd_walks = state.odd_walks.saturating_add(1);
            log.warn(
                TOO_FEW,
                json!({ "market": self.market(), "events": walk.events, "before": state.events }),
            );
            return source_store::record_run(self.asker.env, self.market(), walk, TOO_FEW).await;
        }
        (state.odd_walks, state.odd_since_ms) = (0, None);
        self.sweep(walk, log).await?;
        state.events = walk.events;
        state.last_success_ms = Some(now_ms);
        source_store::record_run(self.asker.env, self.market(), walk, "ok").await
    }

    /// Takes out what was not seen for the third time.
    async fn sweep(&self, walk: &Walk, log: &Log) -> Result<()> {
        let unseen = self.asker.store.unseen(walk.number)?;
        let (gone, missed): (Vec<Known>, Vec<Known>) = unseen
            .into_iter()
            .map(|known| Known { missed: known.missed.saturating_add(1), walk: walk.number, ..known })
            .partition(|known| known.missed == MISSED_WALKS);
        self.asker.store.remember(&missed)?;
        if gone.is_empty() {
            return Ok(());
        }
        log.info("gone", json!({ "market": self.market(), "listings": gone.len() }));
        let ids: Vec<String> = gone.iter().map(|known| known.source_event_id.clone()).collect();
        self.ingest(walk, log).gone(gone).await?;
        self.asker.store.forget(&ids)
    }

    fn ingest<'b>(&'b self, walk: &Walk, log: &'b Log) -> Ingest<'b> {
        Ingest::now(self.asker, walk.number, log)
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
