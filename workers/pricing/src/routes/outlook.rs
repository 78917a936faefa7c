//! `/v1/outlook`: the analysis of an event, the register of models, and the operator's nightly run.

use chrono::{DateTime, Utc};
use contract::outlook::EventOutlook;
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::json::encode;
use edge::log::Log;
use edge::{Call, Method, Vars, guard, reply};
use worker::{Env, Response};

use crate::config::Config;
use crate::outlook::analysis::{Known, analyse};
use crate::outlook::upload::Upload;
use crate::outlook::{event, nightly, past, peers, registry, speaker, summing, upload};
use crate::routes::cache;

/// Past advice told with an event.
const PAST: u32 = 30;
/// An answer is given again for this long (real time).
const FRESH_MS: i64 = 20_000;

/// Everything below `/v1/outlook/`.
pub async fn route(call: &mut Call, env: &Env, config: &Config, log: &Log) -> Result<Response> {
    let path = call.path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).skip(2).collect();
    let operator = |call: &Call| guard::operator(call, &Vars::new(env));
    match (call.method(), segments.as_slice()) {
        (Method::Get, ["models"]) => {
            operator(call)?;
            reply::json(&registry::list(env).await?)
        }
        (Method::Get, ["events"]) => {
            operator(call)?;
            reply::json(&peers::all(env, call.query("cursor").as_deref()).await?)
        }
        (Method::Put, ["models", version]) => {
            operator(call)?;
            register(call, env, version).await
        }
        (Method::Post, ["models", version, action @ ("activate" | "rollback")]) => {
            operator(call)?;
            upload::check_version(version)?;
            let model = match *action {
                "activate" => registry::activate(env, call.request_id(), version).await?,
                _ => registry::roll_back(env, call.request_id(), version).await?,
            };
            speaker::forget();
            reply::json(&model)
        }
        (Method::Post, ["nightly"]) => {
            operator(call)?;
            reply::json(&nightly::run(env, log, call.request_id(), config.clock.market()).await?)
        }
        (Method::Get, [id]) => of_event(call, env, config, log, id).await,
        (_, ["models", _] | ["models", _, "activate" | "rollback"] | [_]) => {
            Err(edge::serve::method_not_allowed())
        }
        _ => Err(edge::serve::no_such_path()),
    }
}

async fn register(call: &mut Call, env: &Env, version: &str) -> Result<Response> {
    upload::check_version(version)?;
    let body = call.bytes(upload::MAX_BYTES).await?;
    let model = registry::register(env, call.request_id(), version, Upload::read(&body)?).await?;
    reply::json_with_status(201, &model)
}

/// `GET /v1/outlook/{event_id}`.
async fn of_event(call: &Call, env: &Env, config: &Config, log: &Log, id: &str) -> Result<Response> {
    let id = id.parse().map_err(|_| nothing())?;
    let key = format!("outlook/v1/{id}");
    if let Some(body) = cache::get(env, &key, FRESH_MS).await {
        return cache::answer(call, body);
    }
    let now = config.clock.market();
    let outlook = analysis(call, env, log, &id, now).await?;
    let body = encode(&outlook)?;
    cache::put(env, &key, &body).await;
    cache::answer(call, body)
}

async fn analysis(
    call: &Call,
    env: &Env,
    log: &Log,
    id: &contract::ids::EventId,
    now: DateTime<Utc>,
) -> Result<EventOutlook> {
    let read = event::read(env, call.request_id(), id).await?;
    let card = read.card.as_ref().filter(|_| !read.courses.is_empty()).ok_or_else(nothing)?;
    let voice = speaker::speaking(env, log).await?;
    let peers = peers::read(env, now).await?;
    let sums = summing::record_of(env).await?;
    let past = past::of_event(env, &read.id, PAST).await?;
    Ok(analyse(Known { now, card, read: &read, peers: &peers, voice: &voice, record: &sums, past }))
}

fn nothing() -> Failure {
    Failure::new(Code::NotFound, "There is no price history for this event id.")
}
