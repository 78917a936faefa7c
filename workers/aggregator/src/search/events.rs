//! Events as readers ask for them.

use chrono::{DateTime, NaiveDateTime, Utc};
use contract::catalog::{EventCard, EventSummary, Venue};
use contract::ids::{EventId, VenueId};
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::decode;
use prices::{Currency, Money, Price};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::Env;

use crate::linking::rows::word;

/// What a list is asked for.
pub struct Filter {
    /// Words, each to be found as a prefix.
    pub words: Vec<String>,
    /// City, as written.
    pub city: Option<String>,
    /// Earliest start.
    pub from: DateTime<Utc>,
    /// Latest start.
    pub to: Option<DateTime<Utc>>,
    /// Go on after this place in the order.
    pub after: Option<Place>,
    /// How many.
    pub limit: u32,
}

/// A place in the order of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The event's place in time, epoch milliseconds.
    pub sort_at_ms: i64,
    /// The event.
    pub id: EventId,
}

impl Place {
    /// As a cursor.
    pub fn to_cursor(&self) -> String {
        format!("{}.{}", self.sort_at_ms, self.id)
    }

    /// From a cursor we gave out: its instant is one that a calendar has.
    pub fn from_cursor(text: &str) -> Option<Self> {
        let (sort_at_ms, id) = text.split_once('.')?;
        let sort_at = DateTime::from_timestamp_millis(sort_at_ms.parse().ok()?)?;
        Some(Self { sort_at_ms: sort_at.timestamp_millis(), id: id.parse().ok()? })
    }
}

/// The columns of a summary: the event, its venue, and the cheapest of its listings (by what it comes to all-in, where
/// that is known). Kept in one place so that list, search and detail cannot differ.
pub const SUMMARY_COLUMNS: &str = "
  e.id, e.name, e.performers, e.starts_at_ms, e.local_start, e.date_tbd, e.time_tbd, e.status, e.genre,
  e.sort_at_ms, v.id AS venue_id, v.name AS venue_name, v.city, v.region, v.country, v.timezone,
  (SELECT count(DISTINCT market) FROM event_links l WHERE l.event_id = e.id) AS markets,
  c.market AS from_market, c.amount_minor, c.currency, c.basis, c.all_in";
/// What they are read from, after the events themselves.
pub const SUMMARY_JOINS: &str = "
  JOIN venues v ON v.id = e.venue_id
  LEFT JOIN event_links c ON (c.market, c.source_event_id) =
    (SELECT l.market, l.source_event_id FROM event_links l
     WHERE l.event_id = e.id AND l.amount_minor IS NOT NULL
     ORDER BY l.all_in_minor IS NULL, l.all_in_minor, l.amount_minor LIMIT 1)";

/// A summary row.
#[derive(Deserialize)]
pub struct SummaryRow {
    id: EventId,
    name: String,
    performers: String,
    starts_at_ms: Option<i64>,
    local_start: Option<NaiveDateTime>,
    date_tbd: i64,
    time_tbd: i64,
    status: String,
    genre: Option<String>,
    sort_at_ms: i64,
    venue_id: VenueId,
    venue_name: String,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
    timezone: Option<String>,
    markets: i64,
    from_market: Option<String>,
    amount_minor: Option<i64>,
    currency: Option<String>,
    basis: Option<String>,
    all_in: Option<String>,
    /// How well it fits a search; 0 where nobody asked.
    #[serde(default)]
    pub tier: u8,
    /// Its place in the order of a search; 0 in lists.
    #[serde(default)]
    pub doc: i64,
}

impl SummaryRow {
    /// Its place in the order.
    pub fn place(&self) -> Place {
        Place { sort_at_ms: self.sort_at_ms, id: self.id.clone() }
    }

    /// The venue in full.
    pub fn venue(&self) -> Venue {
        Venue {
            id: self.venue_id.clone(),
            name: self.venue_name.clone(),
            city: self.city.clone(),
            region: self.region.clone(),
            country: self.country.clone(),
            timezone: self.timezone.clone(),
        }
    }

    /// Who plays.
    pub fn performers(&self) -> Result<Vec<String>> {
        decode(&self.performers)
    }

    /// The public form.
    pub fn summary(&self) -> Result<EventSummary> {
        Ok(EventSummary {
            card: EventCard {
                id: self.id.clone(),
                name: self.name.clone(),
                venue: self.venue_name.clone(),
                city: self.city.clone(),
                starts_at: self.starts_at_ms.map(from_ms),
                local_start: self.local_start,
                date_tbd: self.date_tbd != 0,
                time_tbd: self.time_tbd != 0,
                genre: self.genre.clone(),
                venue_id: Some(self.venue_id.clone()),
                region: self.region.clone(),
                // Its readers are told by `performers`.
                line_up: Vec::new(),
            },
            status: word(&self.status)?,
            markets: u32::try_from(self.markets).unwrap_or(0),
            from_price: self.price()?,
            from_all_in: self.all_in.as_deref().map(decode).transpose()?,
            from_market: self.from_market.as_deref().map(word).transpose()?,
        })
    }

    fn price(&self) -> Result<Option<Price>> {
        let (Some(amount_minor), Some(currency), Some(basis)) =
            (self.amount_minor, &self.currency, &self.basis)
        else {
            return Ok(None);
        };
        let currency: Currency = word(currency)?;
        Ok(Some(Price::quoted(Money::new(amount_minor, currency), word(basis)?)))
    }
}

/// Events that match `filter`, soonest first.
pub async fn list(env: &Env, filter: &Filter) -> Result<Vec<SummaryRow>> {
    let mut conditions = vec!["e.addon = 0", "e.merged_into IS NULL", "e.sort_at_ms >= ?"];
    let mut values = vec![d1::int(filter.from.timestamp_millis())?];
    if let Some(to) = filter.to {
        conditions.push("e.sort_at_ms <= ?");
        values.push(d1::int(to.timestamp_millis())?);
    }
    if !filter.words.is_empty() {
        conditions.push(
            "e.id IN (SELECT d.event_id FROM event_search f JOIN search_docs d ON d.doc = f.rowid
                      WHERE event_search MATCH ?)",
        );
        values.push(d1::text(prefixes(&filter.words)));
    }
    if let Some(city) = &filter.city {
        conditions.push("v.city = ? COLLATE NOCASE");
        values.push(d1::text(city));
    }
    if let Some(after) = &filter.after {
        conditions.push("(e.sort_at_ms, e.id) > (?, ?)");
        values.push(d1::int(after.sort_at_ms)?);
        values.push(d1::text(after.id.as_str()));
    }
    values.push(d1::int(i64::from(filter.limit))?);
    let conditions = conditions.join(" AND ");
    let sql = format!(
        "SELECT {SUMMARY_COLUMNS} FROM events e {SUMMARY_JOINS}
         WHERE {conditions} ORDER BY e.sort_at_ms, e.id LIMIT ?"
    );
    d1::rows(&d1::database(env)?, &sql, &values).await
}

/// One event, add-ons included; one that was merged is the event it is part of.
pub async fn one(env: &Env, id: &EventId) -> Result<Option<SummaryRow>> {
    let values: [JsValue; 1] = [d1::text(id.as_str())];
    let sql = format!(
        "SELECT {SUMMARY_COLUMNS} FROM events e {SUMMARY_JOINS}
         WHERE e.id = (SELECT coalesce(merged_into, id) FROM events WHERE id = ?)"
    );
    d1::first(&d1::database(env)?, &sql, &values).await
}

/// Every word as a quoted prefix, so that nothing of the person's text is syntax.
pub fn prefixes(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" AND ")
}

/// The words of a search text as the index has them, at most eight.
pub fn search_words(text: &str) -> Vec<String> {
    catalog::normalise::words(text).into_iter().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_text_is_words_never_syntax() {
        assert_eq!(search_words("Rip-City \"OR\" * NEAR("), ["rip", "city", "or", "near"]);
        assert_eq!(prefixes(&search_words("Rip City")), "\"rip\"* AND \"city\"*");
    }

    #[test]
    fn a_cursor_reads_back_and_rubbish_does_not() {
        let place = Place { sort_at_ms: 17, id: EventId::from_bytes([1; 16]) };
        assert_eq!(Place::from_cursor(&place.to_cursor()), Some(place));
        let id = EventId::from_bytes([1; 16]);
        let far = format!("{}.{id}", i64::MAX);
        for text in ["", "17", "17.evt_x", "x.y", &far] {
            assert_eq!(Place::from_cursor(text), None);
        }
    }
}
