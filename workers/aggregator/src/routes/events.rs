//! `/v1/events`, `/v1/search`.

use chrono::TimeDelta;
use contract::catalog::{EventDetail, EventList};
use contract::ids::EventId;
use contract::objects::{Inventory, ReadInventory};
use contract::offers::MAX_SEATS;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::object::Objects;
use edge::{Call, params, reply};
use futures_util::future::try_join3;
use worker::{Context, Env, Response};

use crate::config::Config;
use crate::fee_store;
use crate::health::source_store;
use crate::inventory::offers;
use crate::routes::fresh;
use crate::search::events::{self, Filter, Place, search_words};

/// An event stays in lists this long after its start.
const LISTED_AFTER_START: TimeDelta = TimeDelta::hours(3);
/// Listings of each market that an event's page carries; the rest are paged through.
const CHEAPEST_LISTINGS: u32 = 50;
const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

/// `GET /v1/events`.
pub async fn list(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let limit = params::whole(call, "limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let time = "a time like 2026-12-01T00:00:00Z";
    let after = params::read(call, "cursor", "a next_cursor we answered before", Place::from_cursor)?;
    let now = config.clock.market();
    let filter = Filter {
        words: search_words(&call.query("q").unwrap_or_default()),
        city: call.query("city").filter(|city| !city.is_empty()),
        from: params::parsed(call, "from", time)?
            .unwrap_or_else(|| now.checked_sub_signed(LISTED_AFTER_START).unwrap_or(now)),
        to: params::parsed(call, "to", time)?,
        after,
        limit: limit.saturating_add(1),
    };
    let mut rows = events::list(env, &filter).await?;
    // One more than asked for was read: it only tells that there is a next page.
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    let next_cursor = rows.last().filter(|_| more).map(|row| row.place().to_cursor());
    let events = rows.iter().map(events::SummaryRow::summary).collect::<Result<_>>()?;
    reply::cached_for(10, reply::json(&EventList { events, next_cursor })?)
}

/// `GET /v1/events/{event_id}`.
pub async fn detail(
    call: &Call,
    env: &Env,
    context: &Context,
    config: &Config,
    id: &str,
) -> Result<Response> {
    let no_such_event = || Failure::not_found("There is no event with this id.");
    let id: EventId = id.parse().map_err(|_| no_such_event())?;
    let seats = seats_asked(call)?;
    let row = events::one(env, &id).await?.ok_or_else(no_such_event)?;
    let id = row.place().id;
    fresh::note_view(env, context, config, &id, &Log::new("aggregator", call.request_id().clone()));
    let fresh = fresh::read(call, env, context, &id).await?;
    let location = row.venue();
    let objects = Objects::new(env, "EVENT_INVENTORY", call.request_id())?;
    let asked = ReadInventory { seats: seats.unwrap_or(0), listings: Some(CHEAPEST_LISTINGS), market: None };
    let now = config.clock.market();
    let (inventory, sources, fees) = try_join3(
        objects.call::<Inventory>(id.as_str(), "/read", &asked),
        source_store::all_health(env, now),
        fee_store::at_venue(env, &location.id),
    )
    .await?;
    let with_fees = |market, price: &_| fees.all_in(market, location.id.as_str(), price);
    let mut offers = offers::side_by_side(inventory.offers, &sources, &with_fees, now);
    if let Some(fresh) = &fresh {
        fresh::mark(&mut offers, fresh);
    }
    reply::json(&EventDetail {
        summary: row.summary()?,
        location,
        performers: row.performers()?,
        offers,
        seats,
        fresh,
        as_of: now,
    })
}

/// How many seats together were asked for, if any.
pub fn seats_asked(call: &Call) -> Result<Option<u32>> {
    params::whole(call, "seats", 1..=MAX_SEATS)
}
