//! One step after the other through a source's catalogue, as far as the budget allows.

use std::time::Duration;

use contract::catalog::SourceMode;
use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use edge::outbound::{self, NoAnswer};
use edge::random;
use prices::Market;
use serde_json::json;
use sources::{Adapter, Answer, Cursor, Failure, FailureKind, Limits, Page, Reading};
use worker::{Env, Method};

use crate::backoff;
use crate::ingest::Ingest;
use crate::planner_store::{Known, PlannerState, PlannerStore, Token, Walk};

/// Pages of one alarm: at half a second a page an alarm stays far below its 15 minutes, and the state is saved often.
const STEPS: u32 = 20;
/// A listing is gone after this many complete walks without it: markets lose events for a poll or two.
const MISSED_WALKS: u32 = 3;
/// A catalogue that halves from one walk to the next is believed after a day (market time): by then it is no mishap.
const ODD_FOR_MS: i64 = 24 * 60 * 60 * 1_000;
/// What the health row says until then.
const TOO_FEW: &str = "too_few_events";
/// A token is renewed this long before it ends.
const TOKEN_MARGIN_MS: i64 = 60_000;

/// A planner at work.
pub struct Walker<'a> {
    /// Bindings.
    pub env: &'a Env,
    /// The planner's memory.
    pub store: &'a PlannerStore,
    /// The provider.
    pub adapter: &'a dyn Adapter,
    /// How often it may be asked.
    pub limits: Limits,
    /// Both times.
    pub clock: &'a Clock,
    /// Time between two walks (market time).
    pub poll_every: Duration,
    /// Least real time between two walks, however fast the market's clock runs.
    pub poll_gap: Duration,
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
    /// Walks on; answers the real time until the next alarm. The state is saved in every case.
    pub async fn run(&self, state: &mut PlannerState) -> Result<Duration> {
        for _ in 0..STEPS {
            let mut walk = self.walk(state)?;
            let log = Log::new("aggregator.planner", walk.request_id.clone());
            let step = match self.step(state, &mut walk, &log).await {
                Ok(step) => step,
                // Ours, not the provider's: the cursor stays, the same page is asked again later.
                Err(failure) => {
                    log.error("step_failed", json!({ "market": self.market(), "cause": failure.cause }));
                    failed(state, "internal", None)?
                }
            };
            let now_ms = Clock::wall_ms();
            let wait = match step {
                Step::Go => {
                    state.walk = Some(walk);
                    self.store.save_state(state)?;
                    continue;
                }
                Step::Complete => {
                    self.complete(state, &walk, &log).await?;
                    let pace = state.budget.pace_ms(self.limits, walk.requests, now_ms);
                    let pace = Duration::from_millis(u64::try_from(pace).unwrap_or(0));
                    self.clock.real_delay(self.poll_every).max(self.poll_gap).max(pace)
                }
                Step::Wait(wait) => {
                    state.walk = Some(walk);
                    wait
                }
            };
            let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            state.next_poll_ms =
                Some(self.clock.market_at(now_ms.saturating_add(wait_ms)).timestamp_millis());
            self.store.save_state(state)?;
            return Ok(wait);
        }
        Ok(Duration::ZERO)
    }

    fn market(&self) -> Market {
        self.adapter.market()
    }

    /// The walk under way, or a new one.
    fn walk(&self, state: &mut PlannerState) -> Result<Walk> {
        if let Some(walk) = state.walk.take() {
            return Ok(walk);
        }
        state.walks = state.walks.saturating_add(1);
        Ok(Walk {
            number: state.walks,
            cursor: self.adapter.start(live_token(state).is_some()),
            request_id: random::id()?,
            started_ms: Clock::wall_ms(),
            requests: 0,
            events: 0,
            changes: 0,
            rejected: 0,
        })
    }

    async fn step(&self, state: &mut PlannerState, walk: &mut Walk, log: &Log) -> Result<Step> {
        let now_ms = Clock::wall_ms();
        if let Err(free_at_ms) = state.budget.take(self.limits, now_ms) {
            let wait_ms = free_at_ms.saturating_sub(now_ms);
            return Ok(Step::Wait(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))));
        }
        // The call counts from now on, even if we die before its answer: a budget may be underused, never exceeded.
        walk.requests = walk.requests.saturating_add(1);
        state.last_attempt_ms = Some(self.clock.market().timestamp_millis());
        state.walk = Some(walk.clone());
        self.store.save_state(state)?;
        state.walk = None;

        let reading = self.ask(state, walk, log).await;
        match reading {
            Reading::Page(page) => self.take_in(state, walk, page, log).await,
            Reading::Token { access_token, expires_in, next } => {
                let life_ms = i64::try_from(expires_in.as_millis()).unwrap_or(i64::MAX);
                state.token =
                    Some(Token { access_token, expires_ms: Clock::wall_ms().saturating_add(life_ms) });
                walk.cursor = next;
                Ok(Step::Go)
            }
            Reading::Failed(failure) => self.refused(state, walk, &failure, log),
        }
    }

    async fn ask(&self, state: &mut PlannerState, walk: &Walk, log: &Log) -> Reading {
        let token = live_token(state);
        let request = self.adapter.request(&walk.cursor, token.as_deref(), self.clock.market());
        let method = if request.method == "POST" { Method::Post } else { Method::Get };
        let headers: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer =
            outbound::send(method, &request.url, &headers, request.body.as_deref(), outbound::DEFAULT_LIMIT)
                .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(no_answer) => return unanswered(no_answer),
        };
        state.mode = Some(match answer.header("x-sandbox-mode").as_deref() {
            Some("replay") => SourceMode::Replay,
            Some(_) => SourceMode::Sandbox,
            None => SourceMode::Live,
        });
        log.info("asked", json!({ "market": self.market(), "what": request.label, "status": answer.status }));
        let (content_type, retry_after) = (answer.header("content-type"), answer.header("retry-after"));
        let (left, reset) = (answer.header("rate-limit-available"), answer.header("rate-limit-reset"));
        let body = answer.text();
        self.adapter.read(
            &walk.cursor,
            &Answer {
                status: answer.status,
                content_type: content_type.as_deref(),
                retry_after: retry_after.as_deref(),
                rate_limit: (left.as_deref(), reset.as_deref()),
                body: &body,
            },
            self.clock.market(),
        )
    }

    async fn take_in(
        &self,
        state: &mut PlannerState,
        walk: &mut Walk,
        page: Page,
        log: &Log,
    ) -> Result<Step> {
        if let Some(left) = page.calls_left {
            state.budget.heed(self.limits, left);
        }
        let changes = self.ingest(walk, log).take(&page).await?;
        walk.events = walk.events.saturating_add(count(page.events.len()));
        walk.changes = walk.changes.saturating_add(changes);
        state.passed_on = state.passed_on.saturating_add(u64::from(changes));
        walk.rejected = walk.rejected.saturating_add(count(page.rejected.len()));
        for rejected in &page.rejected {
            log.warn(
                "rejected",
                json!({ "market": self.market(), "id": rejected.id, "reason": rejected.reason }),
            );
        }
        if page.unreachable > 0 || !page.unknown_words.is_empty() {
            log.warn(
                "not_understood",
                json!({ "market": self.market(), "unreachable": page.unreachable, "words": page.unknown_words }),
            );
        }
        // A page that can be read ends a failure, but not the doubt about a catalogue that has halved.
        if state.odd_walks == 0 {
            (state.failures, state.last_failure) = (0, None);
        }
        Ok(page.next.map_or(Step::Complete, |next| {
            walk.cursor = next;
            Step::Go
        }))
    }

    fn refused(
        &self,
        state: &mut PlannerState,
        walk: &mut Walk,
        failure: &Failure,
        log: &Log,
    ) -> Result<Step> {
        log.warn(
            "refused_by_source",
            json!({ "market": self.market(), "kind": failure.kind, "code": failure.code, "failures": state.failures }),
        );
        match failure.kind {
            // A token may have been taken back before its time: ask for another, once.
            FailureKind::Unauthorized if state.token.take().is_some() => {
                walk.cursor = Cursor::Token { then: Box::new(walk.cursor.clone()) };
                return Ok(Step::Go);
            }
            FailureKind::QuotaSpent => {
                let wait = failure.retry_after.unwrap_or(Duration::from_hours(1));
                let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                state.budget.spend_until(self.limits, Clock::wall_ms().saturating_add(wait_ms));
            }
            // The same question would be refused again: begin anew next time.
            FailureKind::BadRequest => walk.cursor = self.adapter.start(live_token(state).is_some()),
            _ => {}
        }
        failed(state, &failure.code, failure.retry_after)
    }

    /// Ends a walk: what it did not see for the third time is gone; the row of its run is written. A walk that saw less
    /// than half of the last one says nothing about what it did not see, and counts as a failure.
    async fn complete(&self, state: &mut PlannerState, walk: &Walk, log: &Log) -> Result<()> {
        let now_ms = self.clock.market().timestamp_millis();
        let halved = walk.events.saturating_mul(2) < state.events;
        let since_ms = *state.odd_since_ms.get_or_insert(now_ms);
        state.rejected = walk.rejected;
        if halved && now_ms.saturating_sub(since_ms) < ODD_FOR_MS {
            state.odd_walks = state.odd_walks.saturating_add(1);
            state.failures = state.odd_walks;
            state.last_failure = Some(TOO_FEW.to_owned());
            log.warn(
                TOO_FEW,
                json!({ "market": self.market(), "events": walk.events, "before": state.events }),
            );
            return crate::source_store::record_run(self.env, self.market(), walk, TOO_FEW).await;
        }
        (state.odd_walks, state.odd_since_ms) = (0, None);
        (state.failures, state.last_failure) = (0, None);
        self.sweep(state, walk, log).await?;
        state.events = walk.events;
        state.last_success_ms = Some(now_ms);
        crate::source_store::record_run(self.env, self.market(), walk, "ok").await
    }

    /// Takes out what was not seen for the third time.
    async fn sweep(&self, state: &mut PlannerState, walk: &Walk, log: &Log) -> Result<()> {
        let unseen = self.store.unseen(walk.number)?;
        let (gone, missed): (Vec<Known>, Vec<Known>) = unseen
            .into_iter()
            .map(|known| Known { missed: known.missed.saturating_add(1), walk: walk.number, ..known })
            .partition(|known| known.missed == MISSED_WALKS);
        self.store.remember(&missed)?;
        if gone.is_empty() {
            return Ok(());
        }
        log.info("gone", json!({ "market": self.market(), "listings": gone.len() }));
        let ids: Vec<String> = gone.iter().map(|known| known.source_event_id.clone()).collect();
        let changes = self.ingest(walk, log).gone(gone).await?;
        state.passed_on = state.passed_on.saturating_add(u64::from(changes));
        self.store.forget(&ids)
    }

    fn ingest<'b>(&'b self, walk: &Walk, log: &'b Log) -> Ingest<'b> {
        let seen_at_ms = Clock::wall_ms();
        Ingest {
            env: self.env,
            store: self.store,
            log,
            market: self.market(),
            walk: walk.number,
            at: self.clock.market_at(seen_at_ms),
            seen_at_ms,
        }
    }
}

fn failed(state: &mut PlannerState, code: &str, asked: Option<Duration>) -> Result<Step> {
    state.failures = state.failures.saturating_add(1);
    state.last_failure = Some(code.to_owned());
    Ok(Step::Wait(backoff::wait(state.failures, asked, u64::from_le_bytes(random::bytes()?))))
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn live_token(state: &PlannerState) -> Option<String> {
    let token = state.token.as_ref()?;
    let live = token.expires_ms.saturating_sub(TOKEN_MARGIN_MS) > Clock::wall_ms();
    live.then(|| token.access_token.clone())
}

fn unanswered(no_answer: NoAnswer) -> Reading {
    Reading::Failed(Failure {
        kind: FailureKind::Unavailable,
        retry_after: None,
        code: no_answer.as_str().to_owned(),
    })
}
