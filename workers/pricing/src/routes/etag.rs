//! Weak entity tags of histories: made from the version of what is held and from the question, so that a reader who has
//! the answer already costs one short question to the object, and no segment is read.

use chrono::{DateTime, Utc};
use edge::Call;
use edge::failure::Result;
use sha2::{Digest, Sha256};
use worker::Response;

use crate::routes::question::Question;

/// An answer of now is told again for so long although median, change and score move with the clock, by market time.
const SLOT_SECONDS: i64 = 300;
/// Kept by caches: an answer of now, and one of the past, which only an import or a correction changes.
const NOW_SECONDS: u32 = 10;
const PAST_SECONDS: u32 = 300;

/// The tag of the answer to `question`, of which `path` is the rest.
pub fn of(version: &str, question: &Question, path: &str, now: DateTime<Utc>) -> String {
    let slot = match question.as_of {
        Some(_) => 0,
        None => now.timestamp().checked_div(SLOT_SECONDS).unwrap_or(0),
    };
    let digest = Sha256::digest(format!("{path} {question:?} {slot}"));
    let digest = digest.iter().take(6).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    format!("W/\"{version}-{digest}\"")
}

/// Whether the caller has an answer of this tag.
pub fn is_held(call: &Call, tag: &str) -> bool {
    call.header("if-none-match").is_some_and(|held| held.split(',').any(|held| held.trim() == tag))
}

/// 304.
pub fn not_modified(question: &Question, tag: &str) -> Result<Response> {
    marked(question, tag, Response::builder().with_status(304).empty())
}

/// The answer with its tag, and how long it may be kept.
pub fn marked(question: &Question, tag: &str, response: Response) -> Result<Response> {
    response.headers().set("etag", tag)?;
    let seconds = if question.as_of.is_some() { PAST_SECONDS } else { NOW_SECONDS };
    edge::reply::cached_for(seconds, response)
}
