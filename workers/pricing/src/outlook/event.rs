//! An event as the outlook reads it: its card, its whole history, and what stands now.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use contract::ids::{EventId, RequestId};
use edge::failure::Result;
use prices::score::{Comparable, FeeModels};
use prices::{Courses, CurrentQuote, Score, ScoreInput};
use worker::Env;

use crate::history::reading::Histories;

/// What was and what stands.
pub struct Event {
    /// The event it is read as.
    pub id: EventId,
    /// The event as last told; absent where its history was only imported.
    pub card: Option<EventCard>,
    /// Every market's observations, oldest first.
    pub courses: Courses,
    /// Every market's confirmed quote now.
    pub current: Vec<CurrentQuote>,
    /// What is known of the markets' fees at this event.
    pub fees: FeeModels,
    /// What comparable events cost.
    pub comparable: Option<Comparable>,
}

impl Event {
    /// Its score at `now`; `None` where there is nothing to rank.
    pub fn score(&self, now: DateTime<Utc>, starts_at: Option<DateTime<Utc>>) -> Option<Score> {
        prices::score(&ScoreInput {
            now,
            starts_at,
            current: &self.current,
            history: &self.courses,
            fees: &self.fees,
            comparable: self.comparable.as_ref(),
        })
    }
}

/// Reads the history that `id` belongs to; empty courses where there is none.
pub async fn read(env: &Env, request_id: &RequestId, id: &EventId) -> Result<Event> {
    let reading = Histories::of(env, request_id, id).await?.read().await?;
    let held = reading.held;
    let current = held.current.iter();
    let current = current
        .map(|offer| CurrentQuote { market: offer.market, price: offer.price, seen_at: offer.seen_at })
        .collect();
    Ok(Event {
        id: reading.id,
        card: held.card,
        courses: reading.courses,
        current,
        fees: held.fees,
        comparable: held.comparable,
    })
}
