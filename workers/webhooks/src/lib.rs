//! webhooks: verifies and records what senders tell us, then acts through the owner of what they speak of.
//!
//! Owns the tables of `migrations/0004_billing.sql`, and speaks to Stripe.

mod app;
mod config;
mod form;
mod routes;
mod signature;
mod store_d1;
mod stripe;

use edge::serve::{method_not_allowed, no_such_path};
use edge::{Call, Method, Result, serve};
use worker::{Context, Env, Request, Response, event};

use crate::app::App;
use crate::routes::{billing, health, markets, resend, stripe as stripe_hook, twilio};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    serve("webhooks", request, |call, log| async move { answer(&App::new(&env, &call, log)?, call).await })
        .await
}

async fn answer(app: &App<'_>, mut call: Call) -> Result<Response> {
    let path = call.path().to_owned();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (call.method(), parts.as_slice()) {
        (Method::Get, ["healthz"]) => health::health(app).await,
        (Method::Post, ["hooks", "stripe"]) => stripe_hook::receive(app, &mut call).await,
        (Method::Post, ["hooks", "resend"]) => resend::receive(app, &mut call).await,
        (Method::Post, ["hooks", "twilio", "status"]) => twilio::receive_status(app, &mut call).await,
        (Method::Post, ["hooks", "stubhub"]) => markets::stubhub(app, &mut call).await,
        (Method::Post, ["hooks", "eventbrite"]) => markets::eventbrite(app, &mut call).await,
        (Method::Get, ["v1", "billing"]) => billing::billing(app, &call).await,
        (Method::Post, ["v1", "billing", "checkout"]) => billing::checkout(app, &call).await,
        (Method::Post, ["v1", "billing", "portal"]) => billing::portal(app, &call).await,
        (_, known) if is_path(known) => Err(method_not_allowed()),
        _ => Err(no_such_path()),
    }
}

/// Whether a path takes some method, though not the one asked for.
fn is_path(parts: &[&str]) -> bool {
    matches!(
        parts,
        ["healthz"]
            | ["hooks", "stripe" | "resend" | "stubhub" | "eventbrite"]
            | ["hooks", "twilio", "status"]
            | ["v1", "billing"]
            | ["v1", "billing", "checkout" | "portal"]
    )
}
