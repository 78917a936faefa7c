//! Ticketmaster, by Discovery API v2; for keys approved for more, by Inventory Status v1 and Commerce v2 too.
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key.
//!
//! A walk has three scopes: dated events, then the undated ones to be announced (`includeTBA=only`) and to be
//! defined (`includeTBD=only`), which appear only when asked for, one kind at a time \[O\].

mod event;
mod partner;
mod single;
mod walk;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use self::event::Event;
use self::walk::{PAGE_SIZE, Paging, Scope, Walk};
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Request};
use crate::answer;
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope};
use crate::registry::Provider;
use crate::settings::{Area, BaseUrl, Secret, SettingError, optional};
use crate::url::Url;

const BASE_VARIABLE: &str = "TICKETMASTER_BASE";
const KEY_VARIABLE: &str = "TICKETMASTER_KEY";
const PARTNER_VARIABLE: &str = "TICKETMASTER_PARTNER";
const REAL_BASE: &str = "https://app.ticketmaster.com";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::Ticketmaster,
    capabilities: Capabilities {
        search: true,
        by_id: true,
        updates: false,
        prices: PriceAccess::Sometimes,
        fee_basis: &[FeeBasis::BeforeFees, FeeBasis::AllIn],
        listings: false,
        push: Push::None,
        limits: "5,000 calls a day and 5 a second; results past 1,000 only by narrower queries",
        // A call every 250 ms: the FAQ says 5 a second in one place and 2 in another [D], and a spike is answered by
        // a 429.
        budget: Limits { windows: &[Window::second(5), Window::day(5_000)], spacing_ms: 250, concurrency: 2 },
        licence: Licence {
            terms: "Ticketmaster developer terms: free key, link back to Ticketmaster, no resale of the data",
            // The terms ask for a link back [M]; the words are ours.
            attribution: Some("Event data by Ticketmaster"),
            retention: None,
        },
    },
    configure: |settings| {
        let Some(key) = optional(settings, KEY_VARIABLE) else {
            return Ok(None);
        };
        let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
        let mut config = Config::new(&base, &key)?;
        config.area = Area::from_settings(settings)?;
        config.partner = match optional(settings, PARTNER_VARIABLE).as_deref() {
            None | Some("0") => false,
            Some("1") => true,
            Some(_) => return Err(SettingError { variable: PARTNER_VARIABLE, problem: "must be 0 or 1" }),
        };
        Ok(Some(Box::new(Ticketmaster::new(config))))
    },
};

/// How Ticketmaster is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Scheme, host and any prefix before `/discovery/v2`.
    pub base: BaseUrl,
    /// The API key. It travels in the URL \[D\].
    pub key: Secret,
    /// Where to look.
    pub area: Area,
    /// How many days ahead dated events are read.
    pub horizon_days: u16,
    /// Whether each walk also asks for events without a date (two calls more).
    pub undated: bool,
    /// Whether the key is approved for Inventory Status and Commerce: reading one event then asks them, not Discovery.
    pub partner: bool,
}

impl Config {
    /// The United States, 400 days ahead, undated events too.
    pub fn new(base: &str, key: &str) -> Result<Self, SettingError> {
        Ok(Self {
            base: BaseUrl::parse(BASE_VARIABLE, base)?,
            key: Secret::parse(KEY_VARIABLE, key)?,
            area: Area::Country("US".to_owned()),
            horizon_days: 400,
            undated: true,
            partner: false,
        })
    }
}

/// Ticketmaster's adapter.
#[derive(Clone, Debug)]
pub struct Ticketmaster {
    config: Config,
}

impl Ticketmaster {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    const fn walk(&self) -> Walk {
        Walk { horizon_days: self.config.horizon_days, undated: self.config.undated }
    }

    /// What the headers say of the quota; they come with successes only \[O\].
    fn with_quota(mut reading: Reading, answer: &Answer<'_>) -> Reading {
        if let Reading::Page(page) = &mut reading {
            page.calls_left = answer.rate_limit.0.and_then(|text| text.trim().parse().ok());
            page.window_resets_at = window_reset(answer);
        }
        reading
    }

    fn refusal(&self, answer: &Answer<'_>, now: DateTime<Utc>) -> Failure {
        let said = serde_json::from_str::<Refused>(answer.body).ok().and_then(Refused::code);
        let kind = match said.as_deref() {
            // The day's quota is gone [D]; the spike arrest only wants us slower [M].
            Some("policies.ratelimit.QuotaViolation") => FailureKind::QuotaSpent,
            Some("policies.ratelimit.SpikeArrestViolation") => FailureKind::Throttled,
            _ => answer::kind_of(answer.status),
        };
        let code = answer::code(said.as_deref(), answer.status, &[self.config.key.reveal()]);
        let mut failure = Failure::of(kind, code, answer, now);
        if kind == FailureKind::QuotaSpent && failure.retry_after.is_none() {
            failure.retry_after =
                window_reset(answer).and_then(|at| at.signed_duration_since(now).to_std().ok());
        }
        failure
    }
}

/// `Rate-Limit-Reset` is epoch milliseconds, on successes only \[O\].
fn window_reset(answer: &Answer<'_>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(answer.rate_limit.1?.trim().parse().ok()?)
}

impl Adapter for Ticketmaster {
    fn market(&self) -> Market {
        Market::Ticketmaster
    }

    fn start(&self, _has_token: bool) -> Cursor {
        Cursor::Page { scope: 0, page: 0 }
    }

    fn event(&self, id: &str, _has_token: bool) -> Option<Cursor> {
        Some(Cursor::Event { id: id.to_owned() })
    }

    fn request(&self, cursor: &Cursor, _token: Option<&str>, now: DateTime<Utc>) -> Request {
        if let Some(single) = self.single(cursor) {
            return self.single_request(&single);
        }
        let walk = self.walk();
        let spot = walk.spot(cursor, now).unwrap_or_else(|| walk.beginning(now));
        let url = self.config.base.endpoint("/discovery/v2", "/events.json");
        let url = match &self.config.area {
            Area::Everywhere => url,
            Area::Country(code) => url.with("countryCode", code),
            Area::Near { latitude, longitude, km } => url
                .with("latlong", &format!("{latitude},{longitude}"))
                .with("radius", &km.to_string())
                .with("unit", "km"),
        };
        // Without `locale=*` events that have no English text are left out [D]; a fixed order keeps pages apart [O].
        let url = url.with("locale", "*").with("includeTest", "no").with("sort", "id,asc");
        let stamp = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let ask = |url: Url| match spot.scope {
            // Both ends are inclusive [I]; windows are half open.
            Scope::Dated => url.with("startDateTime", &stamp(spot.from)).with(
                "endDateTime",
                &stamp(spot.until.checked_sub_signed(Duration::seconds(1)).unwrap_or(spot.until)),
            ),
            Scope::ToBeAnnounced => url.with("includeTBA", "only"),
            Scope::ToBeDefined => url.with("includeTBD", "only"),
        };
        let url = ask(url).with("size", &PAGE_SIZE.to_string()).with("page", &spot.page.to_string());
        let what = match spot.scope {
            Scope::Dated => format!("{}..{}", spot.from.date_naive(), spot.until.date_naive()),
            Scope::ToBeAnnounced => "to be announced".to_owned(),
            Scope::ToBeDefined => "to be defined".to_owned(),
        };
        let url = url.with("apikey", self.config.key.reveal()).finish();
        Request::get(url, format!("events {what} page {}", spot.page))
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        if let Some(single) = self.single(cursor) {
            return self.read_single(&single, answer, now);
        }
        let Some(spot) = self.walk().spot(cursor, now) else {
            return answer::strange_cursor(answer, now);
        };
        if answer.status != 200 {
            return self.refusal(answer, now).into();
        }
        let Some((entries, (paging, refused))) =
            decode::page::<Event<'_>, Body<Event<'_>>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        if refused {
            return self.refusal(answer, now).into();
        }
        let Some(paging) = paging else {
            return answer::malformed(answer, now);
        };
        // An empty result has no `_embedded` and counts no pages [O]; anything else without entries is a bad day.
        if entries.is_none() && paging.total_pages > spot.page {
            return Failure::of(FailureKind::Unavailable, "empty_page", answer, now).into();
        }
        let mut page = Page::default();
        if let Some(narrower) = Walk::split(spot, paging) {
            // This page comes again in the narrower windows, so nothing is taken from it.
            page.next = Some(narrower);
            return Self::with_quota(Reading::Page(page), answer);
        }
        page.gather(entries.unwrap_or_default(), |event, page| event.read(page, now));
        (page.next, page.unreachable) = self.walk().after(spot, paging, now);
        Self::with_quota(Reading::Page(page), answer)
    }
}

/// A page. `_embedded` is absent when nothing was found \[O\].
#[derive(Deserialize)]
struct Body<T> {
    #[serde(rename = "_embedded")]
    embedded: Option<Embedded<T>>,
    page: Option<Paging>,
    errors: Option<IgnoredAny>,
    fault: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Embedded<T> {
    events: Option<Vec<T>>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = (Option<Paging>, bool);

    fn open(self) -> (Option<Vec<T>>, Self::Meta) {
        let refused = self.errors.is_some() || self.fault.is_some();
        (self.embedded.and_then(|embedded| embedded.events), (self.page, refused))
    }
}

/// The gateway's shape of an error (`fault`) and the application's (`errors`) \[D\]\[O\].
#[derive(Deserialize)]
struct Refused {
    fault: Option<Fault>,
    #[serde(default)]
    errors: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Fault {
    detail: Option<FaultDetail>,
}

#[derive(Deserialize)]
struct FaultDetail {
    errorcode: Option<String>,
}

#[derive(Deserialize)]
struct Complaint {
    code: Option<String>,
}

impl Refused {
    fn code(self) -> Option<String> {
        let fault = self.fault.and_then(|fault| fault.detail?.errorcode);
        fault.or_else(|| self.errors.into_iter().find_map(|complaint| complaint.code))
    }
}
