//! Calls of our other Workers.

use contract::internal::{Introspect, PersonWatches, SetEntitlement};
use contract::planner::Watched;
use edge::{Call, Failure, Result, reply};
use serde_json::json;
use worker::Response;

use crate::app::App;
use crate::store_d1::entitlements::{self, SetOutcome};
use crate::store_d1::watchlist;

/// `POST /internal/sessions/introspect`: whose token is this, and what may they?
pub async fn introspect(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let Introspect { token } = call.json().await?;
    reply::json(&app.session_of(&token).await?.principal())
}

/// `POST /internal/watchlists`: what does the person of this token watch?
pub async fn person_watches(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let Introspect { token } = call.json().await?;
    let person = app.session_of(&token).await?;
    let watchlist = crate::routes::watchlist::of(app, &person.user_id).await?;
    reply::json(&PersonWatches { user_id: person.user_id, watchlist })
}

/// `PUT /internal/entitlements`. Idempotent by version: an older or equal one changes nothing and is fine.
pub async fn set_entitlement(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let new: SetEntitlement = call.json().await?;
    let outcome = entitlements::set(&app.db, &new).await?;
    app.log.info(
        "entitlement",
        json!({ "user_id": new.user_id, "plan": new.plan, "version": new.version, "set": outcome == SetOutcome::Set }),
    );
    match outcome {
        SetOutcome::Set | SetOutcome::Older => Ok(reply::no_content()),
        SetOutcome::NoSuchUser => Err(Failure::not_found("There is no such person.")),
    }
}

/// `GET /internal/watched`: how many people watch which events; nobody is named.
pub async fn watched(app: &App<'_>) -> Result<Response> {
    reply::json(&Watched { events: watchlist::most_watched(&app.db).await? })
}
