//! Events by id, as people name them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use contract::catalog::EventCard;
use contract::ids::{EventId, VenueId};
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use serde::Deserialize;
use worker::D1Database;

#[derive(Deserialize)]
struct CardRow {
    id: EventId,
    name: String,
    venue: String,
    city: Option<String>,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: i64,
    time_tbd: i64,
    genre: Option<String>,
    venue_id: VenueId,
    region: Option<String>,
}

/// The cards of `ids`, each as itself even where it was merged.
pub async fn of(db: &D1Database, ids: &HashSet<&EventId>) -> Result<HashMap<EventId, EventCard>> {
    let rows: Vec<CardRow> = d1::rows(
        db,
        "SELECT e.id, e.name, v.name AS venue, v.city, e.starts_at_ms, e.local_start, e.date_tbd, e.time_tbd,
           e.genre, e.venue_id, v.region
         FROM events e JOIN venues v ON v.id = e.venue_id WHERE e.id IN (SELECT value FROM json_each(?))",
        &[d1::text(encode(ids)?)],
    )
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row.card())).collect())
}

impl CardRow {
    fn card(self) -> EventCard {
        EventCard {
            id: self.id,
            name: self.name,
            venue: self.venue,
            city: self.city,
            starts_at: self.starts_at_ms.map(from_ms),
            local_start: self.local_start,
            date_tbd: self.date_tbd != 0,
            time_tbd: self.time_tbd != 0,
            genre: self.genre,
            venue_id: Some(self.venue_id),
            region: self.region,
            line_up: Vec::new(),
        }
    }
}
