//! Learning as listings come: what is on sale now goes into what is remembered of its event.
//!
//! The rule: whoever asks for an event's seats has it learned anew if that was not done for ten minutes; what nobody
//! asks for is learned when its prices move, at most every six hours. Market time. Learning twice changes nothing.

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{EventId, RequestId};
use contract::seats::EventListings;
use edge::failure::Result;
use edge::service::Service;
use futures_util::stream::{self, StreamExt};
use prices::Market;
use prices::seats::Memory;
use worker::Env;

use crate::seats::judge::Known;
use crate::seats::store;

/// Learned anew at most so often when somebody asks.
const WHEN_ASKED: TimeDelta = TimeDelta::minutes(10);
/// Learned anew at most so often when prices move.
const WHEN_MOVED: TimeDelta = TimeDelta::hours(6);
/// Events of one message that are learned, and asked for at once: a message must not take long.
const OF_A_MESSAGE: usize = 4;

/// Whether to learn now what was last learned at `last`.
pub fn is_due(last: Option<&Memory>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|last| now.signed_duration_since(last.at) >= WHEN_ASKED)
}

/// Every listing that is believed to be on sale.
pub async fn listings(env: &Env, request_id: &RequestId, event_id: &str) -> Result<EventListings> {
    Service::new(env, "AGGREGATOR", request_id)?.get(&format!("/internal/listings/{event_id}")).await
}

/// Whether a market tells its single listings.
pub const fn is_told_by(market: Market) -> bool {
    matches!(market, Market::TicketEvolution | Market::Feed)
}

/// Learns those of `events` that are due; how many that were. Nothing depends on it: what is not learned now is when the
/// next message comes.
pub async fn when_moved(
    env: &Env,
    request_id: &RequestId,
    events: &[EventId],
    now: DateTime<Utc>,
) -> Result<usize> {
    let events: Vec<&str> = events.iter().map(EventId::as_str).collect();
    let since = now.checked_sub_signed(WHEN_MOVED).unwrap_or(now);
    let due = store::due(env, &events, since, OF_A_MESSAGE).await?;
    let learned: Vec<bool> = stream::iter(due)
        .map(|event| async move { learn(env, request_id, &event, now).await.is_ok() })
        .buffer_unordered(OF_A_MESSAGE)
        .collect()
        .await;
    Ok(learned.into_iter().filter(|learned| *learned).count())
}

async fn learn(env: &Env, request_id: &RequestId, event: &str, now: DateTime<Utc>) -> Result<()> {
    let told = listings(env, request_id, event).await?;
    let before = store::read(env, &told.venue_id, &told.event_id).await?;
    let known = Known::of(&told, before, now);
    store::write(env, &told.venue_id, &told.event_id, &known.learned()).await
}
