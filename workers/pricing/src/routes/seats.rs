//! `/v1/prices/{event_id}/seats`: what each listing's seats are worth.

use contract::ids::EventId;
use contract::offers::MAX_SEATS;
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::{Call, reply};
use prices::Market;
use serde_json::json;
use worker::{Context, Env, Response};

use crate::config::Config;
use crate::seats::judge::{Known, Question, Sort};
use crate::seats::{learn, store};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;
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
    let question = question(call)?;
    let told = learn::listings(env, call.request_id(), id.as_str()).await?;
    let now = config.clock.market();
    let remembered = store::read(env, &told.venue_id, &told.event_id).await?;
    let due = learn::is_due(remembered.own.as_ref(), now);
    let known = Known::of(&told, remembered, now);
    let answer = known.answer(&question);
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

fn question(call: &Call) -> Result<Question> {
    let quantity = call.query_as::<u32>("quantity", "a whole number from 1 to 20")?;
    if quantity.is_some_and(|quantity| !(1..=MAX_SEATS).contains(&quantity)) {
        return Err(invalid("The parameter quantity must be a whole number from 1 to 20."));
    }
    let max = call.query_as::<i64>("max", "a whole number of minor units above zero")?;
    if max.is_some_and(|max| max <= 0) {
        return Err(invalid("The parameter max must be a whole number of minor units above zero."));
    }
    let limit = call.query_as::<u32>("limit", "a whole number from 1 to 200")?.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(invalid("The parameter limit must be a whole number from 1 to 200."));
    }
    let market = call
        .query("market")
        .map(|name| name.parse::<Market>().map_err(|_| invalid("The parameter market must name a market.")))
        .transpose()?;
    let sort = match call.query("sort").as_deref() {
        None | Some("" | "score") => Sort::Score,
        Some("price") => Sort::Price,
        Some(_) => return Err(invalid("The parameter sort must be score or price.")),
    };
    let section = call.query("section").filter(|section| !section.trim().is_empty());
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok(Question { quantity, max, section, market, sort, limit })
}

fn invalid(detail: &str) -> Failure {
    Failure::new(Code::InvalidParameter, detail)
}
