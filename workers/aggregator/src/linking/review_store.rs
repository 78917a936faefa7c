//! Pairs of events that may be one: raised by linking, decided by the operator, cleared by what markets say later.

use std::collections::HashSet;

use catalog::{Reason, Verdict};
use contract::catalog::EventCard;
use contract::ids::{EventId, MergeId, ReviewId};
use contract::review::{Review, ReviewListing, ReviewReason, ReviewSide, ReviewState};
use edge::clock::{Clock, from_ms};
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::random;
use prices::Market;
use serde::{Deserialize, Serialize};
use sources::SourceEvent;
use worker::D1Database;

use crate::linking::event_cards;
use crate::linking::rows::word;

/// A pair to be put on the list.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewRow {
    id: ReviewId,
    event_id: EventId,
    other_event_id: EventId,
    market: Market,
    source_event_id: String,
    confidence_permille: u16,
    reasons: String,
    raised_at_ms: i64,
}

impl ReviewRow {
    /// The doubt whether `fresh`, which `listing` made, is `known`.
    pub fn new(known: &EventId, fresh: &EventId, listing: &SourceEvent, verdict: &Verdict) -> Result<Self> {
        let (event_id, other_event_id) = if known < fresh { (known, fresh) } else { (fresh, known) };
        Ok(Self {
            id: random::id()?,
            event_id: event_id.clone(),
            other_event_id: other_event_id.clone(),
            market: listing.market,
            source_event_id: listing.id.clone(),
            confidence_permille: verdict.confidence_permille,
            reasons: encode(&verdict.reasons)?,
            raised_at_ms: Clock::wall_ms(),
        })
    }
}

/// A pair that was decided before, or is on the list already, is not put there again.
pub const INSERT_REVIEWS: &str = "INSERT INTO reviews
  (id, event_id, other_event_id, market, source_event_id, confidence_permille, reasons, state, raised_at_ms)
  SELECT value ->> 'id', value ->> 'event_id', value ->> 'other_event_id', value ->> 'market',
         value ->> 'source_event_id', value ->> 'confidence_permille', value ->> 'reasons', 'open',
         value ->> 'raised_at_ms'
  FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

/// A pair in doubt, from the side of an event that a market has said something new of.
#[derive(Clone, Debug)]
pub struct OpenReview {
    /// The pair.
    pub id: ReviewId,
    /// The event.
    pub event: EventId,
    /// The one it may be.
    pub other: EventId,
}

#[derive(Deserialize)]
struct OpenRow {
    id: ReviewId,
    event: EventId,
    other: EventId,
}

/// Open pairs that any of `events` is in, as seen from it.
pub async fn open_of(db: &D1Database, events: &HashSet<&EventId>) -> Result<Vec<OpenReview>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<OpenRow> = d1::rows(
        db,
        "SELECT r.id, w.value AS event, r.other_event_id AS other
         FROM json_each(?1) w JOIN reviews r ON r.event_id = w.value AND r.state = 'open'
         UNION ALL
         SELECT r.id, w.value AS event, r.event_id AS other
         FROM json_each(?1) w JOIN reviews r ON r.other_event_id = w.value AND r.state = 'open'",
        &[d1::text(encode(events)?)],
    )
    .await?;
    Ok(rows.into_iter().map(|row| OpenReview { id: row.id, event: row.event, other: row.other }).collect())
}

#[derive(Deserialize)]
struct StoredReview {
    id: ReviewId,
    left_id: EventId,
    right_id: EventId,
    state: String,
    confidence_permille: u16,
    reasons: String,
    note: Option<String>,
    decided_by: Option<String>,
    merge_id: Option<MergeId>,
    raised_at_ms: i64,
    decided_at_ms: Option<i64>,
}

/// The event that was there before stands on the left. A merged event is shown as the one it is part of.
const SELECT: &str = "SELECT r.*,
    CASE WHEN a.created_at_ms <= b.created_at_ms THEN a.id ELSE b.id END AS left_id,
    CASE WHEN a.created_at_ms <= b.created_at_ms THEN b.id ELSE a.id END AS right_id
  FROM reviews r JOIN events a ON a.id = r.event_id JOIN events b ON b.id = r.other_event_id";

#[derive(Deserialize)]
struct ListingRow {
    event_id: EventId,
    market: String,
    source_event_id: String,
    facts: String,
}

#[derive(Deserialize)]
struct Count {
    count: u32,
}

/// Where a list goes on: time and id.
pub type Place = (i64, String);

/// Pairs in `state`, the oldest doubt first, from `after` on; one more than `limit` tells that there is more.
pub async fn list(
    db: &D1Database,
    state: ReviewState,
    after: Option<&Place>,
    limit: u32,
) -> Result<Vec<Review>> {
    let (at_ms, id) = after.map_or((i64::MIN >> 12, ""), |(at_ms, id)| (*at_ms, id.as_str()));
    let rows: Vec<StoredReview> = d1::rows(
        db,
        &format!(
            "{SELECT} WHERE r.state = ? AND (r.raised_at_ms, r.id) > (?, ?) ORDER BY r.raised_at_ms, r.id LIMIT ?"
        ),
        &[d1::text(state_word(state)), d1::int(at_ms)?, d1::text(id), d1::int(i64::from(limit).saturating_add(1))?],
    )
    .await?;
    complete(db, rows).await
}

/// How many pairs wait for a decision.
pub async fn open_count(db: &D1Database) -> Result<u32> {
    let row: Option<Count> =
        d1::first(db, "SELECT count(*) AS count FROM reviews WHERE state = 'open'", &[]).await?;
    Ok(row.map_or(0, |row| row.count))
}

/// One pair.
pub async fn one(db: &D1Database, id: &ReviewId) -> Result<Option<Review>> {
    let rows: Vec<StoredReview> =
        d1::rows(db, &format!("{SELECT} WHERE r.id = ?"), &[d1::text(id.as_str())]).await?;
    Ok(complete(db, rows).await?.into_iter().next())
}

/// Writes a decision that merges nothing, if the pair is still open; answers whether it was.
pub async fn close(
    db: &D1Database,
    id: &ReviewId,
    state: ReviewState,
    by: &str,
    note: Option<&str>,
) -> Result<bool> {
    let changed = d1::run(
        db,
        "UPDATE reviews SET state = ?2, decided_by = ?3, note = ?4, decided_at_ms = ?5
         WHERE id = ?1 AND state = 'open'",
        &[
            d1::text(id.as_str()),
            d1::text(state_word(state)),
            d1::text(by),
            d1::optional_text(note),
            d1::int(Clock::wall_ms())?,
        ],
    )
    .await?;
    Ok(changed > 0)
}

/// A state as it is stored.
pub const fn state_word(state: ReviewState) -> &'static str {
    match state {
        ReviewState::Open => "open",
        ReviewState::Same => "same",
        ReviewState::Different => "different",
        ReviewState::Closed => "closed",
    }
}

async fn complete(db: &D1Database, rows: Vec<StoredReview>) -> Result<Vec<Review>> {
    let ids: HashSet<&EventId> = rows.iter().flat_map(|row| [&row.left_id, &row.right_id]).collect();
    let cards = event_cards::of(db, &ids).await?;
    let listings: Vec<ListingRow> = d1::rows(
        db,
        "SELECT event_id, market, source_event_id, facts FROM event_links
         WHERE event_id IN (SELECT value FROM json_each(?)) ORDER BY market, source_event_id",
        &[d1::text(encode(&ids)?)],
    )
    .await?;
    let side = |id: &EventId| -> Result<ReviewSide> {
        let event: EventCard =
            cards.get(id).cloned().ok_or_else(|| Failure::internal("an event of a review is not there"))?;
        let listings =
            listings.iter().filter(|row| row.event_id == *id).map(listing).collect::<Result<_>>()?;
        Ok(ReviewSide { event, listings })
    };
    rows.iter()
        .map(|row| {
            let reasons: Vec<Reason> = decode(&row.reasons)?;
            Ok(Review {
                id: row.id.clone(),
                state: word(&row.state)?,
                confidence_permille: row.confidence_permille,
                reasons: reasons.into_iter().map(in_words).collect::<Result<_>>()?,
                left: side(&row.left_id)?,
                right: side(&row.right_id)?,
                raised_at: from_ms(row.raised_at_ms),
                decided_at: row.decided_at_ms.map(from_ms),
                decided_by: row.decided_by.clone(),
                note: row.note.clone(),
                merge_id: row.merge_id.clone(),
            })
        })
        .collect()
}

fn in_words(reason: Reason) -> Result<ReviewReason> {
    Ok(ReviewReason { code: decode(&encode(&reason)?)?, text: reason.in_words().to_owned() })
}

fn listing(row: &ListingRow) -> Result<ReviewListing> {
    let facts: SourceEvent = decode(&row.facts)?;
    Ok(ReviewListing {
        market: word(&row.market)?,
        source_event_id: row.source_event_id.clone(),
        name: facts.name,
        url: facts.url,
    })
}
