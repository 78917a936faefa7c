//! Merges and splits: which event a listing belongs to, changed by decision, written down, and undone exactly.
//!
//! Each is one transaction under the catalogue's lock. A merged event keeps its row and points at the other; listings are
//! moved, and every move is a row that the market's planner follows. Others are told from the row itself, so that dying
//! in between loses nothing (docs/MATCHING.md).

use std::collections::HashSet;

use catalog::{Decision, EventFacts, filing_keys};
use contract::ids::{EventId, MergeId, RequestId, ReviewId};
use contract::problem::Code;
use contract::queues::{CatalogChange, Redirect};
use contract::review::{Merge, MergeKind, MovedListing, ReviewState, SplitOff};
use edge::clock::{Clock, from_ms};
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::{d1, queue, random};
use prices::Market;
use serde::Deserialize;
use sources::SourceEvent;
use worker::{D1PreparedStatement, Env};

use crate::linking::catalog_store::{CatalogStore, CatalogWrite};
use crate::linking::event_cards;
use crate::linking::merge_sql;
use crate::linking::review_store::{self, OpenReview, Place};
use crate::linking::rows::{EventRow, word};

/// Planners write the catalogue as well; each attempt reads it anew.
const ATTEMPTS: usize = 6;
/// Moves a planner follows at once.
const MOVES_AT_ONCE: i64 = 200;
/// Changes told in one go.
const TOLD_AT_ONCE: i64 = 50;

/// Who decides, and why.
#[derive(Clone, Copy, Debug)]
pub struct Decider<'a> {
    /// `operator` or `matching`.
    pub by: &'a str,
    /// Why.
    pub note: Option<&'a str>,
}

/// What matching is called where it decides by itself.
pub const MATCHING: &str = "matching";
/// What the operator is called.
pub const OPERATOR: &str = "operator";

#[derive(Deserialize)]
struct StoredEvent {
    merged_into: Option<EventId>,
}

#[derive(Deserialize)]
struct LinkFacts {
    facts: String,
    siblings: i64,
}

/// Makes `from` part of `into`. With a `review`, that pair is decided by it.
pub async fn merge(
    env: &Env,
    request_id: &RequestId,
    from: &EventId,
    into: &EventId,
    decider: Decider<'_>,
    review: Option<&ReviewId>,
) -> Result<MergeId> {
    let store = CatalogStore::open(env)?;
    for _ in 0..ATTEMPTS {
        let version = store.version().await?;
        let into = &canonical(&store, into).await?;
        if canonical(&store, from).await? != *from {
            return Err(Failure::new(Code::Conflict, "This event is part of another already."));
        }
        if from == into {
            return Err(Failure::invalid("into", "An event cannot become part of itself."));
        }
        let id: MergeId = random::id()?;
        let change = Change { id: &id, from, into, version: version.saturating_add(1), decider };
        let mut statements = change.run(store.db(), &merge_sql::MERGE)?;
        statements.push(decide(&store, &change, review)?);
        if store.commit(version, statements).await? {
            tell_now(env, request_id).await;
            return Ok(id);
        }
    }
    Err(busy())
}

/// Gives one listing of `from` an event of its own, and remembers that the two are different.
pub async fn split(
    env: &Env,
    request_id: &RequestId,
    from: &EventId,
    wanted: &SplitOff,
    decider: Decider<'_>,
) -> Result<MergeId> {
    let store = CatalogStore::open(env)?;
    let from = &canonical(&store, from).await?;
    for _ in 0..ATTEMPTS {
        let version = store.version().await?;
        let link: Option<LinkFacts> = d1::first(
            store.db(),
            "SELECT l.facts, (SELECT count(*) FROM event_links o WHERE o.event_id = l.event_id) AS siblings
             FROM event_links l WHERE l.market = ? AND l.source_event_id = ? AND l.event_id = ?",
            &[d1::text(wanted.market.as_str()), d1::text(&wanted.source_event_id), d1::text(from.as_str())],
        )
        .await?;
        let link = link.ok_or_else(|| Failure::not_found("This event has no such listing."))?;
        if link.siblings < 2 {
            return Err(Failure::new(Code::Conflict, "This is the only listing of the event."));
        }
        let listing: SourceEvent = decode(&link.facts)?;
        let write = own_event(&store, from, &listing).await?;
        let own = write.new_events.first().ok_or_else(|| Failure::internal("a split without an event"))?;
        let id: MergeId = random::id()?;
        let change = Change { id: &id, from, into: &own.id, version: version.saturating_add(1), decider };
        let mut statements = store.statements(&write)?;
        statements.extend(change.run_on(store.db(), &merge_sql::SPLIT, wanted)?);
        if store.commit(version, statements).await? {
            tell_now(env, request_id).await;
            return Ok(id);
        }
    }
    Err(busy())
}

/// Undoes a merge or a split: its listings go back, ids are what they were.
pub async fn undo(env: &Env, request_id: &RequestId, id: &MergeId) -> Result<()> {
    let store = CatalogStore::open(env)?;
    for _ in 0..ATTEMPTS {
        let version = store.version().await?;
        let row: Option<StoredMerge> =
            d1::first(store.db(), "SELECT * FROM event_merges WHERE id = ?", &[d1::text(id.as_str())])
                .await?;
        let row = row.ok_or_else(|| Failure::not_found("There is no such merge or split."))?;
        if row.undone_at_ms.is_some() {
            return Err(Failure::new(Code::Conflict, "It has been undone already."));
        }
        let kind: MergeKind = word(&row.kind)?;
        let sql: &[&str] = match kind {
            MergeKind::Merge => &merge_sql::UNDO_MERGE,
            MergeKind::Split => &merge_sql::UNDO_SPLIT,
        };
        let values = [d1::text(id.as_str()), d1::int(version.saturating_add(1))?, d1::int(Clock::wall_ms())?];
        let statements: Result<Vec<_>> =
            sql.iter().map(|sql| merge_sql::bound(store.db(), sql, &values)).collect();
        if store.commit(version, statements?).await? {
            tell_now(env, request_id).await;
            return Ok(());
        }
    }
    Err(busy())
}

/// Ends a doubt by what a market says now: surely one merges the newer event into the older, surely two closes it.
pub async fn clear(env: &Env, request_id: &RequestId, review: &OpenReview, decision: Decision) -> Result<()> {
    let note = Some("What the markets say now makes it clear.");
    let decider = Decider { by: MATCHING, note };
    let store = CatalogStore::open(env)?;
    let Some(pair) = review_store::one(store.db(), &review.id).await? else { return Ok(()) };
    if decision == Decision::Same {
        let merged =
            merge(env, request_id, &pair.right.event.id, &pair.left.event.id, decider, Some(&review.id))
                .await;
        return match merged {
            // Merged already, by a person or on another page: nothing is left to do.
            Err(failure) if matches!(failure.code, Code::Conflict | Code::ValidationFailed) => Ok(()),
            other => other.map(drop),
        };
    }
    review_store::close(store.db(), &review.id, ReviewState::Closed, MATCHING, note).await.map(drop)
}

/// The event that `id` is read as.
async fn canonical(store: &CatalogStore, id: &EventId) -> Result<EventId> {
    let sql = "SELECT merged_into FROM events WHERE id = ?";
    let row: Option<StoredEvent> = d1::first(store.db(), sql, &[d1::text(id.as_str())]).await?;
    let row = row.ok_or_else(|| Failure::not_found("There is no event with this id."))?;
    Ok(row.merged_into.unwrap_or_else(|| id.clone()))
}

/// A new event made of what a listing says, at the venue its event had.
async fn own_event(store: &CatalogStore, from: &EventId, listing: &SourceEvent) -> Result<CatalogWrite> {
    #[derive(Deserialize)]
    struct VenueOf {
        venue_id: contract::ids::VenueId,
    }
    let sql = "SELECT venue_id FROM events WHERE id = ?";
    let venue: Option<VenueOf> = d1::first(store.db(), sql, &[d1::text(from.as_str())]).await?;
    let venue = venue.ok_or_else(|| Failure::not_found("There is no event with this id."))?;
    let row = EventRow::new(random::id()?, venue.venue_id, listing, from_ms(Clock::wall_ms()));
    let blocks = filing_keys(&EventFacts::from(listing)).into_iter();
    let new_blocks = blocks.map(|block| (block, row.id.clone())).collect();
    Ok(CatalogWrite { new_events: vec![row], new_blocks, ..CatalogWrite::default() })
}

fn busy() -> Failure {
    Failure::new(Code::Conflict, "The catalogue was busy. Please try again.")
}

/// A change on its way into the catalogue.
struct Change<'a> {
    id: &'a MergeId,
    from: &'a EventId,
    into: &'a EventId,
    version: i64,
    decider: Decider<'a>,
}

impl Change<'_> {
    fn values(&self) -> Result<Vec<wasm_bindgen::JsValue>> {
        Ok(vec![
            d1::text(self.id.as_str()),
            d1::text(self.from.as_str()),
            d1::text(self.into.as_str()),
            d1::int(self.version)?,
            d1::text(self.decider.by),
            d1::optional_text(self.decider.note),
            d1::int(Clock::wall_ms())?,
        ])
    }

    fn run(&self, db: &worker::D1Database, sql: &[&str]) -> Result<Vec<D1PreparedStatement>> {
        let values = self.values()?;
        sql.iter().map(|sql| merge_sql::bound(db, sql, &values)).collect()
    }

    fn run_on(
        &self,
        db: &worker::D1Database,
        sql: &[&str],
        listing: &SplitOff,
    ) -> Result<Vec<D1PreparedStatement>> {
        let mut values = self.values()?;
        values.push(d1::text(listing.market.as_str()));
        values.push(d1::text(&listing.source_event_id));
        let review: ReviewId = random::id()?;
        values.push(d1::text(review.as_str()));
        sql.iter().map(|sql| merge_sql::bound(db, sql, &values)).collect()
    }
}

/// The statement that settles what was in doubt: the pair reviewed is the same, others of these two are closed.
fn decide(
    store: &CatalogStore,
    change: &Change<'_>,
    review: Option<&ReviewId>,
) -> Result<D1PreparedStatement> {
    let mut values = change.values()?;
    values.push(d1::optional_text(review.map(ReviewId::as_str)));
    merge_sql::bound(store.db(), merge_sql::DECIDE, &values)
}

#[derive(Deserialize)]
struct StoredMerge {
    id: MergeId,
    kind: String,
    from_event_id: EventId,
    into_event_id: EventId,
    listings: String,
    redirected: String,
    note: Option<String>,
    made_by: String,
    made_at_ms: i64,
    undone_at_ms: Option<i64>,
    version: i64,
}

/// Merges and splits, the newest first, from `after` on; one more than `limit` tells that there is more.
pub async fn list(env: &Env, after: Option<&Place>, limit: u32) -> Result<Vec<Merge>> {
    let store = CatalogStore::open(env)?;
    let (at_ms, id) = after.map_or((i64::MAX >> 11, ""), |(at_ms, id)| (*at_ms, id.as_str()));
    let rows: Vec<StoredMerge> = d1::rows(
        store.db(),
        "SELECT * FROM event_merges WHERE (made_at_ms, id) < (?, ?) ORDER BY made_at_ms DESC, id DESC LIMIT ?",
        &[d1::int(at_ms)?, d1::text(id), d1::int(i64::from(limit).saturating_add(1))?],
    )
    .await?;
    complete(&store, rows).await
}

/// One merge or split.
pub async fn one(env: &Env, id: &MergeId) -> Result<Merge> {
    let store = CatalogStore::open(env)?;
    let rows: Vec<StoredMerge> =
        d1::rows(store.db(), "SELECT * FROM event_merges WHERE id = ?", &[d1::text(id.as_str())]).await?;
    let merge = complete(&store, rows).await?.into_iter().next();
    merge.ok_or_else(|| Failure::not_found("There is no such merge or split."))
}

async fn complete(store: &CatalogStore, rows: Vec<StoredMerge>) -> Result<Vec<Merge>> {
    let ids: HashSet<&EventId> =
        rows.iter().flat_map(|row| [&row.from_event_id, &row.into_event_id]).collect();
    let cards = event_cards::of(store.db(), &ids).await?;
    let card = |id: &EventId| {
        cards.get(id).cloned().ok_or_else(|| Failure::internal("an event of a merge is not there"))
    };
    rows.iter()
        .map(|row| {
            let listings: Vec<MovedListing> = decode(&row.listings)?;
            Ok(Merge {
                id: row.id.clone(),
                kind: word(&row.kind)?,
                from: card(&row.from_event_id)?,
                into: card(&row.into_event_id)?,
                listings,
                note: row.note.clone(),
                made_by: row.made_by.clone(),
                made_at: from_ms(row.made_at_ms),
                undone_at: row.undone_at_ms.map(from_ms),
            })
        })
        .collect()
}

/// A listing that belongs to another event than it did.
#[derive(Clone, Debug, Deserialize)]
pub struct Move {
    /// Its number, in order.
    pub number: i64,
    /// The market's id.
    pub source_event_id: String,
}

/// The moves of one market's listings after `number`, oldest first. Reads by an index; almost always there are none.
pub async fn moves_after(env: &Env, market: Market, number: i64) -> Result<Vec<Move>> {
    d1::rows(
        &d1::database(env)?,
        "SELECT number, source_event_id FROM link_moves
         WHERE market = ? AND number > ? ORDER BY number LIMIT ?",
        &[d1::text(market.as_str()), d1::int(number)?, d1::int(MOVES_AT_ONCE)?],
    )
    .await
}

#[derive(Deserialize)]
struct ReadAs {
    id: EventId,
    canonical: EventId,
}

/// Tells pricing and notifications what they have not been told yet; answers how many changes that were. What is told is
/// what stands now, under the version of its change, so that telling twice or late does no harm.
pub async fn tell(env: &Env, request_id: &RequestId) -> Result<usize> {
    let db = d1::database(env)?;
    let rows: Vec<StoredMerge> = d1::rows(
        &db,
        "SELECT * FROM event_merges WHERE told_at_ms IS NULL ORDER BY version LIMIT ?",
        &[d1::int(TOLD_AT_ONCE)?],
    )
    .await?;
    for row in &rows {
        let mut ids: Vec<EventId> = decode(&row.redirected)?;
        ids.extend([row.from_event_id.clone(), row.into_event_id.clone()]);
        let read_as: Vec<ReadAs> = d1::rows(
            &db,
            "SELECT id, coalesce(merged_into, id) AS canonical FROM events
             WHERE id IN (SELECT value FROM json_each(?))",
            &[d1::text(encode(&ids)?)],
        )
        .await?;
        let redirects = read_as
            .into_iter()
            .map(|row| Redirect { event_id: row.id, canonical_id: row.canonical })
            .collect();
        let change = CatalogChange { request_id: request_id.clone(), version: row.version, redirects };
        queue::send_all(env, "CATALOG_HISTORY", std::slice::from_ref(&change)).await?;
        queue::send_all(env, "CATALOG_ALERTS", std::slice::from_ref(&change)).await?;
        d1::run(
            &db,
            "UPDATE event_merges SET told_at_ms = ?3 WHERE id = ?1 AND version = ?2",
            &[d1::text(row.id.as_str()), d1::int(row.version)?, d1::int(Clock::wall_ms())?],
        )
        .await?;
    }
    Ok(rows.len())
}

/// Tells at once; if it fails, cron does within a minute.
async fn tell_now(env: &Env, request_id: &RequestId) {
    let _ = tell(env, request_id).await;
}
