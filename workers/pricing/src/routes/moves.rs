//! `GET /v1/prices/{event_id}/moves`: the confirmed moves of an event's prices.

use contract::deals::{MoveList, PriceMove};
use contract::ids::EventId;
use contract::objects::ReadMoves;
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::params::{refuse_unknown, whole};
use edge::{Call, reply};
use worker::{Env, Response};

use crate::config::Config;
use crate::deals::moves::KEPT;
use crate::history::aliases;

/// How long shared caches keep an answer: a move is confirmed by two polls, so one is rarely younger.
const CACHED_SECONDS: u32 = 10;

/// Answers the newest moves; those of events that were merged into this one are its own.
pub async fn list(call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let no_history = || Failure::not_found("There is no price history for this event id.");
    let id: EventId = id.parse().map_err(|_| no_history())?;
    refuse_unknown(call, |name| name == "limit")?;
    let limit = whole(call, "limit", 1..=KEPT)?.unwrap_or(50);
    let family = aliases::family(env, &id).await?;
    let histories = Objects::new(env, "PRICE_HISTORY", call.request_id())?;
    let (mut moves, mut is_known): (Vec<PriceMove>, bool) = (Vec::new(), false);
    for member in std::iter::once(&family.canonical).chain(&family.aliases) {
        let told: Result<Vec<PriceMove>> =
            histories.call(member.as_str(), "/moves", &ReadMoves { limit }).await;
        match told {
            Ok(told) => {
                is_known = true;
                moves.extend(told);
            }
            Err(failure) if failure.code == Code::NotFound => {}
            Err(failure) => return Err(failure),
        }
    }
    if !is_known {
        return Err(no_history());
    }
    moves.sort_by(|a, b| b.confirmed_at.cmp(&a.confirmed_at).then_with(|| a.id.as_str().cmp(b.id.as_str())));
    moves.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let list = MoveList { event_id: family.canonical, moves, as_of: config.clock.market() };
    reply::cached_for(CACHED_SECONDS, reply::json(&list)?)
}
