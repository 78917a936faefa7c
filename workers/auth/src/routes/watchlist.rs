//! `/v1/watchlists`.

use contract::account::Watchlist;
use contract::ids::EventId;
use contract::problem::Code;
use edge::{Call, Clock, Failure, Result, reply};
use worker::Response;

use crate::app::App;
use crate::store_d1::watchlist::{self, MAX_WATCHED, WatchOutcome};

/// The events the person watches.
pub async fn list(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    reply::json(&Watchlist {
        events: watchlist::list(&app.db, &person.user_id).await?,
        performers: Vec::new(),
        venues: Vec::new(),
    })
}

/// Watches an event; twice is once.
pub async fn watch(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    match watchlist::add(&app.db, &person.user_id, &event_id(id)?, Clock::wall_ms()).await? {
        WatchOutcome::Watched => Ok(reply::no_content()),
        WatchOutcome::NoSuchEvent => Err(no_such_event()),
        WatchOutcome::ListFull => Err(Failure::new(
            Code::LimitReached,
            format!("You can watch {MAX_WATCHED} events. Remove one first."),
        )),
    }
}

/// Watches it no longer, whether or not it was watched.
pub async fn unwatch(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    watchlist::remove(&app.db, &person.user_id, &event_id(id)?).await?;
    Ok(reply::no_content())
}

fn event_id(text: &str) -> Result<EventId> {
    text.parse().map_err(|_| no_such_event())
}

fn no_such_event() -> Failure {
    Failure::not_found("There is no such event.")
}
