//! One event's history in its object's own SQLite, and which parts of it are in R2.

use contract::deals::PriceMove;
use contract::queues::PriceChange;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;
use prices::{Market, Observation};
use serde::Deserialize;
use worker::SqlStorage;

use crate::deals::moves;
use crate::history::listing::Listing;
use crate::history::meta::Meta;
use crate::history::tables::Tables;

#[derive(Deserialize)]
pub(super) struct Body {
    pub(super) body: String,
}

/// What the object has stored.
pub struct HistoryStore {
    pub(super) tables: Tables,
}

impl HistoryStore {
    /// Of the object with this storage.
    pub fn open(sql: SqlStorage) -> Self {
        Self { tables: Tables::open(sql) }
    }

    /// What is known of the event.
    pub fn meta(&self) -> Result<Meta> {
        let row: Option<Body> = self.tables.first("SELECT body FROM meta WHERE id = 1", Vec::new())?;
        row.map_or_else(|| Ok(Meta::default()), |row| decode(&row.body))
    }

    /// Replaces it.
    pub fn save_meta(&self, meta: &Meta) -> Result<()> {
        self.tables.run(
            "INSERT INTO meta (id, body) VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            vec![sql::text(encode(meta)?)],
        )
    }

    /// The market listings of the event.
    pub fn listings(&self, meta: &Meta) -> Result<Vec<Listing>> {
        if let Some(listings) = &meta.listings {
            return Ok(listings.clone());
        }
        let rows: Vec<Body> = self.tables.rows("SELECT body FROM listings", Vec::new())?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// Writes what an append made: two rows (more for very many observations), and one more for each announcement.
    pub fn append(
        &self,
        meta: &mut Meta,
        listings: Vec<Listing>,
        observations: &[(Market, Observation)],
        announcements: &[PriceChange],
    ) -> Result<()> {
        meta.listings = Some(listings);
        meta.waiting = meta.waiting.saturating_add(observations.len());
        if !observations.is_empty() {
            meta.version = meta.version.saturating_add(1);
        }
        self.save_meta(meta)?;
        for observations in observations.chunks(super::SEGMENT_ROWS) {
            let newest = observations.iter().map(|(_, seen)| seen.at).max().unwrap_or_default();
            self.tables.run(
                "INSERT INTO observations (market, at_ms, body) VALUES ('', ?, ?)",
                vec![sql::int(newest.timestamp_millis())?, sql::text(encode(&observations)?)],
            )?;
        }
        if announcements.is_empty() {
            return Ok(());
        }
        self.tables.run(
            "INSERT INTO announcements (id, body)
             SELECT value ->> 'id', value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
            vec![sql::text(encode(&announcements)?)],
        )?;
        moves::keep(&self.tables, announcements)
    }

    /// The newest confirmed moves, newest first.
    pub fn moves(&self, limit: u32) -> Result<Vec<PriceMove>> {
        moves::newest(&self.tables, limit)
    }
}
