//! What an answer's status, type and headers mean before anybody decodes its body.
//!
//! A [`Failure`] never carries a provider's text: Ticketmaster's quota message ends with the caller's own key \[D\].

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::adapter::{Answer, Failure, FailureKind, Page, Reading, Rejected};
use crate::decode::reject;
use crate::event::SourceEvent;

/// The longest wait we let a header ask for. A `Retry-After` date is real time while `now` is market time, which a
/// replay may set years back; and no window of the providers we know is longer than a day.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

impl Failure {
    /// A failure of `kind`, with the wait the answer's headers ask for.
    pub(crate) fn of(
        kind: FailureKind,
        code: impl Into<String>,
        answer: &Answer<'_>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { kind, retry_after: retry_after(answer.retry_after, now), code: code.into() }
    }
}

impl From<Failure> for Reading {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A refusal that names its reason in one word: `code`, or `error` as RFC 6749 has it.
#[derive(Deserialize)]
pub(crate) struct Refused {
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
}

impl Refused {
    /// The refusal in `body`, where it is one.
    pub(crate) fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

/// A failure visible without the provider's vocabulary: a challenge page, a server error, an empty success.
pub(crate) fn unusable(answer: &Answer<'_>, now: DateTime<Utc>) -> Option<Failure> {
    let code = match answer.status {
        // SeatGeek's network layer answers 406 when it suspects abuse [O].
        406 => "challenge".to_owned(),
        200 | 403 if is_html(answer) => "challenge".to_owned(),
        200 if answer.body.trim().is_empty() => "empty".to_owned(),
        // A redirect is not followed: a key must not travel.
        201..=399 | 408 | 500..=599 => format!("http_{}", answer.status),
        _ => return None,
    };
    Some(Failure::of(FailureKind::Unavailable, code, answer, now))
}

/// What a refusing status means where the provider's own code says no more.
pub(crate) const fn kind_of(status: u16) -> FailureKind {
    match status {
        401 | 403 => FailureKind::Unauthorized,
        429 => FailureKind::Throttled,
        400..=499 => FailureKind::BadRequest,
        _ => FailureKind::Unavailable,
    }
}

/// The answer could not be decoded: truncated, or of another shape than ours.
pub(crate) fn malformed(answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
    Failure::of(FailureKind::Unavailable, "malformed", answer, now).into()
}

/// The provider says that it knows no event of this id. That is an answer about the id alone: what stands of the event
/// is for the walk to decide.
pub(crate) fn unknown_event(id: &str) -> Reading {
    Reading::Page(Page { rejected: vec![reject(id, "not_found")], ..Page::default() })
}

/// The one event that is the whole answer.
pub(crate) fn one_event<'a, T: Deserialize<'a>>(
    answer: &Answer<'a>,
    now: DateTime<Utc>,
    read: impl FnMut(T, &mut Page) -> Result<Option<SourceEvent>, Rejected>,
) -> Reading {
    let Ok(entry) = serde_json::from_str::<T>(answer.body) else {
        return malformed(answer, now);
    };
    let mut page = Page::default();
    page.gather(vec![Ok(entry)], read);
    // Without even an id it was something else, most likely an error inside a success.
    if page.rejected.iter().any(|rejected| rejected.id.is_none()) {
        return malformed(answer, now);
    }
    Reading::Page(page)
}

/// The cursor belongs to another adapter, or to an older configuration: the walk must start anew.
pub(crate) fn strange_cursor(answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
    Failure::of(FailureKind::BadRequest, "strange_cursor", answer, now).into()
}

/// The provider's own error code where it is one, else `http_<status>`. Sentences are refused, and so is anything
/// that contains one of our `secrets`.
pub(crate) fn code(provider_says: Option<&str>, status: u16, secrets: &[&str]) -> String {
    provider_says
        .filter(|text| !text.is_empty() && text.len() <= 64)
        .filter(|text| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        })
        .filter(|text| !secrets.iter().any(|secret| text.contains(secret)))
        .map_or_else(|| format!("http_{status}"), str::to_owned)
}

/// `Retry-After` as a wait: seconds, or an HTTP date seen from `now`.
fn retry_after(header: Option<&str>, now: DateTime<Utc>) -> Option<Duration> {
    let text = header?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            DateTime::parse_from_rfc2822(text).ok()?.signed_duration_since(now).to_std().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

fn is_html(answer: &Answer<'_>) -> bool {
    let declared = answer.content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    declared || answer.body.trim_start().starts_with('<')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-10-21T07:28:00Z".parse().unwrap()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_at_most_a_day() {
        let seconds = |header| retry_after(Some(header), now()).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Wed, 21 Oct 2026 07:29:30 GMT"), Some(90));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0));
        assert_eq!(seconds("Wed, 21 Oct 2037 07:28:00 GMT"), Some(86_400));
        assert_eq!(seconds("99999999999"), Some(86_400));
        assert_eq!(seconds("soon"), None);
        assert_eq!(retry_after(None, now()), None);
    }

    #[test]
    fn a_code_is_a_word_and_never_a_secret_or_a_sentence() {
        assert_eq!(code(Some("DIS1035"), 400, &["k3y"]), "DIS1035");
        assert_eq!(code(Some("quota.k3y"), 429, &["k3y"]), "http_429");
        assert_eq!(code(Some("Identifier : k3y"), 429, &[]), "http_429");
        assert_eq!(code(None, 404, &[]), "http_404");
    }
}
