//! Ticketmaster, by Discovery API v2.
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key.
//!
//! A walk has three scopes: dated events, then the undated ones announced (`includeTBA=only`) and to be defined
//! (`includeTBD=only`), which only appear when asked for, one kind at a time \[O\]. Pages end at the documented wall
//! of 1,000 results, so the dated scope is cut into windows of time, halved until each fits.

mod event;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use self::event::Event;
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Request};
use crate::answer;
use crate::capabilities::{Capabilities, PriceAccess};
use crate::decode::{self, Envelope};
use crate::registry::Provider;
use crate::settings::{Area, BaseUrl, Secret, SettingError, optional};
use crate::url::Url;

/// The largest page: 201 is refused with DIS1036 \[O\].
const PAGE_SIZE: u32 = 200;
/// `size * page` must stay below this \[D\]; the service serves one page more \[O\], which we do not rely on.
const WALL: u32 = 1_000;
/// Windows are not halved below this: a city has no thousand events in three hours.
const NARROWEST_HOURS: i64 = 3;

const BASE_VARIABLE: &str = "TICKETMASTER_BASE";
const KEY_VARIABLE: &str = "TICKETMASTER_KEY";
const REAL_BASE: &str = "https://app.ticketmaster.com";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::Ticketmaster,
    capabilities: Capabilities {
        search: true,
        prices: PriceAccess::Sometimes,
        fee_basis: &[FeeBasis::BeforeFees, FeeBasis::AllIn],
        listings: false,
        push: false,
        limits: "5,000 calls a day and 5 a second; results past 1,000 only by narrower queries",
        terms: "Ticketmaster developer terms: free key, link back to Ticketmaster, no resale of the data",
    },
    configure: |settings| {
        let Some(key) = optional(settings, KEY_VARIABLE) else {
            return Ok(None);
        };
        let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
        let mut config = Config::new(&base, &key)?;
        config.area = Area::from_settings(settings)?;
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
        })
    }
}

/// Ticketmaster's adapter.
#[derive(Clone, Debug)]
pub struct Ticketmaster {
    config: Config,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Dated,
    ToBeAnnounced,
    ToBeDefined,
}

/// Where in the walk a cursor stands.
#[derive(Clone, Copy, Debug)]
struct Spot {
    index: usize,
    scope: Scope,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    page: u32,
}

impl Ticketmaster {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    fn scopes(&self) -> &'static [Scope] {
        if self.config.undated {
            &[Scope::Dated, Scope::ToBeAnnounced, Scope::ToBeDefined]
        } else {
            &[Scope::Dated]
        }
    }

    /// Today's midnight, so that all pages of a walk ask for the same window.
    fn horizon(&self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let end = today
            .checked_add_signed(Duration::days(i64::from(self.config.horizon_days)))
            .unwrap_or(today);
        (today, end)
    }

    fn spot(&self, cursor: &Cursor, now: DateTime<Utc>) -> Option<Spot> {
        let (today, end) = self.horizon(now);
        let (index, from, until, page) = match cursor {
            Cursor::Page { scope, page } => (*scope, today, end, *page),
            Cursor::Window {
                scope,
                from,
                until,
                page,
            } => (*scope, *from, *until, *page),
            Cursor::Token { .. } | Cursor::Continuation { .. } => return None,
        };
        let scope = *self.scopes().get(index)?;
        Some(Spot {
            index,
            scope,
            from,
            until,
            page,
        })
    }

    /// What comes after `spot`, whose answer counted `total` results in pages of `size`; and how many of them no
    /// window can reach.
    fn after(&self, spot: Spot, paging: Paging, now: DateTime<Utc>) -> (Option<Cursor>, u32) {
        let size = Some(paging.size)
            .filter(|size| (1..=PAGE_SIZE).contains(size))
            .unwrap_or(PAGE_SIZE);
        let next_page = spot.page.saturating_add(1);
        if next_page < paging.total_pages && size.saturating_mul(next_page) < WALL {
            let Spot {
                index: scope,
                from,
                until,
                ..
            } = spot;
            return match spot.scope {
                Scope::Dated => (
                    Some(Cursor::Window {
                        scope,
                        from,
                        until,
                        page: next_page,
                    }),
                    0,
                ),
                _ => (
                    Some(Cursor::Page {
                        scope,
                        page: next_page,
                    }),
                    0,
                ),
            };
        }
        let unreachable = paging.total_elements.saturating_sub(WALL);
        let (_, end) = self.horizon(now);
        if spot.scope == Scope::Dated && spot.until < end {
            // A window that was half empty lets the next one be twice as long.
            let factor = if paging.total_elements.saturating_mul(2) <= WALL {
                2
            } else {
                1
            };
            let length = spot.until.signed_duration_since(spot.from);
            let until = length
                .checked_mul(factor)
                .and_then(|length| spot.until.checked_add_signed(length))
                .map_or(end, |until| until.min(end));
            return (
                Some(Cursor::Window {
                    scope: spot.index,
                    from: spot.until,
                    until,
                    page: 0,
                }),
                unreachable,
            );
        }
        let scope = spot.index.saturating_add(1);
        (
            self.scopes().get(scope).map(|_| Cursor::Page { scope, page: 0 }),
            unreachable,
        )
    }

    fn refusal(&self, answer: &Answer<'_>, now: DateTime<Utc>) -> Failure {
        let said = serde_json::from_str::<Refused>(answer.body)
            .ok()
            .and_then(Refused::code);
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

    fn request(&self, cursor: &Cursor, _token: Option<&str>, now: DateTime<Utc>) -> Request {
        let (today, until) = self.horizon(now);
        let spot = self.spot(cursor, now).unwrap_or(Spot {
            index: 0,
            scope: Scope::Dated,
            from: today,
            until,
            page: 0,
        });
        let url = self.config.base.endpoint("/discovery/v2", "/events.json");
        let url = match &self.config.area {
            Area::Everywhere => url,
            Area::Country(code) => url.with("countryCode", code),
            Area::Near {
                latitude,
                longitude,
                km,
            } => url
                .with("latlong", &format!("{latitude},{longitude}"))
                .with("radius", &km.to_string())
                .with("unit", "km"),
        };
        // Without `locale=*` events that have no English text are left out [D]; a fixed order keeps pages apart [O].
        let url = url
            .with("locale", "*")
            .with("includeTest", "no")
            .with("sort", "id,asc");
        let stamp = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let ask = |url: Url| match spot.scope {
            // Both ends are inclusive [I]; windows are half open.
            Scope::Dated => url.with("startDateTime", &stamp(spot.from)).with(
                "endDateTime",
                &stamp(
                    spot.until
                        .checked_sub_signed(Duration::seconds(1))
                        .unwrap_or(spot.until),
                ),
            ),
            Scope::ToBeAnnounced => url.with("includeTBA", "only"),
            Scope::ToBeDefined => url.with("includeTBD", "only"),
        };
        let url = ask(url)
            .with("size", &PAGE_SIZE.to_string())
            .with("page", &spot.page.to_string());
        let what = match spot.scope {
            Scope::Dated => format!("{}..{}", spot.from.date_naive(), spot.until.date_naive()),
            Scope::ToBeAnnounced => "to be announced".to_owned(),
            Scope::ToBeDefined => "to be defined".to_owned(),
        };
        let url = url.with("apikey", self.config.key.reveal()).finish();
        Request::get(url, format!("events {what} page {}", spot.page))
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some(spot) = self.spot(cursor, now) else {
            return answer::strange_cursor(answer, now);
        };
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
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
        let mut page = Page {
            calls_left: answer.rate_limit.0.and_then(|text| text.trim().parse().ok()),
            window_resets_at: window_reset(answer),
            ..Page::default()
        };
        let length = spot.until.signed_duration_since(spot.from);
        let splits = spot.scope == Scope::Dated && spot.page == 0 && paging.total_elements > WALL;
        if splits && length >= Duration::hours(NARROWEST_HOURS.saturating_mul(2)) {
            // This page comes again in the narrower windows, so nothing is taken from it.
            let half = length
                .checked_div(2)
                .and_then(|half| spot.from.checked_add_signed(half));
            let until = half.unwrap_or(spot.until);
            page.next = Some(Cursor::Window {
                scope: spot.index,
                from: spot.from,
                until,
                page: 0,
            });
            return Reading::Page(page);
        }
        page.gather(entries.unwrap_or_default(), |event, page| event.read(page, now));
        (page.next, page.unreachable) = self.after(spot, paging, now);
        Reading::Page(page)
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

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    size: u32,
    total_elements: u32,
    total_pages: u32,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = (Option<Paging>, bool);

    fn open(self) -> (Option<Vec<T>>, Self::Meta) {
        let refused = self.errors.is_some() || self.fault.is_some();
        (
            self.embedded.and_then(|embedded| embedded.events),
            (self.page, refused),
        )
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
