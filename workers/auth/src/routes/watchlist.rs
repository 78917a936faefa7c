//! `/v1/watchlists`.

use contract::account::Watchlist;
use contract::ids::{EventId, UserId, VenueId};
use contract::problem::Code;
use edge::{Call, Clock, Failure, Result, reply};
use worker::Response;

use crate::app::App;
use crate::store_d1::watched_names::{self, MAX_NAMES};
use crate::store_d1::watchlist::{self, MAX_WATCHED, WatchOutcome};

/// Longer than any name on a bill.
const MAX_NAME: usize = 200;

/// What the person watches.
pub async fn list(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    reply::json(&of(app, &person.user_id).await?)
}

/// Everything somebody watches.
pub async fn of(app: &App<'_>, user_id: &UserId) -> Result<Watchlist> {
    Ok(Watchlist {
        events: watchlist::list(&app.db, user_id).await?,
        performers: watched_names::performers(&app.db, user_id).await?,
        venues: watched_names::venues(&app.db, user_id).await?,
    })
}

/// Watches an event; twice is once.
pub async fn watch(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    let outcome = watchlist::add(&app.db, &person.user_id, &event_id(id)?, Clock::wall_ms()).await?;
    done(outcome, no_such_event, "events", MAX_WATCHED)
}

/// Watches it no longer, whether or not it was watched.
pub async fn unwatch(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    watchlist::remove(&app.db, &person.user_id, &event_id(id)?).await?;
    Ok(reply::no_content())
}

/// Watches a performer; twice, or under another spelling, is once.
pub async fn watch_performer(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    let name = performer(call)?;
    let outcome = watched_names::add_performer(&app.db, &person.user_id, &name, Clock::wall_ms()).await?;
    done(outcome.ok_or_else(no_name)?, no_name, "performers", MAX_NAMES)
}

/// Watches a performer no longer, whether or not it was watched.
pub async fn unwatch_performer(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    watched_names::remove_performer(&app.db, &person.user_id, &performer(call)?).await?;
    Ok(reply::no_content())
}

/// Watches a venue; twice is once.
pub async fn watch_venue(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    let outcome =
        watched_names::add_venue(&app.db, &person.user_id, &venue_id(id)?, Clock::wall_ms()).await?;
    done(outcome, no_such_venue, "venues", MAX_NAMES)
}

/// Watches a venue no longer, whether or not it was watched.
pub async fn unwatch_venue(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    watched_names::remove_venue(&app.db, &person.user_id, &venue_id(id)?).await?;
    Ok(reply::no_content())
}

fn done(outcome: WatchOutcome, unknown: fn() -> Failure, what: &str, most: i64) -> Result<Response> {
    match outcome {
        WatchOutcome::Watched => Ok(reply::no_content()),
        WatchOutcome::NoSuchThing => Err(unknown()),
        WatchOutcome::ListFull => {
            Err(Failure::new(Code::LimitReached, format!("You can watch {most} {what}. Remove one first.")))
        }
    }
}

fn performer(call: &Call) -> Result<String> {
    let name = call.query("name").map(|name| name.trim().to_owned()).unwrap_or_default();
    let is_name = !name.is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control);
    if is_name { Ok(name) } else { Err(no_name()) }
}

fn no_name() -> Failure {
    Failure::new(
        Code::InvalidParameter,
        "The parameter name must be the name of a performer, at most 200 bytes.",
    )
}

fn event_id(text: &str) -> Result<EventId> {
    text.parse().map_err(|_| no_such_event())
}

fn venue_id(text: &str) -> Result<VenueId> {
    text.parse().map_err(|_| no_such_venue())
}

fn no_such_event() -> Failure {
    Failure::not_found("There is no such event.")
}

fn no_such_venue() -> Failure {
    Failure::not_found("There is no such venue.")
}
