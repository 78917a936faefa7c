//! The catalogue's tables in D1: what linking reads and writes, always many rows to a statement.

use std::collections::{HashMap, HashSet};

use catalog::EventFacts;
use contract::ids::{EventId, PerformerId, VenueId};
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::encode;
use prices::Market;
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement, Env};

use crate::linking::catalog_sql::{
    DELETE_BILLINGS, INSERT_BILLINGS, INSERT_BLOCKS, INSERT_PERFORMER_NAMES, INSERT_PERFORMERS,
    INSERT_VENUE_BLOCKS, INSERT_VENUE_NAMES, INSERT_VENUES, UPSERT_EVENTS, UPSERT_LINKS,
};
use crate::linking::review_store::{self, OpenReview, ReviewRow};
use crate::linking::rows::{
    BillingRow, EventRow, LinkRow, PerformerRow, StoredEvent, VenueBlock, VenueName, VenueRow,
};

/// Everything one linking writes, in one transaction.
#[derive(Default)]
pub struct CatalogWrite {
    /// Venues to create.
    pub new_venues: Vec<VenueRow>,
    /// Events to create.
    pub new_events: Vec<EventRow>,
    /// Events whose lead market says something new.
    pub updated_events: Vec<EventRow>,
    /// Blocks to stand under.
    pub new_blocks: Vec<(String, EventId)>,
    /// Links to make or renew.
    pub links: Vec<LinkRow>,
    /// New names of known venues.
    pub venue_names: Vec<VenueName>,
    /// Where new venues, and known ones by their new names, are found.
    pub venue_blocks: Vec<VenueBlock>,
    /// Performers to create.
    pub new_performers: Vec<PerformerRow>,
    /// Who plays at the events created or updated.
    pub billings: Vec<BillingRow>,
    /// Pairs for a person to decide.
    pub reviews: Vec<ReviewRow>,
}

/// The part of the catalogue that was asked for.
pub struct Found {
    /// The version read; writing needs that it is still the newest.
    pub version: i64,
    /// Candidates and linked events.
    pub events: Vec<EventRow>,
    /// Candidate ids by block.
    pub blocks: HashMap<String, Vec<EventId>>,
    /// Event by market id, for listings that are linked already.
    pub linked: HashMap<String, EventId>,
    /// Venue by name key.
    pub venues: HashMap<String, VenueId>,
    /// Venues that may be one of those asked for under another name: facts that say no more than where.
    pub venues_near: Vec<(VenueId, EventFacts)>,
    /// Performer by name key.
    pub performers: HashMap<String, PerformerId>,
    /// Pairs in doubt that a linked event is in.
    pub open_reviews: Vec<OpenReview>,
}

/// What is asked for.
#[derive(Default)]
pub struct Wanted {
    /// Ids of one market.
    pub ids: Vec<String>,
    /// Where partners may be filed.
    pub blocks: HashSet<String>,
    /// Names of venues.
    pub venue_keys: HashSet<String>,
    /// Where those venues may be filed under other names.
    pub venue_blocks: HashSet<String>,
    /// Names of performers.
    pub performer_keys: HashSet<String>,
}

/// Events of one block that are looked at: a city has fewer on an evening. A block beyond it is left out as a whole,
/// for the venue's own block tells the same better. Lookups are bounded by this, however large the catalogue is.
const BLOCK_CAP: usize = 400;

#[derive(Deserialize)]
struct VersionRow {
    version: i64,
}

#[derive(Deserialize)]
struct BlockRow {
    block: String,
    event_id: EventId,
}

#[derive(Deserialize)]
struct LinkedRow {
    source_event_id: String,
    event_id: EventId,
}

#[derive(Deserialize)]
struct VenueNameRow {
    name_key: String,
    venue_id: VenueId,
}

#[derive(Deserialize)]
struct NearVenueRow {
    id: VenueId,
    name: String,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

#[derive(Deserialize)]
struct PerformerNameRow {
    name_key: String,
    performer_id: PerformerId,
}

impl NearVenueRow {
    fn facts(self) -> (VenueId, EventFacts) {
        let facts = EventFacts {
            venue: self.name,
            city: self.city,
            region: self.region,
            country: self.country,
            latitude: self.latitude,
            longitude: self.longitude,
            ..EventFacts::default()
        };
        (self.id, facts)
    }
}

/// The catalogue.
pub struct CatalogStore {
    db: D1Database,
}

impl CatalogStore {
    /// Opens it.
    pub fn open(env: &Env) -> Result<Self> {
        Ok(Self { db: d1::database(env)? })
    }

    /// The newest version of the catalogue.
    pub async fn version(&self) -> Result<i64> {
        let sql = "SELECT coalesce(max(version), 0) AS version FROM catalog_versions";
        let row: Option<VersionRow> = d1::first(&self.db, sql, &[]).await?;
        Ok(row.map_or(0, |row| row.version))
    }

    /// Reads what listings of `market` are linked to, who stands under the blocks, and the venues and performers named.
    /// Every statement reads by an index; the version is read first, so that what is written later makes our write fail.
    pub async fn read(&self, market: Market, wanted: &Wanted) -> Result<Found> {
        let version = self.version().await?;
        let linked: Vec<LinkedRow> = d1::rows(
            &self.db,
            "SELECT source_event_id, event_id FROM event_links
             WHERE market = ? AND source_event_id IN (SELECT value FROM json_each(?))",
            &[d1::text(market.as_str()), d1::text(encode(&wanted.ids)?)],
        )
        .await?;
        let linked_events: HashSet<&EventId> = linked.iter().map(|row| &row.event_id).collect();
        let open_reviews = review_store::open_of(&self.db, &linked_events).await?;
        // An event that was merged stands for the one it is part of.
        let blocks: Vec<BlockRow> = d1::rows(
            &self.db,
            "SELECT w.value AS block, coalesce(e.merged_into, e.id) AS event_id
             FROM json_each(?1) w JOIN events e ON e.id IN
               (SELECT event_id FROM event_blocks b WHERE b.block = w.value LIMIT ?2)",
            &[
                d1::text(encode(&wanted.blocks)?),
                d1::int(i64::try_from(BLOCK_CAP.saturating_add(1)).unwrap_or(i64::MAX))?,
            ],
        )
        .await?;
        let mut events_wanted: HashSet<&EventId> = linked_events.clone();
        events_wanted.extend(blocks.iter().map(|row| &row.event_id));
        events_wanted.extend(open_reviews.iter().map(|review| &review.other));
        let events: Vec<StoredEvent> = d1::rows(
            &self.db,
            "SELECT e.*, v.name AS venue_name, v.city, v.region, v.country, v.latitude, v.longitude, v.timezone,
               (SELECT json_group_array(json_object('market', l.market, 'id', l.source_event_id))
                FROM event_links l WHERE l.event_id = e.id) AS own_ids
             FROM events e JOIN venues v ON v.id = e.venue_id
             WHERE e.id IN (SELECT value FROM json_each(?))",
            &[d1::text(encode(&events_wanted)?)],
        )
        .await?;
        let venues: Vec<VenueNameRow> = d1::rows(
            &self.db,
            "SELECT name_key, venue_id FROM venue_names WHERE name_key IN (SELECT value FROM json_each(?))",
            &[d1::text(encode(&wanted.venue_keys)?)],
        )
        .await?;
        let near: Vec<NearVenueRow> = d1::rows(
            &self.db,
            "SELECT v.* FROM venues v WHERE v.id IN
               (SELECT b.venue_id FROM json_each(?) w JOIN venue_blocks b ON b.block = w.value) ORDER BY v.id",
            &[d1::text(encode(&wanted.venue_blocks)?)],
        )
        .await?;
        let performers: Vec<PerformerNameRow> = d1::rows(
            &self.db,
            "SELECT name_key, performer_id FROM performer_names
             WHERE name_key IN (SELECT value FROM json_each(?))",
            &[d1::text(encode(&wanted.performer_keys)?)],
        )
        .await?;
        let mut by_block: HashMap<String, Vec<EventId>> = HashMap::new();
        for row in blocks {
            by_block.entry(row.block).or_default().push(row.event_id);
        }
        by_block.retain(|_, events| events.len() <= BLOCK_CAP);
        Ok(Found {
            version,
            events: events.into_iter().map(StoredEvent::into_row).collect::<Result<_>>()?,
            blocks: by_block,
            linked: linked.into_iter().map(|row| (row.source_event_id, row.event_id)).collect(),
            venues: venues.into_iter().map(|row| (row.name_key, row.venue_id)).collect(),
            venues_near: near.into_iter().map(NearVenueRow::facts).collect(),
            performers: performers.into_iter().map(|row| (row.name_key, row.performer_id)).collect(),
            open_reviews,
        })
    }

    /// Writes all of it if `version` is still the newest; answers whether it was.
    pub async fn write(&self, version: i64, write: &CatalogWrite) -> Result<bool> {
        self.commit(version, self.statements(write)?).await
    }

    /// What `write` comes to.
    pub fn statements(&self, write: &CatalogWrite) -> Result<Vec<D1PreparedStatement>> {
        let events: Vec<&EventRow> = write.new_events.iter().chain(&write.updated_events).collect();
        let of = |sql: &str, rows: String| d1::statement(&self.db, sql, &[d1::text(rows)]);
        Ok(vec![
            of(INSERT_VENUES, encode(&write.new_venues)?)?,
            of(INSERT_VENUE_NAMES, encode(&write.new_venues)?)?,
            of(INSERT_VENUE_NAMES, encode(&write.venue_names)?)?,
            of(INSERT_VENUE_BLOCKS, encode(&write.venue_blocks)?)?,
            of(UPSERT_EVENTS, encode(&events)?)?,
            of(INSERT_BLOCKS, encode(&write.new_blocks)?)?,
            of(INSERT_PERFORMERS, encode(&write.new_performers)?)?,
            of(INSERT_PERFORMER_NAMES, encode(&write.new_performers)?)?,
            of(DELETE_BILLINGS, encode(&write.updated_events)?)?,
            of(INSERT_BILLINGS, encode(&write.billings)?)?,
            of(UPSERT_LINKS, encode(&write.links)?)?,
            of(review_store::INSERT_REVIEWS, encode(&write.reviews)?)?,
        ])
    }

    /// Runs `statements` as one transaction if `version` is still the newest; answers whether it was.
    pub async fn commit(&self, version: i64, statements: Vec<D1PreparedStatement>) -> Result<bool> {
        let next = version.saturating_add(1);
        let lock = "INSERT INTO catalog_versions (version) VALUES (?)";
        let mut batch = vec![
            d1::statement(&self.db, lock, &[d1::int(next)?])?,
            d1::statement(&self.db, "DELETE FROM catalog_versions WHERE version < ?", &[d1::int(next)?])?,
        ];
        batch.extend(statements);
        match self.db.batch(batch).await {
            Ok(results) => {
                for result in &results {
                    d1::changes(result)?;
                }
                Ok(true)
            }
            Err(error) if error.to_string().contains("catalog_versions") => Ok(false),
            Err(error) => Err(Failure::from(error)),
        }
    }

    /// The database, for the parts of the catalogue that have files of their own.
    pub const fn db(&self) -> &D1Database {
        &self.db
    }
}
