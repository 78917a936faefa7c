//! SeatGeek, by Platform API v2.
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key.
//!
//! Since May 2024 ordinary keys get `stats: {}` \[O\]: such events carry `Restricted`, never a price.

mod event;

use chrono::{DateTime, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use self::event::Event;
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Request};
use crate::answer;
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope, Id};
use crate::registry::Provider;
use crate::settings::{Area, BaseUrl, Secret, SettingError, optional};
use crate::url::encode;

/// No maximum is documented; 1,000 once answered an empty success \[O\], so we stay well below \[I\].
const PAGE_SIZE: u32 = 100;

const BASE_VARIABLE: &str = "SEATGEEK_BASE";
const CLIENT_VARIABLE: &str = "SEATGEEK_CLIENT_ID";
const REAL_BASE: &str = "https://api.seatgeek.com";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::SeatGeek,
    capabilities: Capabilities {
        search: true,
        by_id: true,
        updates: false,
        prices: PriceAccess::Restricted,
        fee_basis: &[FeeBasis::AllIn, FeeBasis::BeforeFees],
        listings: false,
        push: Push::None,
        limits: "unpublished; a global limit applies, and suspected abuse is answered by a challenge page",
        // Unpublished: our own caution.
        budget: Limits { windows: &[Window::day(10_000)], spacing_ms: 500, concurrency: 1 },
        licence: Licence {
            terms: "SeatGeek API terms: client id by approval, link back to SeatGeek; prices only to approved clients",
            // The terms ask for a link back [M]; the words are ours.
            attribution: Some("Event data by SeatGeek"),
            retention: None,
        },
    },
    configure: |settings| {
        let Some(client_id) = optional(settings, CLIENT_VARIABLE) else {
            return Ok(None);
        };
        let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
        let mut config = Config::new(&base, &client_id)?;
        config.area = Area::from_settings(settings)?;
        Ok(Some(Box::new(SeatGeek::new(config))))
    },
};

/// How SeatGeek is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Scheme, host and any prefix before `/2`.
    pub base: BaseUrl,
    /// The client id. It travels in the URL \[D\].
    pub client_id: Secret,
    /// Where to look.
    pub area: Area,
}

impl Config {
    /// The United States.
    pub fn new(base: &str, client_id: &str) -> Result<Self, SettingError> {
        Ok(Self {
            base: BaseUrl::parse(BASE_VARIABLE, base)?,
            client_id: Secret::parse(CLIENT_VARIABLE, client_id)?,
            area: Area::Country("US".to_owned()),
        })
    }
}

/// SeatGeek's adapter.
#[derive(Clone, Debug)]
pub struct SeatGeek {
    config: Config,
}

impl SeatGeek {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    fn refusal(&self, answer: &Answer<'_>, now: DateTime<Utc>) -> Failure {
        #[derive(Deserialize)]
        struct Refused {
            status: Option<u16>,
            #[serde(default)]
            errors: Vec<Complaint>,
        }
        #[derive(Deserialize)]
        struct Complaint {
            code: Option<Id>,
        }
        let body = serde_json::from_str::<Refused>(answer.body).ok();
        // An error inside a success says its status in the body [O].
        let status = if answer.status == 200 { body.as_ref().and_then(|body| body.status) } else { None };
        let status = status.unwrap_or(answer.status);
        let said =
            body.and_then(|body| body.errors.into_iter().find_map(|complaint| complaint.code?.checked()));
        let code = answer::code(said.as_deref(), status, &[self.config.client_id.reveal()]);
        Failure::of(answer::kind_of(status), code, answer, now)
    }

    fn read_page(&self, number: u32, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some((entries, meta)) =
            decode::page::<Event<'_>, Body<Event<'_>>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let (meta, refused) = meta;
        if refused {
            return self.refusal(answer, now).into();
        }
        let (Some(entries), Some(meta)) = (entries, meta) else {
            return answer::malformed(answer, now);
        };
        let Some(total) = meta.total else {
            return answer::malformed(answer, now);
        };
        let size = meta.per_page.filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        let seen_before = size.saturating_mul(number.saturating_sub(1));
        if entries.is_empty() && (total > seen_before || (total == 0 && meta.took == Some(0))) {
            // A healthy query once answered nothing, in no time [O]. Past the end, `total` stays true [O].
            return Failure::of(FailureKind::Unavailable, "suspect_empty", answer, now).into();
        }
        let mut page = Page::default();
        if !entries.is_empty() && total > size.saturating_mul(number) {
            page.next = Some(Cursor::Page { scope: 0, page: number.saturating_add(1) });
        }
        page.gather(entries, |event, page| event.read(page).map(Some));
        Reading::Page(page)
    }
}

const fn page_of(cursor: &Cursor) -> Option<u32> {
    match cursor {
        Cursor::Page { scope: 0, page } => Some(*page),
        _ => None,
    }
}

impl Adapter for SeatGeek {
    fn market(&self) -> Market {
        Market::SeatGeek
    }

    fn start(&self, _has_token: bool) -> Cursor {
        Cursor::Page { scope: 0, page: 1 }
    }

    fn event(&self, id: &str, _has_token: bool) -> Option<Cursor> {
        Some(Cursor::Event { id: id.to_owned() })
    }

    fn request(&self, cursor: &Cursor, _token: Option<&str>, _now: DateTime<Utc>) -> Request {
        if let Cursor::Event { id } = cursor {
            let url = self.config.base.endpoint("/2", &format!("/events/{}", encode(id)));
            let url = url.with("client_id", self.config.client_id.reveal());
            return Request::get(url.finish(), "one event".to_owned());
        }
        let page = page_of(cursor).unwrap_or(1);
        let url = self.config.base.endpoint("/2", "/events");
        // Filter forms as seen in public issues [M]. Past events are left out by default [O].
        let url = match &self.config.area {
            Area::Everywhere => url,
            Area::Country(code) => url.with("venue.country", code),
            Area::Near { latitude, longitude, km } => {
                let miles = u64::from(*km).saturating_mul(1_000).checked_div(1_609).unwrap_or(1).max(1);
                url.with("lat", &latitude.to_string())
                    .with("lon", &longitude.to_string())
                    .with("range", &format!("{miles}mi"))
            }
        };
        let url = url
            .with("sort", "id.asc")
            .with("per_page", &PAGE_SIZE.to_string())
            .with("page", &page.to_string())
            .with("client_id", self.config.client_id.reveal());
        Request::get(url.finish(), format!("events page {page}"))
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        match (cursor, answer.status) {
            (Cursor::Event { .. }, 200) => {
                answer::one_event(answer, now, |event: Event<'_>, page| event.read(page).map(Some))
            }
            (Cursor::Event { id }, 404) => answer::unknown_event(id),
            (Cursor::Page { scope: 0, page }, 200) => self.read_page(*page, answer, now),
            (Cursor::Event { .. } | Cursor::Page { scope: 0, .. }, _) => self.refusal(answer, now).into(),
            _ => answer::strange_cursor(answer, now),
        }
    }
}

#[derive(Deserialize)]
struct Body<T> {
    events: Option<Vec<T>>,
    meta: Option<Meta>,
    errors: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Meta {
    total: Option<u32>,
    per_page: Option<u32>,
    took: Option<u32>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = (Option<Meta>, bool);

    fn open(self) -> (Option<Vec<T>>, Self::Meta) {
        (self.events, (self.meta, self.errors.is_some()))
    }
}
