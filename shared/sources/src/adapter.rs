//! How a provider is asked, as values: the edge performs a [`Request`], hands back the [`Answer`], and learns by the
//! [`Reading`] what it held, what to ask next and what it means for the budget.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use prices::Market;
use serde::{Deserialize, Serialize};

use crate::event::{Offers, SourceEvent};

/// What we call ourselves. StubHub refuses requests without a `User-Agent` \[D\]; the others get it too.
pub const USER_AGENT: &str = concat!("rip-city-ticket-dispatch/", env!("CARGO_PKG_VERSION"));

/// One HTTP request to a provider. Its `Debug` form shows method and label only, because URL, headers and body may
/// carry keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole URL. May carry a key: never log it, log `label`.
    pub url: String,
    /// Header names and values, `User-Agent` and authorisation included.
    pub headers: Vec<(&'static str, String)>,
    /// A form body, for token requests.
    pub body: Option<String>,
    /// What is asked, for logs: no key, no query ("events page 3").
    pub label: String,
}

impl Request {
    /// A `GET` of JSON.
    pub(crate) fn get(url: String, label: String) -> Self {
        let headers = vec![("user-agent", USER_AGENT.to_owned()), ("accept", "application/json".to_owned())];
        Self { method: "GET", url, headers, body: None, label }
    }

    /// The same request with one more header.
    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.retain(|(present, _)| *present != name);
        self.headers.push((name, value));
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// `content-type`, as sent.
    pub content_type: Option<&'a str>,
    /// `retry-after`, as sent.
    pub retry_after: Option<&'a str>,
    /// Ticketmaster's `Rate-Limit-Available` and `Rate-Limit-Reset`, as sent.
    pub rate_limit: (Option<&'a str>, Option<&'a str>),
    /// The body, decoded as UTF-8 text.
    pub body: &'a str,
}

/// Where a walk through a provider's catalogue stands; opaque to the edge, which stores it as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// The next request fetches an access token; the walk then goes on at `then`.
    Token {
        /// Where the walk goes on.
        then: Box<Cursor>,
    },
    /// A numbered page of one scope (a date window, an organisation, the whole catalogue).
    Page {
        /// Index into the adapter's scopes.
        scope: usize,
        /// Page number in the provider's own counting.
        page: u32,
    },
    /// A numbered page of one scope, narrowed to events that begin in `from..until`: how a walk gets past a
    /// provider's paging wall.
    Window {
        /// Index into the adapter's scopes.
        scope: usize,
        /// First instant of the window.
        from: DateTime<Utc>,
        /// First instant after it.
        until: DateTime<Utc>,
        /// Page number in the provider's own counting.
        page: u32,
    },
    /// A continuation token of one scope, as the provider sent it.
    Continuation {
        /// Index into the adapter's scopes.
        scope: usize,
        /// The token.
        token: String,
    },
    /// A numbered page of what changed since an instant; begun by [`Adapter::updates`].
    Since {
        /// Changes at or after it.
        since: DateTime<Utc>,
        /// Page number in the provider's own counting.
        page: u32,
    },
    /// One event, read anew; begun by [`Adapter::event`]. The answer is a [`Page`] of one event, or of its offers.
    Event {
        /// The market's id.
        id: String,
    },
}

/// A page that was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Events read. A price that is absent as `Unknown` means that this answer does not say, and takes nothing back that
    /// another answer (the offers of the event) has said; every other reason does.
    pub events: Vec<SourceEvent>,
    /// What is on sale for events that this answer does not describe. With listings, they are all there are.
    pub offers: Vec<Offers>,
    /// Ids of events the provider took back or merged into others.
    pub deleted: Vec<String>,
    /// Entries that could not be read, each with its reason; the rest of the page stands.
    pub rejected: Vec<Rejected>,
    /// What to ask next; `None` ends the walk.
    pub next: Option<Cursor>,
    /// Calls left in the provider's own window, where it says.
    pub calls_left: Option<u32>,
    /// When that window starts anew, where it says.
    pub window_resets_at: Option<DateTime<Utc>>,
    /// Entries left out on purpose: test events, parents of a series.
    pub skipped: u32,
    /// Events the provider counts but will not page to, and no narrower window can reach.
    pub unreachable: u32,
    /// Enum words new to us, as `field:word`, each once; the events that carry them stand with `Unknown`.
    pub unknown_words: Vec<String>,
    /// The provider says that these data are made up (a feed's `synthetic` flag).
    pub synthetic: bool,
}

/// One entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The provider's id, where even that could be read.
    pub id: Option<String>,
    /// A short stable word: `no_id`, `no_name`, `bad_date`, `malformed` for an event; `not_found`
    /// for an id that the provider does not know; `not_found`, `paging_loop`, `foreign_next` for a scope that could
    /// not be read to its end.
    pub reason: String,
}

/// What an answer meant. Its `Debug` form hides the access token.
#[derive(Clone, PartialEq)]
pub enum Reading {
    /// Events.
    Page(Page),
    /// An access token, good for `expires_in`; the walk goes on at `next`.
    Token {
        /// The token: a secret.
        access_token: String,
        /// Its life.
        expires_in: Duration,
        /// Where the walk goes on.
        next: Cursor,
    },
    /// Nothing usable. Changes nothing that people see, except freshness.
    Failed(Failure),
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(page) => f.debug_tuple("Page").field(page).finish(),
            Self::Token { expires_in, next, .. } => f
                .debug_struct("Token")
                .field("expires_in", expires_in)
                .field("next", next)
                .finish_non_exhaustive(),
            Self::Failed(failure) => f.debug_tuple("Failed").field(failure).finish(),
        }
    }
}

/// Why an answer was no use, and what that means for the next attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind decides budget and retry.
    pub kind: FailureKind,
    /// Wait at least this long, where the provider says.
    pub retry_after: Option<Duration>,
    /// The provider's own error code or a short word; never its text, which may echo the key.
    pub code: String,
}

/// The kinds of failure that lead to different behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Slow down: back off with jitter.
    Throttled,
    /// The day's or hour's quota is gone: stop until it resets.
    QuotaSpent,
    /// Our key or token is refused: a person must act (a token is asked anew once).
    Unauthorized,
    /// We asked wrongly: do not repeat as is.
    BadRequest,
    /// The provider is down or answered rubbish: try later.
    Unavailable,
}

/// One provider, as configured.
pub trait Adapter {
    /// The market it reads.
    fn market(&self) -> Market;
    /// Where a fresh walk begins. `has_token` tells whether the edge still holds a live access token.
    fn start(&self, has_token: bool) -> Cursor;
    /// The request for `cursor`. `now` is market time; `token` the access token where the edge holds one.
    fn request(&self, cursor: &Cursor, token: Option<&str>, now: DateTime<Utc>) -> Request;
    /// Where reading one event anew begins; `None` where the provider cannot be asked for one.
    fn event(&self, id: &str, has_token: bool) -> Option<Cursor> {
        let _ = (id, has_token);
        None
    }
    /// Where reading what changed since `since` begins; `None` where the provider cannot tell.
    fn updates(&self, since: DateTime<Utc>, has_token: bool) -> Option<Cursor> {
        let _ = (since, has_token);
        None
    }
    /// What the answer to `cursor`'s request means.
    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading;
}
