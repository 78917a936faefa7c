//! `/v1/deals/me`: deals that fit what a person watches and has alerts on. Never kept in a shared cache.

use contract::deals::{DealForMe, DealsForMe, Taste as TasteCounts};
use contract::internal::{AlertEvents, AskAlertEvents, Introspect, PersonWatches};
use contract::problem::Code;
use edge::d1;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::service::Service;
use edge::{Call, reply};
use serde_json::json;
use worker::{Env, Response};

use crate::config::Config;
use crate::deals::taste::Taste;
use crate::deals::{fits, query};

/// `GET /v1/deals/me`.
pub async fn list(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let (min_score, limit) = (query::min_score(call)?, query::limit(call)?);
    let Some(token) = call.bearer() else {
        return Err(Failure::new(
            Code::Unauthenticated,
            "Sign in and send the access token as a bearer token.",
        ));
    };
    let log = Log::new("pricing.deals", call.request_id().clone());
    let auth = Service::new(env, "AUTH", call.request_id())?;
    let PersonWatches { user_id, watchlist } =
        auth.post("/internal/watchlists", &Introspect { token }).await?;
    let notifications = Service::new(env, "NOTIFICATIONS", call.request_id())?;
    let alerts: Option<AlertEvents> =
        match notifications.post("/internal/alert-events", &AskAlertEvents { user_id }).await {
            Ok(alerts) => Some(alerts),
            Err(failure) => {
                // The watchlist alone is better than nothing, and the answer says so.
                log.warn("alerts_not_asked", json!({ "cause": failure.cause }));
                None
            }
        };
    let counted = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let counts = TasteCounts {
        watched_events: counted(watchlist.events.len()),
        watched_performers: counted(watchlist.performers.len()),
        watched_venues: counted(watchlist.venues.len()),
        alert_events: alerts.as_ref().map(|alerts| counted(alerts.event_ids.len())),
    };
    let db = d1::database(env)?;
    let mut taste = Taste { watchlist, alerts: alerts.unwrap_or_default().event_ids, liked: Vec::new() };
    taste.liked = fits::liked(&db, &taste).await?;
    let now = config.clock.market();
    let deals = fits::find(&db, &taste, now, min_score, limit, &log).await?;
    let deals = deals
        .into_iter()
        .map(|deal| DealForMe { why: taste.why(&deal), deal })
        .filter(|deal| !deal.why.is_empty())
        .collect();
    let response = reply::json(&DealsForMe { deals, taste: counts, as_of: now })?;
    response.headers().set("cache-control", "private, no-store")?;
    Ok(response)
}
