//! Eventbrite, by API v3: the events of chosen organisations. There is no public search any more \[O\].
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key.

mod event;
mod tickets;

use chrono::{DateTime, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::event::Event;
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Rejected, Request};
use crate::answer;
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope};
use crate::registry::{Configured, Provider};
use crate::settings::{BaseUrl, Secret, SettingError, Settings, optional};
use crate::url::encode;

/// What every recorded answer uses \[O\].
const PAGE_SIZE: u32 = 50;

const BASE_VARIABLE: &str = "EVENTBRITE_BASE";
const TOKEN_VARIABLE: &str = "EVENTBRITE_TOKEN";
const ORGANIZATIONS_VARIABLE: &str = "EVENTBRITE_ORGANIZATIONS";
const REAL_BASE: &str = "https://www.eventbriteapi.com";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::Eventbrite,
    capabilities: Capabilities {
        search: false,
        by_id: false,
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
            terms: "Eventbrite API terms: private token; only organisations that the token may read",
            attribution: None,
            retention: None,
        },
    },
    configure,
};

fn configure(settings: &Settings<'_>) -> Configured {
    let Some(token) = optional(settings, TOKEN_VARIABLE) else {
        return Ok(None);
    };
    let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
    let organizations = optional(settings, ORGANIZATIONS_VARIABLE).unwrap_or_default();
    Ok(Some(Box::new(Eventbrite::new(Config::new(&base, &token, &organizations)?))))
}

/// How Eventbrite is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Scheme, host and any prefix before `/v3`.
    pub base: BaseUrl,
    /// The private token.
    pub token: Secret,
    /// Ids of the organisations whose events are read, one scope each; never empty.
    organizations: Vec<String>,
}

impl Config {
    /// `organizations` are ids separated by commas.
    pub fn new(base: &str, token: &str, organizations: &str) -> Result<Self, SettingError> {
        let ids: Vec<String> =
            organizations.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        let plain =
            |id: &String| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let error = |problem| SettingError { variable: ORGANIZATIONS_VARIABLE, problem };
        if ids.is_empty() {
            return Err(error("is missing: Eventbrite can only be read by organisation"));
        }
        if !ids.iter().all(plain) {
            return Err(error("must be organisation ids separated by commas"));
        }
        Ok(Self {
            base: BaseUrl::parse(BASE_VARIABLE, base)?,
            token: Secret::parse(TOKEN_VARIABLE, token)?,
            organizations: ids,
        })
    }
}

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

    fn next_organization(&self, scope: usize) -> Option<Cursor> {
        let scope = scope.saturating_add(1);
        self.config.organizations.get(scope).map(|_| Cursor::Page { scope, page: 1 })
    }

    fn refusal(&self, scope: usize, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let said = serde_json::from_str::<Refused>(answer.body).ok().and_then(|body| body.error);
        let status = if answer.status == 200 { 500 } else { answer.status };
        let kind = match said.as_deref() {
            // These two come with status 400 [D].
            Some("INVALID_AUTH" | "INVALID_AUTH_HEADER" | "NO_AUTH") => FailureKind::Unauthorized,
            // The hour's calls are used up [M].
            Some("HIT_RATE_LIMIT") => FailureKind::QuotaSpent,
            _ => answer::kind_of(status),
        };
        // One organisation that is gone or closed to us must not keep the walk from the others, nor from its end.
        let several = self.config.organizations.len() > 1;
        if several && matches!(said.as_deref(), Some("NOT_FOUND" | "NOT_AUTHORIZED")) {
            let organization = self.config.organizations.get(scope).cloned();
            let rejected = vec![Rejected { id: organization, reason: "not_found".to_owned() }];
            return Reading::Page(Page { rejected, next: self.next_organization(scope), ..Page::default() });
        }
        let code = answer::code(said.as_deref(), answer.status, &[self.config.token.reveal()]);
        Failure::of(kind, code, answer, now).into()
    }
}

/// Organisation, page number and continuation of a cursor.
fn spot(cursor: &Cursor) -> Option<(usize, u32, Option<&str>)> {
    match cursor {
        Cursor::Page { scope, page } => Some((*scope, *page, None)),
        Cursor::Continuation { scope, token } => Some((*scope, 1, Some(token))),
        Cursor::Token { .. } | Cursor::Window { .. } | Cursor::Since { .. } | Cursor::Event { .. } => None,
    }
}

impl Adapter for Eventbrite {
    fn market(&self) -> Market {
        Market::Eventbrite
    }

    fn start(&self, _has_token: bool) -> Cursor {
        Cursor::Page { scope: 0, page: 1 }
    }

    fn request(&self, cursor: &Cursor, _token: Option<&str>, _now: DateTime<Utc>) -> Request {
        let (scope, page, continuation) = spot(cursor).unwrap_or((0, 1, None));
        let organization = self.config.organizations.get(scope).map_or("", String::as_str);
        let path = format!("/organizations/{}/events/", encode(organization));
        let url = self
            .config
            .base
            .endpoint("/v3", &path)
            .with("expand", "venue,ticket_availability,ticket_classes")
            // Past events would fill most pages [M].
            .with("time_filter", "current_future")
            .with("page_size", &PAGE_SIZE.to_string());
        let url = match continuation {
            Some(token) => url.with("continuation", token),
            // Old bodies page by number [O].
            None if page > 1 => url.with("page", &page.to_string()),
            None => url,
        };
        let label = match continuation {
            Some(_) => format!("events of organisation {organization}, continued"),
            None => format!("events of organisation {organization} page {page}"),
        };
        Request::get(url.finish(), label)
            .header("authorization", format!("Bearer {}", self.config.token.reveal()))
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some((scope, number, asked)) =
            spot(cursor).filter(|(scope, ..)| self.config.organizations.get(*scope).is_some())
        else {
            return answer::strange_cursor(answer, now);
        };
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        if answer.status != 200 {
            return self.refusal(scope, answer, now);
        }
        let Some((entries, meta)) = decode::page::<Event, Body<Event>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let (paging, refused) = meta;
        if refused {
            return self.refusal(scope, answer, now);
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
            (false, _) => self.next_organization(scope),
            (true, Some(token)) if asked == Some(token.as_str()) => {
                page.rejected.push(Rejected { id: None, reason: "paging_loop".to_owned() });
                self.next_organization(scope)
            }
            (true, Some(token)) => Some(Cursor::Continuation { scope, token }),
            (true, None) => Some(Cursor::Page { scope, page: number.saturating_add(1) }),
        };
        Reading::Page(page)
    }
}

#[derive(Deserialize)]
struct Refused {
    error: Option<String>,
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
