//! `/v1/events`, `/v1/search`.

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::{EventDetail, EventList, MarketOffer, SourceHealth, SourceMode};
use contract::objects::{HeldOffer, Inventory};
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, reply};
use worker::{Env, Response};

use crate::config::Config;
use crate::event_queries::{self, Filter, Place, search_words};
use crate::source_store;

/// An event stays in lists this long after its start.
const LISTED_AFTER_START: TimeDelta = TimeDelta::hours(3);
/// An offer nobody confirmed for so long is not to be relied on: the tail is polled hourly, so two polls were missed.
const STALE_AFTER: TimeDelta = TimeDelta::hours(2);
const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// `GET /v1/events`.
pub async fn list(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let limit = call.query_as::<u32>("limit", "a whole number from 1 to 100")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Failure::new(
            Code::InvalidParameter,
            "The parameter limit must be a whole number from 1 to 100.",
        ));
    }
    let time = "a time like 2026-12-01T00:00:00Z";
    let after = call
        .query("cursor")
        .filter(|text| !text.is_empty())
        .map(|text| {
            Place::from_cursor(&text).ok_or_else(|| {
                Failure::new(
                    Code::InvalidParameter,
                    "The parameter cursor must be a next_cursor we answered before.",
                )
            })
        })
        .transpose()?;
    let now = config.clock.market();
    let filter = Filter {
        words: search_words(&call.query("q").unwrap_or_default()),
        city: call.query("city").filter(|city| !city.is_empty()),
        from: call
            .query_as("from", time)?
            .unwrap_or_else(|| now.checked_sub_signed(LISTED_AFTER_START).unwrap_or(now)),
        to: call.query_as("to", time)?,
        after,
        limit: limit.saturating_add(1),
    };
    let mut rows = event_queries::list(env, &filter).await?;
    // One more than asked for was read: it only tells that there is a next page.
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.place().to_cursor());
    let events = rows.iter().map(event_queries::SummaryRow::summary).collect::<Result<_>>()?;
    reply::cached_for(10, reply::json(&EventList { events, next_cursor })?)
}

/// `GET /v1/events/{event_id}`.
pub async fn detail(call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let no_such_event = || Failure::not_found("There is no event with this id.");
    let id = id.parse().map_err(|_| no_such_event())?;
    let row = event_queries::one(env, &id).await?.ok_or_else(no_such_event)?;
    let objects = Objects::new(env, "EVENT_INVENTORY", call.request_id())?;
    let inventory: Inventory = objects.call(id.as_str(), "/read", &()).await?;
    let sources = source_store::all_health(env).await?;
    let now = config.clock.market();
    let mut offers: Vec<MarketOffer> =
        inventory.offers.into_iter().map(|offer| market_offer(offer, &sources, now)).collect();
    offers.sort_by_key(|offer| {
        let amount = offer.price.money().map_or(i64::MAX, |money| money.amount_minor);
        (amount, offer.market)
    });
    reply::json(&EventDetail {
        summary: row.summary()?,
        location: row.venue(),
        performers: row.performers()?,
        offers,
        as_of: now,
    })
}

fn market_offer(offer: HeldOffer, sources: &[SourceHealth], now: DateTime<Utc>) -> MarketOffer {
    let mode =
        sources.iter().find(|source| source.market == offer.market).map_or(SourceMode::Off, |row| row.mode);
    let age = now.signed_duration_since(offer.checked_at);
    MarketOffer {
        market: offer.market,
        source_event_id: offer.source_event_id,
        price: offer.price,
        listings: offer.listings,
        tickets: offer.tickets,
        url: offer.url,
        since: offer.since,
        checked_at: offer.checked_at,
        age_seconds: age.num_seconds().max(0),
        stale: age > STALE_AFTER,
        match_confidence_permille: offer.match_confidence_permille,
        mode,
    }
}
