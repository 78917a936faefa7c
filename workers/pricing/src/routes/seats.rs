//! `/v1/prices/{event_id}/seats`: what each listing's seats are worth.

use contract::ids::EventId;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::{Call, reply};
use serde_json::json;
use worker::{Context, Env, Response};

use crate::config::Config;
use crate::seats::fitted;
use crate::seats::judge::Known;
use crate::seats::question::Question;
use crate::seats::{learn, store};

/// An answer may be given again for so many seconds.
const FRESH_SECONDS: u32 = 15;

/// `GET /v1/prices/{event_id}/seats`.
pub async fn scores(
    call: &Call,
    env: &Env,
    context: &Context,
    config: &Config,
    id: &str,
) -> Result<Response> {
    let id: EventId = id.parse().map_err(|_| Failure::not_found("There is no event with this id."))?;
    let question = Question::read(call)?;
    let told = learn::listings(env, call.request_id(), id.as_str()).await?;
    let now = config.clock.market();
    let remembered = store::read(env, &told.venue_id, &told.event_id).await?;
    let due = learn::is_due(remembered.own.as_ref(), now);
    let known = Known::of(&told, remembered, now);
    let prices = fitted::prices(&known);
    let answer = known.answer(prices.as_deref(), &question);
    if due {
        let memory = known.learned();
        let (env, log) = (env.clone(), Log::new("pricing.seats", call.request_id().clone()));
        let (venue, event) = (told.venue_id.clone(), told.event_id.clone());
        context.wait_until(async move {
            if let Err(failure) = store::write(&env, &venue, &event, &memory).await {
                log.error("seats_not_remembered", json!({ "event_id": event, "cause": failure.cause }));
            }
        });
    }
    reply::cached_for(FRESH_SECONDS, reply::json(&answer)?)
}
