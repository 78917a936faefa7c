//! `POST /hooks/stripe`.

use contract::internal::SetEntitlement;
use contract::problem::Code;
use edge::clock::from_ms;
use edge::{Call, Result, reply};
use serde_json::json;
use worker::Response;

use super::{MAX_HOOK_BYTES, unreadable, unverified};
use crate::app::{App, now_s};
use crate::signature;
use crate::store_d1::billing::{self, Standing};
use crate::store_d1::events::{self, Provider, Received, Record};
use crate::stripe::api::Stripe;
use crate::stripe::event::Event;
use crate::stripe::subscription::entitlement;

/// Verify, record, act, mark done. Anything that fails on the way answers an error, so that Stripe sends the event again;
/// every step may be repeated.
pub async fn receive(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let header = call.header("stripe-signature").unwrap_or_default();
    let body = call.bytes(MAX_HOOK_BYTES).await?;
    signature::stripe::verify(&header, &body, &app.config.stripe_webhook_secret, now_s())
        .map_err(unverified)?;
    let event: Event = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;

    let received = Received {
        provider: Provider::Stripe,
        event_id: &event.id,
        kind: &event.kind,
        object_id: event.object_id(),
    };
    if events::receive(&app.db, &received).await? == Record::Done {
        return reply::json(&json!({ "received": true, "outcome": "done_before" }));
    }
    let outcome = act(app, &event).await?;
    events::finish(&app.db, &received, outcome.as_str()).await?;
    app.log.info(
        "stripe_event",
        json!({ "type": event.kind, "event_id": event.id, "outcome": outcome.as_str() }),
    );
    reply::json(&json!({ "received": true, "outcome": outcome.as_str() }))
}

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// auth knows what the person has paid for.
    Entitled,
    /// It concerns no subscription.
    NotOurs,
    /// The subscription is kept, but nothing has said yet whose it is; the event that does will settle it.
    OwnerUnknown,
    /// Its person has no account (any more).
    NoSuchUser,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Entitled => "entitled",
            Self::NotOurs => "not_ours",
            Self::OwnerUnknown => "owner_unknown",
            Self::NoSuchUser => "no_such_user",
        }
    }
}

async fn act(app: &App<'_>, event: &Event) -> Result<Outcome> {
    if let Some(claim) = event.claim() {
        billing::claim(&app.db, &claim).await?;
    }
    let Some(id) = event.subscription_id() else {
        return Ok(Outcome::NotOurs);
    };
    let asked_at_tick = billing::tick(&app.db).await?;
    let subscription = Stripe::new(&app.config).subscription(id).await?;
    let Some(customer_id) = subscription.customer_id() else {
        return Ok(Outcome::NotOurs);
    };
    match billing::save(&app.db, &subscription, customer_id, asked_at_tick).await? {
        Some(standing) => tell_auth(app, &standing).await,
        None => Ok(Outcome::OwnerUnknown),
    }
}

async fn tell_auth(app: &App<'_>, standing: &Standing) -> Result<Outcome> {
    let (plan, until_ms) = entitlement(&standing.subscriptions);
    let entitlement = SetEntitlement {
        user_id: standing.user_id.clone(),
        plan,
        valid_until: until_ms.map(from_ms),
        version: standing.version,
    };
    match app.auth()?.put("/internal/entitlements", &entitlement).await {
        Ok(()) => Ok(Outcome::Entitled),
        Err(failure) if failure.code == Code::NotFound => {
            app.log.error("paid_without_account", json!({ "user_id": standing.user_id }));
            Ok(Outcome::NoSuchUser)
        }
        Err(failure) => Err(failure),
    }
}
