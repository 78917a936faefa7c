//! The catalogue's tables in D1: what linking reads and writes, always many rows to a statement.

use std::collections::{HashMap, HashSet};

use catalog::EventFacts;
use chrono::{DateTime, NaiveDateTime, Utc};
use contract::catalog::EventCard;
use contract::ids::{EventId, PerformerId, VenueId};
use edge::clock::from_ms;
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use prices::{AbsentReason, AllIn, Currency, FeeBasis, Market, Price};
use serde::{Deserialize, Serialize};
use sources::{EventStatus, ForeignId, SourceEvent, SourceVenue, Start};
use worker::{D1Database, D1PreparedStatement, Env};

use crate::linking::linker::{is_add_on, sort_at};
use crate::linking::review_store::{self, OpenReview, ReviewRow};
use crate::planner::store::Known;

/// An event as stored, with its venue's place.
#[derive(Clone, Debug, Serialize)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    venue_id: VenueId,
    name: String,
    performers: Vec<String>,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: bool,
    time_tbd: bool,
    status: EventStatus,
    genre: Option<String>,
    addon: bool,
    /// The market whose word on name and time is followed.
    pub lead_market: Market,
    sort_at_ms: i64,
    created_at_ms: i64,
    venue: SourceVenue,
    #[serde(skip)]
    own_ids: Vec<ForeignId>,
}

impl EventRow {
    /// A new event as its first market lists it.
    pub fn new(id: EventId, venue_id: VenueId, event: &SourceEvent, at: DateTime<Utc>) -> Self {
        let mut row = Self {
            id,
            venue_id,
            name: String::new(),
            performers: Vec::new(),
            starts_at_ms: None,
            local_start: None,
            date_tbd: false,
            time_tbd: false,
            status: EventStatus::Unknown,
            genre: event.genre.clone(),
            addon: is_add_on(event),
            lead_market: event.market,
            sort_at_ms: 0,
            created_at_ms: at.timestamp_millis(),
            venue: event.venue.clone(),
            own_ids: vec![ForeignId { market: event.market, id: event.id.clone() }],
        };
        row.update_from(event, at);
        row
    }

    /// Takes over what the lead market says now; answers whether anything changed.
    pub fn update_from(&mut self, event: &SourceEvent, at: DateTime<Utc>) -> bool {
        let before = (self.name.clone(), self.start(), self.status, self.performers.clone());
        self.name.clone_from(&event.name);
        self.performers = event.performers.iter().map(|performer| performer.name.clone()).collect();
        self.starts_at_ms = event.start.utc.map(|utc| utc.timestamp_millis());
        self.local_start = event.start.local;
        (self.date_tbd, self.time_tbd) = (event.start.date_tbd, event.start.time_tbd);
        self.status = event.status;
        let changed = before != (self.name.clone(), self.start(), self.status, self.performers.clone());
        if changed {
            self.sort_at_ms = sort_at(event, at).timestamp_millis();
        }
        changed
    }

    fn start(&self) -> Start {
        Start {
            utc: self.starts_at_ms.map(from_ms),
            local: self.local_start,
            date_tbd: self.date_tbd,
            time_tbd: self.time_tbd,
        }
    }

    /// The event as matching sees it.
    pub fn facts(&self) -> EventFacts {
        EventFacts {
            name: self.name.clone(),
            performers: self.performers.clone(),
            venue: self.venue.name.clone(),
            city: self.venue.city.clone(),
            region: self.venue.region.clone(),
            country: self.venue.country.clone(),
            latitude: self.venue.latitude,
            longitude: self.venue.longitude,
            start: self.start(),
            add_on: self.addon,
            own_ids: self.own_ids.clone(),
            foreign_ids: Vec::new(),
        }
    }

    /// Who plays, as the market it follows writes them.
    pub fn performers(&self) -> &[String] {
        &self.performers
    }

    /// Whether `market` has a listing of it already.
    pub fn is_listed_by(&self, market: Market) -> bool {
        self.own_ids.iter().any(|id| id.market == market)
    }

    /// The event as people see it.
    pub fn card(&self) -> EventCard {
        EventCard {
            id: self.id.clone(),
            name: self.name.clone(),
            venue: self.venue.name.clone(),
            city: self.venue.city.clone(),
            starts_at: self.starts_at_ms.map(from_ms),
            local_start: self.local_start,
            date_tbd: self.date_tbd,
            time_tbd: self.time_tbd,
        }
    }
}

/// A venue to be created.
#[derive(Clone, Debug, Serialize)]
pub struct VenueRow {
    id: VenueId,
    name_key: String,
    #[serde(flatten)]
    venue: SourceVenue,
    venue_id: VenueId,
    created_at_ms: i64,
}

impl VenueRow {
    /// A venue as the first market names it.
    pub fn new(id: VenueId, name_key: String, venue: &SourceVenue, at: DateTime<Utc>) -> Self {
        Self {
            venue_id: id.clone(),
            id,
            name_key,
            venue: venue.clone(),
            created_at_ms: at.timestamp_millis(),
        }
    }
}

/// A further name of a venue we know.
#[derive(Clone, Debug, Serialize)]
pub struct VenueName {
    /// What it is found by.
    pub name_key: String,
    /// The venue.
    pub venue_id: VenueId,
}

/// Another place in the index a venue is found by.
#[derive(Clone, Debug, Serialize)]
pub struct VenueBlock {
    /// The place.
    pub block: String,
    /// The venue.
    pub venue_id: VenueId,
}

/// A performer to be created, under its first name.
#[derive(Clone, Debug, Serialize)]
pub struct PerformerRow {
    /// Its id.
    pub id: PerformerId,
    /// What it is found by.
    pub name_key: String,
    /// As the market writes it.
    pub name: String,
    /// Market time, epoch milliseconds.
    pub created_at_ms: i64,
}

/// Who plays at an event.
#[derive(Clone, Debug, Serialize)]
pub struct BillingRow {
    /// The event.
    pub event_id: EventId,
    /// The performer.
    pub performer_id: PerformerId,
    /// 0 is named first.
    pub billing: usize,
}

/// A market listing's link.
#[derive(Clone, Debug, Serialize)]
pub struct LinkRow {
    /// The market.
    pub market: Market,
    /// Its id.
    pub source_event_id: String,
    /// The event.
    pub event_id: EventId,
    /// How sure, thousandths.
    pub confidence_permille: u16,
    /// Why: JSON array of words.
    pub reasons: String,
    /// What the market said.
    pub facts: String,
    /// Market time, epoch milliseconds.
    pub checked_at_ms: i64,
}

/// A listing's quote now.
#[derive(Clone, Debug, Serialize)]
pub struct QuoteRow {
    market: Market,
    source_event_id: String,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
    basis: Option<FeeBasis>,
    absent_reason: Option<AbsentReason>,
    all_in_minor: Option<i64>,
    all_in: Option<AllIn>,
    checked_at_ms: i64,
}

impl QuoteRow {
    /// The price of a known listing, and what it comes to.
    pub fn new(
        market: Market,
        known: &Known,
        price: Price,
        all_in: Option<AllIn>,
        checked_at_ms: i64,
    ) -> Self {
        let (money, absent_reason) = match price {
            Price::Quoted { money, .. } => (Some(money), None),
            Price::Absent { reason } => (None, Some(reason)),
        };
        Self {
            market,
            source_event_id: known.source_event_id.clone(),
            amount_minor: money.map(|money| money.amount_minor),
            currency: money.map(|money| money.currency),
            basis: price.basis(),
            absent_reason,
            all_in_minor: all_in.map(|all_in| all_in.amount_minor),
            all_in,
            checked_at_ms,
        }
    }
}

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

#[derive(Deserialize)]
struct StoredEvent {
    id: EventId,
    venue_id: VenueId,
    name: String,
    performers: String,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: i64,
    time_tbd: i64,
    status: String,
    genre: Option<String>,
    addon: i64,
    lead_market: String,
    sort_at_ms: i64,
    created_at_ms: i64,
    venue_name: String,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    timezone: Option<String>,
    own_ids: String,
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

impl StoredEvent {
    fn into_row(self) -> Result<EventRow> {
        Ok(EventRow {
            id: self.id,
            venue_id: self.venue_id,
            name: self.name,
            performers: decode(&self.performers)?,
            starts_at_ms: self.starts_at_ms,
            local_start: self.local_start,
            date_tbd: self.date_tbd != 0,
            time_tbd: self.time_tbd != 0,
            status: word(&self.status)?,
            genre: self.genre,
            addon: self.addon != 0,
            lead_market: word(&self.lead_market)?,
            sort_at_ms: self.sort_at_ms,
            created_at_ms: self.created_at_ms,
            venue: SourceVenue {
                id: None,
                name: self.venue_name,
                city: self.city,
                region: self.region,
                country: self.country,
                latitude: self.latitude,
                longitude: self.longitude,
                timezone: self.timezone,
            },
            own_ids: decode(&self.own_ids)?,
        })
    }
}

/// A stored word as its enum.
pub fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    decode(&encode(&text)?)
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

const INSERT_VENUES: &str = "INSERT INTO venues
  (id, name, city, region, country, latitude, longitude, timezone, created_at_ms)
  SELECT value ->> 'id', value ->> 'name', value ->> 'city', value ->> 'region', value ->> 'country',
         value ->> 'latitude', value ->> 'longitude', value ->> 'timezone', value ->> 'created_at_ms'
  FROM json_each(?)";

const INSERT_VENUE_NAMES: &str = "INSERT INTO venue_names (name_key, venue_id)
  SELECT value ->> 'name_key', value ->> 'venue_id' FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

const INSERT_VENUE_BLOCKS: &str = "INSERT INTO venue_blocks (block, venue_id)
  SELECT value ->> 'block', value ->> 'venue_id' FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

const INSERT_PERFORMERS: &str = "INSERT INTO performers (id, name, created_at_ms)
  SELECT value ->> 'id', value ->> 'name', value ->> 'created_at_ms' FROM json_each(?)";

const INSERT_PERFORMER_NAMES: &str = "INSERT INTO performer_names (name_key, performer_id)
  SELECT value ->> 'name_key', value ->> 'id' FROM json_each(?)";

const DELETE_BILLINGS: &str =
    "DELETE FROM event_performers WHERE event_id IN (SELECT value ->> 'id' FROM json_each(?))";

const INSERT_BILLINGS: &str = "INSERT INTO event_performers (event_id, performer_id, billing)
  SELECT value ->> 'event_id', value ->> 'performer_id', value ->> 'billing' FROM json_each(?) WHERE true
  ON CONFLICT DO NOTHING";

const UPSERT_EVENTS: &str = "INSERT INTO events
  (id, venue_id, name, performers, starts_at_ms, local_start, date_tbd, time_tbd, status, genre, addon, lead_market,
   sort_at_ms, created_at_ms)
  SELECT value ->> 'id', value ->> 'venue_id', value ->> 'name', value -> 'performers', value ->> 'starts_at_ms',
         value ->> 'local_start', value ->> 'date_tbd', value ->> 'time_tbd', value ->> 'status', value ->> 'genre',
         value ->> 'addon', value ->> 'lead_market', value ->> 'sort_at_ms', value ->> 'created_at_ms'
  FROM json_each(?) WHERE true
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, performers = excluded.performers,
    starts_at_ms = excluded.starts_at_ms, local_start = excluded.local_start, date_tbd = excluded.date_tbd,
    time_tbd = excluded.time_tbd, status = excluded.status, sort_at_ms = excluded.sort_at_ms";

const INSERT_BLOCKS: &str = "INSERT INTO event_blocks (block, event_id)
  SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

const UPSERT_LINKS: &str = "INSERT INTO event_links
  (market, source_event_id, event_id, confidence_permille, reasons, facts, checked_at_ms)
  SELECT value ->> 'market', value ->> 'source_event_id', value ->> 'event_id', value ->> 'confidence_permille',
         value ->> 'reasons', value ->> 'facts', value ->> 'checked_at_ms'
  FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET event_id = excluded.event_id, facts = excluded.facts,
    reasons = CASE WHEN event_links.event_id = excluded.event_id THEN event_links.reasons ELSE excluded.reasons END,
    confidence_permille = CASE WHEN event_links.event_id = excluded.event_id
      THEN event_links.confidence_permille ELSE excluded.confidence_permille END";

/// Writes what listings cost now, so that lists need no object. One statement, whatever the number.
pub async fn write_quotes(env: &Env, quotes: &[QuoteRow]) -> Result<()> {
    if quotes.is_empty() {
        return Ok(());
    }
    d1::run(
        &d1::database(env)?,
        "UPDATE event_links SET amount_minor = q.value ->> 'amount_minor', currency = q.value ->> 'currency',
           basis = q.value ->> 'basis', absent_reason = q.value ->> 'absent_reason',
           all_in_minor = q.value ->> 'all_in_minor', all_in = q.value ->> 'all_in',
           checked_at_ms = q.value ->> 'checked_at_ms'
         FROM json_each(?) AS q
         WHERE event_links.market = q.value ->> 'market'
           AND event_links.source_event_id = q.value ->> 'source_event_id'",
        &[d1::text(encode(&quotes)?)],
    )
    .await?;
    Ok(())
}
