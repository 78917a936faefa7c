//! Kept answers decoded again with today's adapters, and what they say handed to the price history.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use contract::catalog::EventCard;
use contract::ids::{RequestId, VenueId};
use contract::planner::{Backfill, Backfilled};
use contract::problem::Code;
use contract::queues::{ObservationBatch, ObservedOffer};
use edge::clock::{Clock, from_ms};
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::encode;
use edge::queue;
use prices::Market;
use serde::Deserialize;
use sources::{Adapter, Answer, Page, Quote, Reading};
use worker::Env;

use crate::planner::raw::{self, Kept};

/// Answers read by one call: half a megabyte of JSON each at most, well within a second of work.
const PAGES_AT_ONCE: u32 = 8;
/// Offers in one queue message (as many as in ingest).
const OFFERS_PER_MESSAGE: usize = 60;

/// Decodes the next kept answers of `market`.
pub async fn run(
    env: &Env,
    request_id: &RequestId,
    adapter: &dyn Adapter,
    wanted: &Backfill,
) -> Result<Backfilled> {
    let market = adapter.market();
    let from = day("from", &wanted.from)?;
    let to = wanted.to.as_deref().map_or(Ok(from), |text| day("to", text))?;
    let own = |cursor: &&str| cursor.starts_with(&format!("raw/{market}/"));
    let cursor = wanted.cursor.as_deref().map(|cursor| {
        Some(cursor).filter(own).ok_or_else(|| invalid("cursor", "a cursor we answered before"))
    });
    let keys = raw::keys(env, market, (from, to), cursor.transpose()?, PAGES_AT_ONCE).await?;
    let mut done = Backfilled::default();
    for key in &keys {
        done.pages = done.pages.saturating_add(1);
        let page = raw::get(env, market, key).await?.and_then(|kept| Some((page_of(adapter, &kept)?, kept)));
        let Some((page, kept)) = page else {
            done.skipped = done.skipped.saturating_add(1);
            continue;
        };
        let (events, observations) = hand_over(env, request_id, market, &page, &kept).await?;
        done.events = done.events.saturating_add(events);
        done.observations = done.observations.saturating_add(observations);
        done.skipped = done.skipped.saturating_add(events.saturating_sub(observations));
    }
    let is_full = keys.len() >= usize::try_from(PAGES_AT_ONCE).unwrap_or(usize::MAX);
    done.cursor = keys.into_iter().next_back().filter(|_| is_full);
    Ok(done)
}

fn day(field: &str, text: &str) -> Result<NaiveDate> {
    text.parse().map_err(|_| invalid(field, "a day like 2026-11-21"))
}

fn invalid(field: &str, expected: &str) -> Failure {
    Failure::new(Code::InvalidParameter, format!("{field} must be {expected}."))
}

fn page_of(adapter: &dyn Adapter, kept: &Kept) -> Option<Page> {
    let body = std::str::from_utf8(&kept.body).ok()?;
    let answer = Answer {
        status: kept.status,
        content_type: kept.content_type.as_deref(),
        retry_after: None,
        rate_limit: (None, None),
        body,
    };
    match adapter.read(&kept.cursor, &answer, kept.at) {
        Reading::Page(page) => Some(page),
        Reading::Token { .. } | Reading::Failed(_) => None,
    }
}

/// Sends what a page says of events we know; answers how many events it has and how many were sent.
async fn hand_over(
    env: &Env,
    request_id: &RequestId,
    market: Market,
    page: &Page,
    kept: &Kept,
) -> Result<(u32, u32)> {
    let quotes: Vec<(&str, Quote, Option<&String>)> = page
        .events
        .iter()
        .map(|event| (event.id.as_str(), event.quote, event.url.as_ref()))
        .chain(page.offers.iter().map(|offers| (offers.id.as_str(), offers.quote, None)))
        .collect();
    let ids: HashSet<&str> = quotes.iter().map(|(id, ..)| *id).collect();
    let cards = cards(env, market, &ids).await?;
    let items: Vec<ObservedOffer> = quotes
        .iter()
        .filter_map(|(id, quote, url)| {
            Some(ObservedOffer {
                event: cards.get(*id)?.clone(),
                source_event_id: (*id).to_owned(),
                seq: 0,
                observed_at: kept.at,
                price: quote.price,
                listings: quote.listings,
                tickets: quote.tickets,
                confirms: false,
                url: url.cloned(),
                fees: None,
            })
        })
        .collect();
    let batches: Vec<ObservationBatch> = items
        .chunks(OFFERS_PER_MESSAGE)
        .map(|items| ObservationBatch {
            request_id: request_id.clone(),
            seen_at_ms: Clock::wall_ms(),
            market,
            items: items.to_vec(),
            backfilled: true,
        })
        .collect();
    queue::send_all(env, "OBSERVATIONS", &batches).await?;
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Ok((count(quotes.len()), count(items.len())))
}

#[derive(Deserialize)]
struct CardRow {
    source_event_id: String,
    id: String,
    name: String,
    venue: String,
    city: Option<String>,
    starts_at_ms: Option<i64>,
    local_start: Option<chrono::NaiveDateTime>,
    date_tbd: u8,
    time_tbd: u8,
    genre: Option<String>,
    venue_id: VenueId,
    region: Option<String>,
}

async fn cards(env: &Env, market: Market, ids: &HashSet<&str>) -> Result<HashMap<String, EventCard>> {
    let rows: Vec<CardRow> = d1::rows(
        &d1::database(env)?,
        "SELECT l.source_event_id, e.id, e.name, v.name AS venue, v.city, e.starts_at_ms, e.local_start, e.date_tbd,
           e.time_tbd, e.genre, e.venue_id, v.region
         FROM event_links l JOIN events e ON e.id = l.event_id JOIN venues v ON v.id = e.venue_id
         WHERE l.market = ?1 AND l.source_event_id IN (SELECT value FROM json_each(?2))",
        &[d1::text(market.as_str()), d1::text(encode(ids)?)],
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            let id = row.id.parse().map_err(|_| Failure::internal("a stored event id is none"))?;
            let card = EventCard {
                id,
                name: row.name,
                venue: row.venue,
                city: row.city,
                starts_at: row.starts_at_ms.map(from_ms),
                local_start: row.local_start,
                date_tbd: row.date_tbd != 0,
                time_tbd: row.time_tbd != 0,
                genre: row.genre,
                venue_id: Some(row.venue_id),
                region: row.region,
                // History alone takes in what is decoded again; nobody is told of it by these cards.
                line_up: Vec::new(),
            };
            Ok((row.source_event_id, card))
        })
        .collect()
}
