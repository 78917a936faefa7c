//! What changed since we last asked, between two walks, where a source can tell.

use std::time::Duration;

use chrono::TimeDelta;
use edge::clock::from_ms;
use edge::failure::Result;
use edge::log::Log;
use edge::random;
use sources::FailureKind;

use crate::allowance::budget::Purpose;
use crate::ingest::Ingest;
use crate::planner::asking::Asked;
use crate::planner::reading::Reader;
use crate::planner::store::{PlannerState, Updates};

/// Asked for as far back as this at first.
const FIRST_LOOK: TimeDelta = TimeDelta::hours(1);
/// Each reading begins this much before the end of the last one: a source's clock is not ours.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// Whether the source can tell what changed.
pub fn can_tell(reader: &Reader<'_>) -> bool {
    reader.asker.adapter.updates(reader.asker.clock.market(), true).is_some()
}

/// Takes one step; says in `state` when the next one is due.
pub async fn advance(reader: &Reader<'_>, state: &mut PlannerState, every: Duration) -> Result<()> {
    let store = reader.asker.store;
    let has_token = store.live_token()?.is_some();
    let now = reader.asker.clock.market();
    let mut updates = if let Some(updates) = state.updates.take() {
        updates
    } else {
        let since = match state.updated_until_ms {
            Some(until_ms) => from_ms(until_ms).checked_sub_signed(OVERLAP),
            None => now.checked_sub_signed(FIRST_LOOK),
        };
        let Some(cursor) = reader.asker.adapter.updates(since.unwrap_or(now), has_token) else {
            return Ok(());
        };
        Updates { cursor, request_id: random::id()?, began_ms: now.timestamp_millis() }
    };
    let log = Log::new("aggregator.planner", updates.request_id.clone());
    let mut wait = Duration::ZERO;
    match reader.asker.ask(Purpose::Walk, &updates.cursor, &log).await? {
        Asked::Next(cursor) => {
            updates.cursor = cursor;
            state.updates = Some(updates);
        }
        Asked::Page(page) => {
            Ingest::now(reader.asker, reader.walk, &log).take(&page).await?;
            reader.deleted(&page.deleted, &log).await?;
            if let Some(next) = page.next {
                updates.cursor = next;
                state.updates = Some(updates);
            } else {
                state.updated_until_ms = Some(updates.began_ms);
                wait = every;
            }
        }
        Asked::Refused(until, _) => {
            wait = until;
            state.updates = Some(updates);
        }
        Asked::Failed(failure, until) => {
            wait = until;
            // The same question would be refused again: begin anew.
            if failure.kind != FailureKind::BadRequest {
                state.updates = Some(updates);
            }
        }
    }
    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    state.updates_ms = store.gate()?.now_ms().saturating_add(wait_ms);
    store.save_state(state)
}
