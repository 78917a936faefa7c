//! StubHub, by the catalogue API v2 (HAL, `OAuth2` client credentials).
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key. No recorded catalogue answer exists: shapes are those of the
//! provider's OpenAPI document \[D\].

mod config;
mod event;
mod token;

use chrono::{DateTime, SecondsFormat, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde_json::value::RawValue;

pub use self::config::Config;
use self::config::configure;
use self::event::Event;
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Request};
use crate::answer::{self, Refused};
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope};
use crate::registry::Provider;
use crate::settings::Area;
use crate::url::{Url, encode};

/// The documented default; no maximum is stated \[D\].
const PAGE_SIZE: u32 = 100;

/// What we read of an event. Resources keep their `_links` and `_embedded` whatever is selected \[I\].
const FIELDS: &str = "id,name,start_date,on_sale_date,date_confirmed,time_confirmed,type,min_ticket_price,status,_links,_embedded";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::StubHub,
    capabilities: Capabilities {
        search: true,
        by_id: true,
        updates: true,
        prices: PriceAccess::Stated,
        fee_basis: &[FeeBasis::Unknown],
        listings: false,
        // Webhooks exist for sellers only and carry no signature [D].
        push: Push::Hints,
        limits: "unpublished",
        // Unpublished: our own caution.
        budget: Limits { windows: &[Window::day(10_000)], spacing_ms: 250, concurrency: 2 },
        licence: Licence {
            terms: "StubHub partner terms: access by approval; webhooks exist for sellers only",
            attribution: None,
            retention: None,
        },
    },
    configure,
};

/// StubHub's adapter. A fresh walk without a token begins with [`Cursor::Token`]; a page answered by 401 is
/// `Unauthorized`, upon which the edge drops its token and begins anew.
#[derive(Clone, Debug)]
pub struct StubHub {
    config: Config,
}

impl StubHub {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    /// The whole catalogue, or what changed in it \[D\].
    fn page_request(&self, since: Option<DateTime<Utc>>, page: u32, token: Option<&str>) -> Request {
        let url = self.config.base.endpoint("", "/catalog/events");
        let url = match &self.config.area {
            Area::Everywhere => url,
            Area::Country(code) => url.with("country_code", code),
            Area::Near { latitude, longitude, km } => url
                .with("latitude", &latitude.to_string())
                .with("longitude", &longitude.to_string())
                .with("max_distance_in_meters", &u64::from(*km).saturating_mul(1_000).to_string()),
        };
        let (url, what) = match since {
            Some(since) => {
                let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
                (url.with("updated_since", &since), "catalogue changes")
            }
            None => (url, "catalogue"),
        };
        // Not sorted by `resource_version`: what changes during a walk would move to its end and shift others past it.
        let url = url
            .with("exclude_parking_passes", "true")
            .with("page_size", &PAGE_SIZE.to_string())
            .with("page", &page.to_string());
        self.authorized(url, format!("{what} page {page}"), token)
    }

    fn event_request(&self, id: &str, token: Option<&str>) -> Request {
        let url = self.config.base.endpoint("", &format!("/catalog/events/{}", encode(id)));
        self.authorized(url, "one event".to_owned(), token)
    }

    fn authorized(&self, url: Url, label: String, token: Option<&str>) -> Request {
        let url = if self.config.sparse { url.with("fields", FIELDS) } else { url };
        let request = Request::get(url.finish(), label).header("accept", "application/hal+json".to_owned());
        match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            // Will be refused with 401, which sends the edge for a token.
            None => request,
        }
    }

    /// `cursor`, after a token where the edge holds none.
    fn with_token(cursor: Cursor, has_token: bool) -> Cursor {
        if has_token { cursor } else { Cursor::Token { then: Box::new(cursor) } }
    }

    fn refusal(&self, answer: &Answer<'_>, now: DateTime<Utc>) -> Failure {
        // `code` in the catalogue's errors [D], `error` in those of the token endpoint.
        let said = Refused::read(answer.body).and_then(|body| body.code.or(body.error));
        let kind = match said.as_deref() {
            Some("invalid_client" | "unauthorized_client" | "insufficient_scope") => {
                FailureKind::Unauthorized
            }
            _ => answer::kind_of(answer.status),
        };
        Failure::of(
            kind,
            answer::code(said.as_deref(), answer.status, &[self.config.client_secret.reveal()]),
            answer,
            now,
        )
    }

    /// A page of the catalogue or, with `since`, of its changes.
    fn read_page(
        &self,
        since: Option<DateTime<Utc>>,
        number: u32,
        answer: &Answer<'_>,
        now: DateTime<Utc>,
    ) -> Reading {
        let Some((entries, meta)) =
            decode::page::<Event<'_>, Body<Event<'_>>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let Some(total) = meta.total_items else {
            // A success always counts its items [D]; an error inside a success counts none.
            return match (meta.code, self.refusal(answer, now)) {
                (Some(_), refused) => refused.into(),
                (None, _) => answer::malformed(answer, now),
            };
        };
        let size = meta.page_size.filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        let more = meta.has_next.unwrap_or(size.saturating_mul(number) < total);
        let mut entries = entries.unwrap_or_default();
        let deleted = entries.split_off(meta.live.min(entries.len()));
        if entries.is_empty()
            && deleted.is_empty()
            && (more || total > size.saturating_mul(number.saturating_sub(1)))
        {
            return Failure::of(FailureKind::Unavailable, "empty_page", answer, now).into();
        }
        let mut page = Page::default();
        // The page after `_links.next` is asked by number: a token must not follow a link to another host.
        let turned = number.saturating_add(1);
        page.next = more.then_some(match since {
            Some(since) => Cursor::Since { since, page: turned },
            None => Cursor::Page { scope: 0, page: turned },
        });
        page.gather(entries, |event, page| event.read(page, now).map(Some));
        for entry in deleted {
            match entry.and_then(Event::deleted) {
                Ok(id) => page.deleted.push(id),
                Err(rejected) => page.rejected.push(rejected),
            }
        }
        if since.is_some() {
            page.deleted.extend(page.events.iter().flat_map(|event| event.former_ids.clone()));
        }
        Reading::Page(page)
    }

    /// One event. Another id than the one asked for means that ours was merged into it \[D\].
    fn read_event(asked: &str, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let mut reading =
            answer::one_event(answer, now, |event: Event<'_>, page| event.read(page, now).map(Some));
        if let Reading::Page(page) = &mut reading
            && let Some(event) = page.events.iter_mut().find(|event| event.id != asked)
        {
            if !event.former_ids.iter().any(|former| former == asked) {
                event.former_ids.push(asked.to_owned());
            }
            page.deleted.push(asked.to_owned());
        }
        reading
    }
}

impl Adapter for StubHub {
    fn market(&self) -> Market {
        Market::StubHub
    }

    fn start(&self, has_token: bool) -> Cursor {
        Self::with_token(Cursor::Page { scope: 0, page: 1 }, has_token)
    }

    fn event(&self, id: &str, has_token: bool) -> Option<Cursor> {
        Some(Self::with_token(Cursor::Event { id: id.to_owned() }, has_token))
    }

    fn updates(&self, since: DateTime<Utc>, has_token: bool) -> Option<Cursor> {
        Some(Self::with_token(Cursor::Since { since, page: 1 }, has_token))
    }

    fn request(&self, cursor: &Cursor, token: Option<&str>, _now: DateTime<Utc>) -> Request {
        match cursor {
            Cursor::Token { .. } => token::request(&self.config),
            Cursor::Page { page, .. } => self.page_request(None, *page, token),
            Cursor::Since { since, page } => self.page_request(Some(*since), *page, token),
            Cursor::Event { id } => self.event_request(id, token),
            Cursor::Window { .. } | Cursor::Continuation { .. } => self.page_request(None, 1, token),
        }
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        match (cursor, answer.status) {
            (Cursor::Event { id }, 404) => answer::unknown_event(id),
            (Cursor::Token { then }, 200) => token::read(then, answer, now),
            (Cursor::Page { scope: 0, page }, 200) => self.read_page(None, *page, answer, now),
            (Cursor::Since { since, page }, 200) => self.read_page(Some(*since), *page, answer, now),
            (Cursor::Event { id }, 200) => Self::read_event(id, answer, now),
            (_, 200) => answer::strange_cursor(answer, now),
            _ => self.refusal(answer, now).into(),
        }
    }
}

#[derive(Deserialize)]
struct Body<T> {
    total_items: Option<u32>,
    page_size: Option<u32>,
    code: Option<String>,
    #[serde(rename = "_links")]
    links: Option<Links>,
    #[serde(rename = "_embedded")]
    embedded: Option<Items<T>>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: Option<String>,
}

#[derive(Deserialize)]
struct Items<T> {
    items: Option<Vec<T>>,
    deleted_items: Option<Vec<T>>,
}

struct Meta {
    total_items: Option<u32>,
    page_size: Option<u32>,
    /// Whether a next page is linked; `None` where the answer has no links at all.
    has_next: Option<bool>,
    code: Option<String>,
    /// How many of the entries are live; those after them were taken back.
    live: usize,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = Meta;

    fn open(self) -> (Option<Vec<T>>, Meta) {
        let has_next = self.links.map(|links| links.next.is_some_and(|link| link.href.is_some()));
        let mut live = 0;
        let entries = self.embedded.map(|embedded| {
            let mut all = embedded.items.unwrap_or_default();
            live = all.len();
            all.extend(embedded.deleted_items.unwrap_or_default());
            all
        });
        let (total_items, page_size, code) = (self.total_items, self.page_size, self.code);
        (entries, Meta { total_items, page_size, has_next, code, live })
    }
}
