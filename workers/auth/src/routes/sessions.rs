//! `POST /v1/auth/sign-out`, `GET /v1/auth/sessions`, `DELETE /v1/auth/sessions/{id}`.

use contract::account::SessionList;
use contract::ids::SessionId;
use edge::{Call, Clock, Failure, Result, reply};
use worker::Response;

use crate::app::App;
use crate::store_d1::sessions::{self, EndReason};

/// Ends the session that asks: its access and refresh tokens are worth nothing from the next request on.
pub async fn sign_out(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    sessions::end(&app.db, &person.session_id, Some(&person.user_id), EndReason::SignedOut, Clock::wall_ms())
        .await?;
    Ok(reply::no_content())
}

/// Where the person is signed in.
pub async fn list(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    reply::json(&SessionList { sessions: sessions::open(&app.db, &person, Clock::wall_ms()).await? })
}

/// Ends one of the person's own sessions; somebody else's is as unknown as one that never was.
pub async fn end(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let person = app.signed_in(call).await?;
    let none = || Failure::not_found("You have no such session.");
    let id: SessionId = id.parse().map_err(|_| none())?;
    let ended =
        sessions::end(&app.db, &id, Some(&person.user_id), EndReason::SignedOut, Clock::wall_ms()).await?;
    if ended { Ok(reply::no_content()) } else { Err(none()) }
}
