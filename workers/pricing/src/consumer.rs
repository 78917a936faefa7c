//! The queue `observations`: what polls saw, into each event's history.

use std::collections::BTreeMap;

use contract::ids::EventId;
use contract::objects::{AppendObservations, Appended};
use contract::planner::{BackfillObservations, HistoryBackfilled};
use contract::queues::{CatalogChange, ObservationBatch, ObservedOffer};
use edge::failure::Result;
use edge::log::Log;
use edge::object::Objects;
use edge::queue::{Delivery, Verdict};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;
use worker::Env;

use crate::deals::store::{self as deal_store, Outcome};
use crate::history::aliases;

/// Histories asked at once.
const APPEND_AT_ONCE: usize = 16;

/// Handles one message. Repeats are harmless: each history skips by number what it has.
pub async fn observations(env: &Env, delivery: &Delivery) -> Verdict {
    let batch: ObservationBatch = match delivery.decode() {
        Ok(batch) => batch,
        Err(reason) => return bury(env, "observations", delivery, &reason).await,
    };
    let log = Log::new("pricing.consumer", batch.request_id.clone());
    if batch.backfilled {
        return match backfill(env, batch).await {
            Ok(done) => {
                log.info("backfilled", json!({ "inserted": done.inserted, "corrected": done.corrected }));
                Verdict::Done
            }
            Err(failure) => {
                log.error("backfill_failed", json!({ "cause": failure.cause }));
                delivery.later()
            }
        };
    }
    match append(env, batch).await {
        Ok(events) => {
            log.info("appended", json!({ "events": events }));
            Verdict::Done
        }
        Err(failure) => {
            log.error("append_failed", json!({ "cause": failure.cause }));
            delivery.later()
        }
    }
}

/// Handles one message of the queue `catalog-history`: what events are read as. Idempotent by event and version.
pub async fn catalog_change(env: &Env, delivery: &Delivery) -> Verdict {
    let change: CatalogChange = match delivery.decode() {
        Ok(change) => change,
        Err(reason) => return bury(env, "catalog-history", delivery, &reason).await,
    };
    let log = Log::new("pricing.consumer", change.request_id.clone());
    match aliases::hear(env, &change).await {
        Ok(()) => {
            log.info("aliases_heard", json!({ "events": change.redirects.len() }));
            Verdict::Done
        }
        Err(failure) => {
            log.error("aliases_failed", json!({ "cause": failure.cause }));
            delivery.later()
        }
    }
}

/// Handles one message that failed too often: it is kept as a row, from where it can be sent again.
pub async fn dead_letter(env: &Env, queue: &str, delivery: &Delivery) -> Verdict {
    bury(env, queue, delivery, "failed too often").await
}

async fn bury(env: &Env, queue: &str, delivery: &Delivery, reason: &str) -> Verdict {
    let log = Log::of_alarm("pricing.consumer");
    log.error("dead_letter", json!({ "queue": queue, "message_id": delivery.id(), "reason": reason }));
    match deal_store::bury(env, queue, &delivery.id(), &delivery.text(), reason).await {
        Ok(()) => Verdict::Done,
        Err(_) => delivery.later(),
    }
}

fn by_event(items: Vec<ObservedOffer>) -> BTreeMap<EventId, Vec<ObservedOffer>> {
    let mut by_event: BTreeMap<EventId, Vec<ObservedOffer>> = BTreeMap::new();
    for item in items {
        by_event.entry(item.event.id.clone()).or_default().push(item);
    }
    by_event
}

/// Fills and corrects histories by observations decoded again.
async fn backfill(env: &Env, batch: ObservationBatch) -> Result<HistoryBackfilled> {
    let histories = Objects::new(env, "PRICE_HISTORY", &batch.request_id)?;
    let fixes: Vec<HistoryBackfilled> = stream::iter(by_event(batch.items))
        .map(|(event_id, items)| {
            let histories = &histories;
            let fixes = BackfillObservations {
                event_id,
                request_id: batch.request_id.clone(),
                market: batch.market,
                items,
            };
            async move {
                let done: HistoryBackfilled =
                    histories.call(fixes.event_id.as_str(), "/backfill", &fixes).await?;
                Ok::<_, edge::Failure>(done)
            }
        })
        .buffer_unordered(APPEND_AT_ONCE)
        .try_collect()
        .await?;
    Ok(fixes.iter().fold(HistoryBackfilled::default(), |sum, fix| HistoryBackfilled {
        inserted: sum.inserted.saturating_add(fix.inserted),
        corrected: sum.corrected.saturating_add(fix.corrected),
    }))
}

/// Answers how many events the message spoke of.
async fn append(env: &Env, batch: ObservationBatch) -> Result<usize> {
    let histories = Objects::new(env, "PRICE_HISTORY", &batch.request_id)?;
    let outcomes: Vec<Option<Outcome>> = stream::iter(by_event(batch.items))
        .map(|(event_id, items)| {
            let histories = &histories;
            let append = AppendObservations {
                event_id,
                request_id: batch.request_id.clone(),
                seen_at_ms: batch.seen_at_ms,
                market: batch.market,
                items,
            };
            async move {
                let appended: Appended = histories.call(append.event_id.as_str(), "/append", &append).await?;
                Ok::<_, edge::Failure>((!appended.unchanged).then_some((append.event_id, appended.deal)))
            }
        })
        .buffer_unordered(APPEND_AT_ONCE)
        .try_collect()
        .await?;
    let events = outcomes.len();
    let told: Vec<Outcome> = outcomes.into_iter().flatten().collect();
    deal_store::write(env, &told).await?;
    Ok(events)
}
