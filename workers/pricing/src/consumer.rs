//! The queue `observations`: what polls saw, into each event's history.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::EventId;
use contract::objects::{AppendObservations, Appended};
use contract::planner::{BackfillObservations, HistoryBackfilled};
use contract::queues::{CatalogChange, ObservationBatch, ObservedOffer};
use edge::Vars;
use edge::failure::Result;
use edge::log::Log;
use edge::object::Objects;
use edge::queue::{Delivery, Verdict};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use prices::score::Comparable;
use serde_json::json;
use worker::Env;

use crate::config::Config;
use crate::deals::comparable::{self, Asked};
use crate::deals::store::{self as deal_store, Outcome};
use crate::history::aliases;
use crate::seats::learn;

/// Clocks differ by less. What is dated further ahead was not observed, and nothing observed since could take its place.
const AHEAD: TimeDelta = TimeDelta::minutes(10);
/// Histories asked at once.
const APPEND_AT_ONCE: usize = 16;

/// Handles one message. Repeats are harmless: each history skips by number what it has.
pub async fn observations(env: &Env, delivery: &Delivery) -> Verdict {
    let mut batch: ObservationBatch = match delivery.decode() {
        Ok(batch) => batch,
        Err(reason) => return bury(env, "observations", delivery, &reason).await,
    };
    let log = Log::new("pricing.consumer", batch.request_id.clone());
    let now = match Config::read(&Vars::new(env)) {
        Ok(config) => config.clock.market(),
        Err(failure) => {
            log.error("not_configured", json!({ "cause": failure.cause }));
            return delivery.later();
        }
    };
    if let Some(reason) = leave_out_what_lies_ahead(&mut batch.items, now) {
        let verdict = bury(env, "observations", delivery, &reason).await;
        if batch.items.is_empty() || !matches!(verdict, Verdict::Done) {
            return verdict;
        }
    }
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
    let told = if learn::is_told_by(batch.market) { event_ids(&batch.items) } else { Vec::new() };
    match append(env, batch, &log, now).await {
        Ok(events) => {
            log.info("appended", json!({ "events": events }));
            learn_seats(env, &told, &log, now).await;
            Verdict::Done
        }
        Err(failure) => {
            log.error("append_failed", json!({ "cause": failure.cause }));
            delivery.later()
        }
    }
}

/// Has the seats of events whose prices moved learned anew. It is no reason to take a message again if that fails.
async fn learn_seats(env: &Env, events: &[EventId], log: &Log, now: DateTime<Utc>) {
    if events.is_empty() {
        return;
    }
    match learn::when_moved(env, log.request_id(), events, now).await {
        Ok(0) => {}
        Ok(learned) => log.info("seats_learned", json!({ "events": learned })),
        Err(failure) => log.error("seats_not_learned", json!({ "cause": failure.cause })),
    }
}

/// Takes observations of the future out, and says why, if there are any.
fn leave_out_what_lies_ahead(items: &mut Vec<ObservedOffer>, now: DateTime<Utc>) -> Option<String> {
    let given = items.len();
    let farthest = items.iter().map(|item| item.observed_at).max()?;
    items.retain(|item| item.observed_at.signed_duration_since(now) <= AHEAD);
    let ahead = given.saturating_sub(items.len());
    (ahead > 0).then(|| {
        format!(
            "{ahead} of {given} observations are dated after now ({}), up to {}",
            now.to_rfc3339(),
            farthest.to_rfc3339()
        )
    })
}

fn event_ids(items: &[ObservedOffer]) -> Vec<EventId> {
    let ids: BTreeSet<&EventId> = items.iter().map(|item| &item.event.id).collect();
    ids.into_iter().cloned().collect()
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

/// Answers how many events the message spoke of. What some histories answered is written down before the failure of another
/// is told: the message comes again for that one, and the others' prices must not wait for it.
async fn append(env: &Env, batch: ObservationBatch, log: &Log, now: DateTime<Utc>) -> Result<usize> {
    let histories = Objects::new(env, "PRICE_HISTORY", &batch.request_id)?;
    let mut comparables = comparables(env, &batch, log).await;
    let answers: Vec<Result<Option<Outcome>>> = stream::iter(by_event(batch.items))
        .map(|(event_id, items)| {
            let histories = &histories;
            let append = AppendObservations {
                comparable: comparables.remove(&event_id),
                event_id,
                request_id: batch.request_id.clone(),
                seen_at_ms: batch.seen_at_ms,
                market: batch.market,
                items,
            };
            async move {
                let appended: Appended = histories.call(append.event_id.as_str(), "/append", &append).await?;
                Ok(outcome(append, appended))
            }
        })
        .buffer_unordered(APPEND_AT_ONCE)
        .collect()
        .await;
    let events = answers.len();
    let mut failed = None;
    let mut told = Vec::with_capacity(events);
    for answer in answers {
        match answer {
            Ok(outcome) => told.extend(outcome),
            Err(failure) => failed = Some(failure),
        }
    }
    deal_store::write(env, &told, now).await?;
    failed.map_or(Ok(events), Err)
}

/// What is to be written of an event; nothing where the deal told before stands.
fn outcome(append: AppendObservations, appended: Appended) -> Option<Outcome> {
    if appended.unchanged {
        return None;
    }
    let newest = append.items.into_iter().max_by_key(|item| item.observed_at)?;
    Some(Outcome {
        seen_at_ms: newest.observed_at.timestamp_millis(),
        // A message that was overtaken may tell of an older card than the history has.
        card: appended.deal.as_ref().map_or(newest.event, |deal| deal.event.clone()),
        deal: appended.deal,
        level: appended.level,
        revision: appended.revision,
    })
}

/// What events like those of the message cost. Scores can be made without it, and prices must not wait for it.
async fn comparables(env: &Env, batch: &ObservationBatch, log: &Log) -> HashMap<EventId, Comparable> {
    let mut asked: BTreeMap<&EventId, Asked<'_>> = BTreeMap::new();
    for item in &batch.items {
        if let Some(money) = item.price.money() {
            asked.insert(&item.event.id, Asked { card: &item.event, currency: money.currency });
        }
    }
    let asked: Vec<Asked<'_>> = asked.into_values().collect();
    let newest = batch.items.iter().map(|item| item.observed_at).max();
    let Some(now) = newest.filter(|_| !asked.is_empty()) else { return HashMap::new() };
    match comparable::of(env, &asked, now).await {
        Ok(known) => known,
        Err(failure) => {
            log.warn("not_compared", json!({ "cause": failure.cause }));
            HashMap::new()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use contract::queues::ObservedOffer;
    use prices::{AbsentReason, Price};

    use super::*;
    use crate::deals::keys::tests::game;

    #[test]
    fn only_what_lies_ahead_of_every_clock_is_left_out() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        let seen = |minutes| ObservedOffer {
            event: game(),
            source_event_id: "x".to_owned(),
            seq: 1,
            observed_at: now + TimeDelta::minutes(minutes),
            price: Price::absent(AbsentReason::Unknown),
            listings: None,
            tickets: None,
            confirms: false,
            url: None,
            fees: None,
        };
        let mut items = [-60, 0, 10, 11, 5_000].map(seen).to_vec();
        let reason = leave_out_what_lies_ahead(&mut items, now);
        assert!(reason.is_some_and(|reason| reason.starts_with("2 of 5 observations are dated after now")));
        assert_eq!(items.len(), 3);
        assert_eq!(leave_out_what_lies_ahead(&mut items, now), None);
        assert_eq!(leave_out_what_lies_ahead(&mut Vec::new(), now), None);
    }
}
