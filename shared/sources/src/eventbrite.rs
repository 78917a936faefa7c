//! Eventbrite, by API v3: the events of chosen organisations and venues, and chosen events. There is no public search any
//! more \[O\].
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key.

mod config;
mod event;
mod tickets;

use chrono::{DateTime, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde_json::value::RawValue;

pub use self::config::{Config, Watched};
use self::config::{Scope, configure};
use self::event::Event;
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Rejected, Request};
use crate::answer::{self, Refused};
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope};
use crate::registry::Provider;
use crate::url::{Url, encode};

/// What every recorded answer uses \[O\].
const PAGE_SIZE: u32 = 50;

/// What is told with each event \[D\].
const EXPANSIONS: &str = "venue,ticket_availability,ticket_classes";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::Eventbrite,
    capabilities: Capabilities {
        search: false,
        by_id: true,
        updates: false,
        prices: PriceAccess::Stated,
        fee_basis: &[FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown],
        listings: false,
        push: Push::Hints,
        limits: "2,000 calls an hour and 48,000 a day per token",
        budget: Limits {
            windows: &[Window::hour(2_000), Window::day(48_000)],
            spacing_ms: 200,
            concurrency: 4,
        },
        licence: Licence {
            terms: "Eventbrite API terms: private token; only what the token may read",
            attribution: None,
            retention: None,
        },
    },
    configure,
};

/// Eventbrite's adapter.
#[derive(Clone, Debug)]
pub struct Eventbrite {
    config: Config,
}

impl Eventbrite {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    fn next_scope(&self, scope: usize) -> Option<Cursor> {
        let scope = scope.saturating_add(1);
        self.config.scopes.get(scope).map(|_| Cursor::Page { scope, page: 1 })
    }

    /// A request for `path`, with what is expanded in each event.
    fn get(&self, path: &str, label: String, narrow: impl FnOnce(Url) -> Url) -> Request {
        let url = self.config.base.endpoint("/v3", path).with("expand", EXPANSIONS);
        Request::get(narrow(url).finish(), label)
            .header("authorization", format!("Bearer {}", self.config.token.reveal()))
    }

    fn event_request(&self, id: &str) -> Request {
        self.get(&format!("/events/{}/", encode(id)), format!("event {id}"), |url| url)
    }

    /// A page of the events of something: "organizations", "venues" or "series".
    fn list_request(&self, of: &str, id: &str, page: u32, continuation: Option<&str>) -> Request {
        let label = match continuation {
            Some(_) => format!("events of {of} {id}, continued"),
            None => format!("events of {of} {id} page {page}"),
        };
        // Of a series come the children, unless its parent is asked for [D].
        self.get(&format!("/{of}/{}/events/", encode(id)), label, |url| {
            // Past events would fill most pages [D].
            let url = url.with("time_filter", "current_future").with("page_size", &PAGE_SIZE.to_string());
            match continuation {
                Some(token) => url.with("continuation", token),
                // Old bodies page by number [O].
                None if page > 1 => url.with("page", &page.to_string()),
                None => url,
            }
        })
    }

    /// What a refusal means; `scope` is the part of a walk that was asked.
    fn refusal(&self, scope: Option<usize>, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let said = Refused::read(answer.body).and_then(|body| body.error);
        let status = if answer.status == 200 { 500 } else { answer.status };
        let kind = match said.as_deref() {
            // These two come with status 400 [D].
            Some("INVALID_AUTH" | "INVALID_AUTH_HEADER" | "NO_AUTH") => FailureKind::Unauthorized,
            // The hour's calls are used up [M].
            Some("HIT_RATE_LIMIT") => FailureKind::QuotaSpent,
            _ => answer::kind_of(status),
        };
        // A part that is gone or closed to us must not keep the walk from the others, nor from its end.
        let several = self.config.scopes.len() > 1;
        if let Some(scope) = scope
            && several
            && matches!(said.as_deref(), Some("NOT_FOUND" | "NOT_AUTHORIZED"))
        {
            let id = self.config.scopes.get(scope).map(|scope| scope.id().to_owned());
            let rejected = vec![Rejected { id, reason: "not_found".to_owned() }];
            return Reading::Page(Page { rejected, next: self.next_scope(scope), ..Page::default() });
        }
        let code = answer::code(said.as_deref(), answer.status, &[self.config.token.reveal()]);
        Failure::of(kind, code, answer, now).into()
    }

    /// A page of the events of an organisation, a venue or a series.
    fn read_list(&self, spot: Spot<'_>, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Spot { scope, page: number, continuation } = spot;
        let Some((entries, meta)) = decode::page::<Event, Body<Event>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let (paging, refused) = meta;
        if refused {
            return self.refusal(Some(scope), answer, now);
        }
        let (Some(entries), Some(paging)) = (entries, paging) else {
            return answer::malformed(answer, now);
        };
        if entries.is_empty() && paging.has_more_items {
            return Failure::of(FailureKind::Unavailable, "empty_page", answer, now).into();
        }
        let mut page = Page::default();
        page.gather(entries, Event::read);
        page.next = match (paging.has_more_items, paging.continuation) {
            (false, _) => self.next_scope(scope),
            (true, Some(token)) if continuation == Some(token.as_str()) => {
                page.rejected.push(Rejected { id: None, reason: "paging_loop".to_owned() });
                self.next_scope(scope)
            }
            (true, Some(token)) => Some(Cursor::Continuation { scope, token }),
            (true, None) => Some(Cursor::Page { scope, page: number.saturating_add(1) }),
        };
        Reading::Page(page)
    }

    /// One event; `scope` where a walk asked for it.
    fn read_event(&self, scope: Option<usize>, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        if Refused::read(answer.body).is_some_and(|body| body.error.is_some()) {
            return self.refusal(scope, answer, now);
        }
        let mut reading = answer::one_event(answer, now, Event::read);
        if let (Reading::Page(page), Some(scope)) = (&mut reading, scope) {
            // What is skipped is the parent of a series: its children are asked for next.
            page.next =
                if page.skipped > 0 { Some(Cursor::Page { scope, page: 2 }) } else { self.next_scope(scope) };
        }
        reading
    }
}

/// Where in the lists a walk stands.
#[derive(Clone, Copy)]
struct Spot<'a> {
    scope: usize,
    page: u32,
    continuation: Option<&'a str>,
}

impl<'a> Spot<'a> {
    /// Whether the event of an event's scope is asked for, and not the children it turned out to have.
    const fn is_event(&self) -> bool {
        self.page == 1 && self.continuation.is_none()
    }

    fn of(cursor: &'a Cursor) -> Option<Self> {
        match cursor {
            Cursor::Page { scope, page } => Some(Self { scope: *scope, page: *page, continuation: None }),
            Cursor::Continuation { scope, token } => {
                Some(Self { scope: *scope, page: 1, continuation: Some(token) })
            }
            _ => None,
        }
    }
}

impl Adapter for Eventbrite {
    fn market(&self) -> Market {
        Market::Eventbrite
    }

    fn start(&self, _has_token: bool) -> Cursor {
        Cursor::Page { scope: 0, page: 1 }
    }

    fn event(&self, id: &str, _has_token: bool) -> Option<Cursor> {
        Some(Cursor::Event { id: id.to_owned() })
    }

    fn request(&self, cursor: &Cursor, _token: Option<&str>, _now: DateTime<Utc>) -> Request {
        if let Cursor::Event { id } = cursor {
            return self.event_request(id);
        }
        let spot = Spot::of(cursor).unwrap_or(Spot { scope: 0, page: 1, continuation: None });
        match self.config.scopes.get(spot.scope) {
            Some(Scope::Event(id)) if spot.is_event() => self.event_request(id),
            Some(Scope::Event(id)) => {
                self.list_request("series", id, spot.page.saturating_sub(1), spot.continuation)
            }
            Some(Scope::Venue(id)) => self.list_request("venues", id, spot.page, spot.continuation),
            Some(Scope::Organization(id)) => {
                self.list_request("organizations", id, spot.page, spot.continuation)
            }
            // Refused, upon which the walk begins anew with the scopes there are now.
            None => self.list_request("organizations", "", 1, None),
        }
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        if let Cursor::Event { id } = cursor {
            return match answer.status {
                200 => self.read_event(None, answer, now),
                404 => answer::unknown_event(id),
                _ => self.refusal(None, answer, now),
            };
        }
        let placed = Spot::of(cursor).and_then(|spot| Some((self.config.scopes.get(spot.scope)?, spot)));
        let Some((scope, spot)) = placed else {
            return answer::strange_cursor(answer, now);
        };
        match (scope, answer.status) {
            (Scope::Event(_), 200) if spot.is_event() => self.read_event(Some(spot.scope), answer, now),
            (_, 200) => self.read_list(spot, answer, now),
            _ => self.refusal(Some(spot.scope), answer, now),
        }
    }
}

#[derive(Deserialize)]
struct Body<T> {
    events: Option<Vec<T>>,
    pagination: Option<Paging>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Paging {
    has_more_items: bool,
    continuation: Option<String>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = (Option<Paging>, bool);

    fn open(self) -> (Option<Vec<T>>, Self::Meta) {
        (self.events, (self.pagination, self.error.is_some()))
    }
}
