//! The plan of a source: made anew each minute from what people care for and what the budget allows.

use std::cmp::Reverse;
use std::time::Duration;

use contract::planner::{PlanPurpose, PlanShare, PlannedTask, SourcePlan};
use edge::clock::Clock;
use edge::failure::Result;
use serde::{Deserialize, Serialize};

use crate::health::source_store::budget_windows;
use crate::planner::attention::{self, Candidate};
use crate::planner::poll_store::Poll;
use crate::planner::reading::Reader;
use crate::planner::schedule::{HOUR_MS, Schedule, Wanted, in_an_hour, schedule};
use crate::planner::store::PlannerState;
use crate::planner::updates;
use crate::planner::value::{self, Wish};

/// A plan is made anew after this long (real time).
const REPLAN_MS: i64 = 60_000;
/// Walks are never further apart, budget allowing: the tail is at most an hour old.
const TAIL: Duration = Duration::from_hours(1);
/// Changes are asked for this often (market time).
const UPDATES_EVERY: Duration = Duration::from_mins(2);
/// A first plan is made before any walk is done: a walk is taken to cost this much.
const UNKNOWN_WALK: u32 = 10;
/// Tasks in an answer.
const TASKS_SHOWN: usize = 500;

/// The plan as it is stored; the polls are rows of their own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// When it was made, steady time; 0 for never.
    made_ms: i64,
    allowed: u32,
    walk_every_ms: u64,
    walks_for_events: bool,
    walk_calls: u32,
    updates_every_ms: Option<u64>,
    updates_calls: u32,
    events_calls: u32,
    live_calls: u32,
    left_to_the_walk: u32,
}

impl Plan {
    /// Real time between two walks.
    pub fn walk_every(&self) -> Duration {
        Duration::from_millis(self.walk_every_ms).min(TAIL)
    }

    /// Real time between two askings for changes, where it is worth it.
    pub fn updates_every(&self) -> Option<Duration> {
        self.updates_every_ms.map(Duration::from_millis)
    }
}

/// Makes plans.
pub struct Planning<'a> {
    /// Asks and reads.
    pub reader: &'a Reader<'a>,
    /// Walks are wished this often (real time).
    pub walk_every: Duration,
    /// Nothing is asked more often than this, however fast the market's clock runs (real time).
    pub gap: Duration,
}

impl Planning<'_> {
    /// The plan; a new one if the last is a minute old.
    pub async fn current(&self, state: &PlannerState) -> Result<Plan> {
        let store = self.reader.asker.store;
        let plan: Plan = store.cell("plan")?;
        let now_ms = store.gate()?.now_ms();
        if plan.made_ms > 0 && now_ms.saturating_sub(plan.made_ms) < REPLAN_MS {
            return Ok(plan);
        }
        self.make(state).await
    }

    async fn make(&self, state: &PlannerState) -> Result<Plan> {
        let asker = self.reader.asker;
        let market_ms = asker.clock.market().timestamp_millis();
        let by_id = asker.adapter.event("1", true).is_some();
        let tells_listings = sources::registry::provider(asker.market())
            .is_some_and(|provider| provider.capabilities.listings);
        let candidates = attention::candidates(asker.env, asker.market(), market_ms).await?;
        let mut worth: Vec<(Candidate, Wish, Duration)> = candidates
            .into_iter()
            .filter_map(|candidate| {
                let wish = value::wish(&candidate.facts(), market_ms)?;
                let every = asker.clock.real_delay(wish.every).max(self.gap);
                (tells_listings || every < self.walk_every).then_some((candidate, wish, every))
            })
            .collect();
        worth.sort_by_key(|(_, wish, every)| (Reverse(wish.worth), *every));
        let wished = worth.len();

        let gate = asker.store.gate()?;
        let updates_every = asker.clock.real_delay(UPDATES_EVERY).max(self.gap);
        let allowed = gate.budget.allowance(asker.limits, HOUR_MS, gate.now_ms());
        let plan = schedule(&Wanted {
            allowed,
            walk_calls: if state.walk_calls == 0 { UNKNOWN_WALK } else { state.walk_calls },
            walk_every: self.walk_every,
            updates_every: (updates::can_tell(self.reader) && updates_every < self.walk_every)
                .then_some(updates_every),
            by_id,
            tells_listings,
            events: worth.iter().map(|(_, _, every)| *every).collect(),
        });
        worth.truncate(plan.events.len());
        self.reader.polls.replan(rows(worth, &plan, gate.now_ms()), gate.now_ms())?;
        let left = if plan.walks_for_events { 0 } else { wished.saturating_sub(plan.events.len()) };
        let plan = stored(&plan, allowed, left, gate.now_ms());
        asker.store.put_cell("plan", &plan)?;
        Ok(plan)
    }

    /// The plan as people read it.
    pub async fn shown(&self, state: &PlannerState) -> Result<SourcePlan> {
        let plan = self.current(state).await?;
        let asker = self.reader.asker;
        let gate = asker.store.gate()?;
        let now_ms = gate.now_ms();
        let at = |steady_ms: i64| {
            let wait_ms = steady_ms.saturating_sub(now_ms).max(0);
            asker.clock.market_at(Clock::wall_ms().saturating_add(wait_ms))
        };
        let whole = |purpose, reason: &str, every_ms: u64, calls, next_ms| PlannedTask {
            purpose,
            event_id: None,
            name: None,
            source_event_id: None,
            reasons: vec![reason.to_owned()],
            every_seconds: seconds(every_ms),
            calls,
            next_at: at(next_ms),
        };
        let mut tasks =
            vec![whole(PlanPurpose::Walk, "catalogue", plan.walk_every_ms, plan.walk_calls, state.resume_ms)];
        if plan.walks_for_events
            && let Some(walk) = tasks.first_mut()
        {
            walk.reasons.push("cheaper_than_events".to_owned());
        }
        if let Some(every_ms) = plan.updates_every_ms {
            tasks.push(whole(
                PlanPurpose::Updates,
                "changes",
                every_ms,
                plan.updates_calls,
                state.updates_ms,
            ));
        }
        let mut polls = self.reader.polls.all()?;
        polls.sort_by_key(|poll| (poll.every_ms, poll.next_ms));
        tasks.extend(polls.into_iter().take(TASKS_SHOWN).map(|poll| event_task(poll, at)));
        let planned = [
            (PlanPurpose::Walk, plan.walk_calls),
            (PlanPurpose::Updates, plan.updates_calls),
            (PlanPurpose::Events, plan.events_calls),
            (PlanPurpose::Live, plan.live_calls),
        ];
        let percent = |calls: u32| calls.saturating_mul(100).checked_div(plan.allowed).unwrap_or(0);
        Ok(SourcePlan {
            market: asker.market(),
            from: asker.clock.market(),
            calls_allowed: plan.allowed,
            calls_planned: planned.iter().fold(0, |sum, (_, calls)| sum.saturating_add(*calls)),
            shares: planned
                .iter()
                .map(|&(purpose, calls)| PlanShare { purpose, calls, percent: percent(calls) })
                .collect(),
            tasks,
            left_to_the_walk: plan.left_to_the_walk,
            budget: budget_windows(&gate, asker.limits),
            breaker: gate.breaker.state(now_ms),
        })
    }
}

fn event_task(poll: Poll, at: impl Fn(i64) -> chrono::DateTime<chrono::Utc>) -> PlannedTask {
    let mut reasons = poll.reasons;
    reasons.extend(poll.once.map(|once| once.as_str().to_owned()));
    let every = Duration::from_millis(u64::try_from(poll.every_ms).unwrap_or(0));
    PlannedTask {
        purpose: PlanPurpose::Events,
        event_id: poll.event_id.and_then(|id| id.parse().ok()),
        name: poll.name,
        source_event_id: Some(poll.source_event_id),
        reasons,
        every_seconds: seconds(u64::try_from(poll.every_ms).unwrap_or(0)),
        calls: if every.is_zero() { 1 } else { in_an_hour(every) },
        next_at: at(poll.next_ms),
    }
}

/// The polls of a schedule, their first turns spread over their intervals.
fn rows(worth: Vec<(Candidate, Wish, Duration)>, plan: &Schedule, now_ms: i64) -> Vec<Poll> {
    let many = i64::try_from(worth.len()).unwrap_or(i64::MAX).max(1);
    worth
        .into_iter()
        .zip(&plan.events)
        .zip(1_i64..)
        .map(|(((candidate, wish, _), every), nth)| {
            let every_ms = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
            let turn_ms = every_ms.saturating_mul(nth).checked_div(many).unwrap_or(0);
            Poll {
                source_event_id: candidate.source_event_id,
                event_id: Some(candidate.event_id),
                name: Some(candidate.name),
                reasons: wish.reasons.into_iter().map(str::to_owned).collect(),
                every_ms,
                next_ms: now_ms.saturating_add(turn_ms),
                once: None,
            }
        })
        .collect()
}

fn stored(plan: &Schedule, allowed: u32, left: usize, now_ms: i64) -> Plan {
    let ms = |every: Duration| u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
    Plan {
        made_ms: now_ms,
        allowed,
        walk_every_ms: ms(plan.walk_every),
        walks_for_events: plan.walks_for_events,
        walk_calls: plan.walk_calls,
        updates_every_ms: plan.updates_every.map(ms),
        updates_calls: plan.updates_calls,
        events_calls: plan.events_calls,
        live_calls: plan.live_calls,
        left_to_the_walk: u32::try_from(left).unwrap_or(u32::MAX),
    }
}

fn seconds(ms: u64) -> u32 {
    u32::try_from(ms.div_ceil(1_000)).unwrap_or(u32::MAX)
}
