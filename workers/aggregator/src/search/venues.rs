//! Venues as readers ask for them: one, or those near a point.

use contract::catalog::Venue;
use contract::ids::VenueId;
use contract::search::VenueInfo;
use edge::d1;
use edge::failure::Result;
use serde::Deserialize;
use worker::D1Database;

use crate::search::document::first_doc;
use crate::search::geo::Point;
use crate::search::params::Near;

/// Venues near a point that are looked at, nearest first: more than any city has.
const MOST_NEAR: usize = 500;

#[derive(Deserialize)]
struct Placed {
    id: VenueId,
    latitude: f64,
    longitude: f64,
}

/// Venues within the circle with their distance in metres, nearest first.
pub async fn near(db: &D1Database, near: Near) -> Result<Vec<(VenueId, u32)>> {
    let bounds = near.point.bounds(near.metres);
    // Without a second range the first stands twice.
    let beyond = bounds.beyond.unwrap_or(bounds.longitude);
    let values = [bounds.latitude, bounds.longitude, beyond]
        .into_iter()
        .flat_map(|(least, most)| [least, most])
        .map(wasm_bindgen::JsValue::from_f64)
        .collect::<Vec<_>>();
    let rows: Vec<Placed> = d1::rows(
        db,
        "SELECT id, latitude, longitude FROM venues INDEXED BY venues_by_place
         WHERE latitude BETWEEN ?1 AND ?2 AND (longitude BETWEEN ?3 AND ?4 OR longitude BETWEEN ?5 AND ?6)",
        &values,
    )
    .await?;
    let mut venues: Vec<(VenueId, u32)> = rows
        .into_iter()
        .map(|row| {
            let point = Point { latitude: row.latitude, longitude: row.longitude };
            (row.id, near.point.metres_to(point))
        })
        .filter(|(_, metres)| *metres <= near.metres)
        .collect();
    venues.sort_unstable_by(|one, other| (one.1, &one.0).cmp(&(other.1, &other.0)));
    venues.truncate(MOST_NEAR);
    Ok(venues)
}

#[derive(Deserialize)]
struct VenueRow {
    id: VenueId,
    name: String,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
    timezone: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    events: u32,
}

/// The venues of these ids, with the number of their events from `from_ms` on, in no order.
pub async fn described(db: &D1Database, ids: &[&VenueId], from_ms: i64) -> Result<Vec<VenueInfo>> {
    let rows: Vec<VenueRow> = d1::rows(
        db,
        "SELECT v.id, v.name, v.city, v.region, v.country, v.timezone, v.latitude, v.longitude,
           (SELECT count(*) FROM search_docs d WHERE d.venue_id = v.id AND d.doc >= ?2) AS events
         FROM json_each(?1) AS j CROSS JOIN venues v ON v.id = j.value",
        &[d1::text(edge::json::encode(&ids)?), d1::int(first_doc(from_ms))?],
    )
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| VenueInfo {
            venue: Venue {
                id: row.id,
                name: row.name,
                city: row.city,
                region: row.region,
                country: row.country,
                timezone: row.timezone,
            },
            latitude: row.latitude,
            longitude: row.longitude,
            events: row.events,
            distance_m: None,
        })
        .collect())
}
