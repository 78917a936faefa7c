//! `/v1/venues`.

use std::collections::HashMap;

use contract::search::VenueList;
use edge::failure::{Failure, Result};
use edge::params::{refuse_unknown, whole};
use edge::{Call, d1, reply};
use worker::{Env, Response};

use crate::config::Config;
use crate::search::params::{self, required};
use crate::search::venues;

/// `GET /v1/venues?near=`.
pub async fn near(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    refuse_unknown(call, |name| ["near", "km", "limit"].contains(&name))?;
    let near = required(params::near(call)?, "near", "latitude and longitude like 45.53,-122.67")?;
    let limit = whole(call, "limit", 1..=100)?.unwrap_or(20);
    let db = d1::database(env)?;
    let mut found = venues::near(&db, near).await?;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let distances: HashMap<_, _> = found.iter().cloned().collect();
    let ids: Vec<_> = found.iter().map(|(id, _)| id).collect();
    let mut venues = venues::described(&db, &ids, config.clock.market().timestamp_millis()).await?;
    for venue in &mut venues {
        venue.distance_m = distances.get(&venue.venue.id).copied();
    }
    venues.sort_unstable_by(|one, other| {
        (one.distance_m, &one.venue.id).cmp(&(other.distance_m, &other.venue.id))
    });
    reply::cached_for(60, reply::json(&VenueList { venues })?)
}

/// `GET /v1/venues/{venue_id}`.
pub async fn detail(_call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let no_such_venue = || Failure::not_found("There is no venue with this id.");
    let id = id.parse().map_err(|_| no_such_venue())?;
    let now_ms = config.clock.market().timestamp_millis();
    let venues = venues::described(&d1::database(env)?, &[&id], now_ms).await?;
    reply::cached_for(60, reply::json(&venues.into_iter().next().ok_or_else(no_such_venue)?)?)
}
