//! Doubtful pairs, merges and splits, for the operator.

use contract::ids::{EventId, MergeId, ReviewId};
use contract::problem::Code;
use contract::review::{
    DecideReview, MergeInto, MergeList, ReviewDecision, ReviewList, ReviewState, SplitOff,
};
use edge::failure::{Failure, Result};
use edge::{Call, Vars, d1, guard, params, reply};
use worker::{Env, Response};

use crate::linking::merge_store::{self, Decider, OPERATOR};
use crate::linking::review_store::{self, Place};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;
const MAX_NOTE: usize = 500;

/// `GET /v1/events/reviews`.
pub async fn list(call: &Call, env: &Env) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let state = match call.query("state").as_deref() {
        None | Some("" | "open") => ReviewState::Open,
        Some("same") => ReviewState::Same,
        Some("different") => ReviewState::Different,
        Some("closed") => ReviewState::Closed,
        Some(_) => {
            return Err(invalid("The parameter state must be open, same, different or closed."));
        }
    };
    let (limit, after) = (limit(call)?, after(call)?);
    let db = d1::database(env)?;
    let mut reviews = review_store::list(&db, state, after.as_ref(), limit).await?;
    let more = cut(&mut reviews, limit);
    let last = reviews.last().filter(|_| more);
    let next_cursor = last.map(|last| cursor(last.raised_at.timestamp_millis(), last.id.as_str()));
    reply::json(&ReviewList { reviews, open: review_store::open_count(&db).await?, next_cursor })
}

/// `POST /v1/events/reviews/{review_id}`.
pub async fn decide(call: &mut Call, env: &Env, id: &str) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let no_such_review = || Failure::not_found("There is no such review.");
    let id: ReviewId = id.parse().map_err(|_| no_such_review())?;
    let wanted: DecideReview = call.json().await?;
    let note = checked(wanted.note.as_deref())?;
    let db = d1::database(env)?;
    let review = review_store::one(&db, &id).await?.ok_or_else(no_such_review)?;
    let too_late = || Failure::new(Code::Conflict, "This pair is decided already.");
    if review.state != ReviewState::Open {
        return Err(too_late());
    }
    match wanted.decision {
        ReviewDecision::Same => {
            let decider = Decider { by: OPERATOR, note };
            let (from, into) = (&review.right.event.id, &review.left.event.id);
            merge_store::merge(env, call.request_id(), from, into, decider, Some(&id)).await?;
        }
        ReviewDecision::Different => {
            if !review_store::close(&db, &id, ReviewState::Different, OPERATOR, note).await? {
                return Err(too_late());
            }
        }
    }
    reply::json(&review_store::one(&db, &id).await?.ok_or_else(no_such_review)?)
}

/// `POST /v1/events/{event_id}/merge`.
pub async fn merge(call: &mut Call, env: &Env, id: &str) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let from = event_id(id)?;
    let wanted: MergeInto = call.json().await?;
    let decider = Decider { by: OPERATOR, note: checked(wanted.note.as_deref())? };
    let merge = merge_store::merge(env, call.request_id(), &from, &wanted.into, decider, None).await?;
    reply::json_with_status(201, &merge_store::one(env, &merge).await?)
}

/// `POST /v1/events/{event_id}/split`.
pub async fn split(call: &mut Call, env: &Env, id: &str) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let from = event_id(id)?;
    let wanted: SplitOff = call.json().await?;
    let decider = Decider { by: OPERATOR, note: checked(wanted.note.as_deref())? };
    let split = merge_store::split(env, call.request_id(), &from, &wanted, decider).await?;
    reply::json_with_status(201, &merge_store::one(env, &split).await?)
}

/// `GET /v1/events/merges`.
pub async fn merges(call: &Call, env: &Env) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let (limit, after) = (limit(call)?, after(call)?);
    let mut merges = merge_store::list(env, after.as_ref(), limit).await?;
    let more = cut(&mut merges, limit);
    let last = merges.last().filter(|_| more);
    let next_cursor = last.map(|last| cursor(last.made_at.timestamp_millis(), last.id.as_str()));
    reply::json(&MergeList { merges, next_cursor })
}

/// `POST /v1/events/merges/{merge_id}/undo`.
pub async fn undo(call: &Call, env: &Env, id: &str) -> Result<Response> {
    guard::operator(call, &Vars::new(env))?;
    let id: MergeId = id.parse().map_err(|_| Failure::not_found("There is no such merge or split."))?;
    merge_store::undo(env, call.request_id(), &id).await?;
    reply::json(&merge_store::one(env, &id).await?)
}

fn event_id(text: &str) -> Result<EventId> {
    text.parse().map_err(|_| Failure::not_found("There is no event with this id."))
}

fn checked(note: Option<&str>) -> Result<Option<&str>> {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > MAX_NOTE) {
        return Err(Failure::invalid("note", "At most 500 characters, please."));
    }
    Ok(note)
}

fn limit(call: &Call) -> Result<u32> {
    Ok(params::whole(call, "limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT))
}

fn after(call: &Call) -> Result<Option<Place>> {
    let place = |text: &str| {
        let (at_ms, id) = text.split_once('.')?;
        Some((at_ms.parse().ok().filter(|at_ms| (0..1 << 50).contains(at_ms))?, id.to_owned()))
    };
    params::read(call, "cursor", "a next_cursor we answered before", place)
}

fn cursor(at_ms: i64, id: &str) -> String {
    format!("{at_ms}.{id}")
}

/// Cuts what was read beyond `limit`; answers whether there was more.
fn cut<T>(rows: &mut Vec<T>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}

fn invalid(detail: &str) -> Failure {
    Failure::new(Code::InvalidParameter, detail)
}
