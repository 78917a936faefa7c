//! auth: who somebody is and what they may.
//!
//! Owns the tables of `migrations/0002_accounts.sql` and the Durable Object `RateLimiter`. Everybody else asks
//! `POST /internal/sessions/introspect`, so a session that was ended is over on the next request.

mod app;
mod config;
mod limits;
mod mails;
mod rate_limiter_do;
mod routes;
mod store_d1;

use edge::serve::{method_not_allowed, no_such_path};
use edge::{Call, Method, Result, guard, serve};
use worker::{Context, Env, Request, Response, event};

use crate::app::App;
use crate::routes::{health, internal, me, refresh, register, sessions, sign_in, verify, watchlist};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    serve("auth", request, |call, log| async move { answer(&App::new(&env, &call, log)?, call).await }).await
}

async fn answer(app: &App<'_>, mut call: Call) -> Result<Response> {
    let path = call.path().to_owned();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if let ["internal", ..] = parts.as_slice() {
        guard::internal(&call, &app.vars())?;
    }
    match (call.method(), parts.as_slice()) {
        (Method::Get, ["healthz"]) => health::health(app).await,
        (Method::Post, ["v1", "auth", "register"]) => register::register(app, &mut call).await,
        (Method::Post, ["v1", "auth", "resend"]) => register::resend(app, &call).await,
        (Method::Post, ["v1", "auth", "verify"]) => verify::verify(app, &mut call).await,
        (Method::Post, ["v1", "auth", "sign-in"]) => sign_in::sign_in(app, &mut call).await,
        (Method::Post, ["v1", "auth", "refresh"]) => refresh::refresh(app, &mut call).await,
        (Method::Post, ["v1", "auth", "sign-out"]) => sessions::sign_out(app, &call).await,
        (Method::Get, ["v1", "auth", "sessions"]) => sessions::list(app, &call).await,
        (Method::Delete, ["v1", "auth", "sessions", id]) => sessions::end(app, &call, id).await,
        (Method::Get, ["v1", "me"]) => me::me(app, &call).await,
        (Method::Get, ["v1", "watchlists"]) => watchlist::list(app, &call).await,
        (Method::Put, ["v1", "watchlists", "performers"]) => watchlist::watch_performer(app, &call).await,
        (Method::Delete, ["v1", "watchlists", "performers"]) => {
            watchlist::unwatch_performer(app, &call).await
        }
        (Method::Put, ["v1", "watchlists", "venues", id]) => watchlist::watch_venue(app, &call, id).await,
        (Method::Delete, ["v1", "watchlists", "venues", id]) => {
            watchlist::unwatch_venue(app, &call, id).await
        }
        (Method::Put, ["v1", "watchlists", id]) => watchlist::watch(app, &call, id).await,
        (Method::Delete, ["v1", "watchlists", id]) => watchlist::unwatch(app, &call, id).await,
        (Method::Post, ["internal", "sessions", "introspect"]) => internal::introspect(app, &mut call).await,
        (Method::Post, ["internal", "watchlists"]) => internal::person_watches(app, &mut call).await,
        (Method::Put, ["internal", "entitlements"]) => internal::set_entitlement(app, &mut call).await,
        (Method::Get, ["internal", "watched"]) => internal::watched(app).await,
        (_, known) if is_path(known) => Err(method_not_allowed()),
        _ => Err(no_such_path()),
    }
}

/// Whether a path takes some method, though not the one asked for.
fn is_path(parts: &[&str]) -> bool {
    matches!(
        parts,
        ["healthz"]
            | [
                "v1",
                "auth",
                "register" | "resend" | "verify" | "sign-in" | "refresh" | "sign-out" | "sessions"
            ]
            | ["v1", "auth", "sessions", _]
            | ["v1", "me" | "watchlists"]
            | ["v1", "watchlists", _]
            | ["v1", "watchlists", "venues", _]
            | ["internal", "sessions", "introspect"]
            | ["internal", "entitlements" | "watched" | "watchlists"]
    )
}
