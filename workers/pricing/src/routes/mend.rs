//! `POST /v1/prices/{event_id}/mend`: an operator gives up what cannot be read of an event's history.

use contract::history::Mended;
use contract::problem::Code;
use edge::failure::Result;
use edge::object::Objects;
use edge::{Call, reply};
use worker::{Env, Response};

use crate::history::aliases;
use crate::routes::prices::{event_id, no_history};

/// Mends the event's history and those of the events that were merged into it.
pub async fn mend(call: &Call, env: &Env, id: &str) -> Result<Response> {
    let family = aliases::family(env, &event_id(id)?).await?;
    let histories = Objects::new(env, "PRICE_HISTORY", call.request_id())?;
    let mut mended: Option<Mended> = None;
    for member in std::iter::once(&family.canonical).chain(&family.aliases) {
        match histories.call::<Mended>(member.as_str(), "/mend", &()).await {
            Ok(own) => {
                let all = mended.get_or_insert_default();
                all.readable = all.readable.saturating_add(own.readable);
                all.given_up.extend(own.given_up);
            }
            // Nothing was observed under this id: another of the family has the history, or none.
            Err(failure) if failure.code == Code::NotFound => {}
            Err(failure) => return Err(failure),
        }
    }
    reply::json(&mended.ok_or_else(no_history)?)
}
