//! TicketEvolution, by API v9: a brokers' exchange that signs every request and tells single listings.
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or in clients' code, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key. No v9 answer is recorded: shapes are those of the documentation
//! and of the v8 answers of 2012.
//!
//! The catalogue (`/v9/events`) states each event's cheapest ticket, `/v9/listings` every ticket of one event, and
//! `/v9/events/deleted` what was taken back \[D\].

mod event;
mod listings;
mod step;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Days, SecondsFormat, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::event::Event;
use self::step::{CATALOGUE, Step};
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Request};
use crate::answer::{self, Refused};
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope};
use crate::registry::{Configured, Provider};
use crate::settings::{Area, BaseUrl, Secret, SettingError, Settings, optional};
use crate::signature::sign;

/// The most a page may hold \[D\].
const PAGE_SIZE: u32 = 100;

const BASE_VARIABLE: &str = "TICKETEVOLUTION_BASE";
const TOKEN_VARIABLE: &str = "TICKETEVOLUTION_TOKEN";
const SECRET_VARIABLE: &str = "TICKETEVOLUTION_SECRET";
const REAL_BASE: &str = "https://api.ticketevolution.com";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::TicketEvolution,
    capabilities: Capabilities {
        search: true,
        by_id: true,
        updates: true,
        prices: PriceAccess::Stated,
        fee_basis: &[FeeBasis::AllIn, FeeBasis::BeforeFees],
        listings: true,
        push: Push::None,
        limits: "unpublished",
        // Unpublished: our own caution.
        budget: Limits {
            windows: &[Window::second(5), Window::day(20_000)],
            spacing_ms: 200,
            concurrency: 2,
        },
        licence: Licence {
            terms: "TicketEvolution API agreement: token and secret by approval, for those who sell through it",
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
    let secret = optional(settings, SECRET_VARIABLE).unwrap_or_default();
    let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
    let mut config = Config::new(&base, &token, &secret)?;
    config.area = Area::from_settings(settings)?;
    Ok(Some(Box::new(TicketEvolution::new(config))))
}

/// How TicketEvolution is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Scheme, host and any prefix before `/v9`.
    pub base: BaseUrl,
    /// Says who asks; travels in a header.
    pub token: Secret,
    /// Signs the requests; never travels.
    pub secret: Secret,
    /// Where to look.
    pub area: Area,
}

impl Config {
    /// The United States.
    pub fn new(base: &str, token: &str, secret: &str) -> Result<Self, SettingError> {
        Ok(Self {
            base: BaseUrl::parse(BASE_VARIABLE, base)?,
            token: Secret::parse(TOKEN_VARIABLE, token)?,
            secret: Secret::parse(SECRET_VARIABLE, secret)?,
            area: Area::Country("US".to_owned()),
        })
    }
}

/// TicketEvolution's adapter.
#[derive(Clone, Debug)]
pub struct TicketEvolution {
    config: Config,
}

impl TicketEvolution {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    /// A signed `GET`. The signature is over method, host, path and the query sorted by key, with the `?` even where
    /// nothing follows it \[D\].
    fn signed(&self, path: &str, mut query: Vec<(&str, String)>, label: String) -> Request {
        query.sort_unstable();
        let url = query
            .iter()
            .fold(self.config.base.endpoint("/v9", path), |url, (name, value)| url.with(name, value))
            .finish();
        let url = if query.is_empty() { format!("{url}?") } else { url };
        let unschemed = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let code = sign(self.config.secret.reveal().as_bytes(), &[b"GET ", unschemed.as_bytes()]);
        Request::get(url, label)
            .header("x-token", self.config.token.reveal().to_owned())
            .header("x-signature", STANDARD.encode(code))
    }

    fn paged(&self, path: &str, page: u32, mut query: Vec<(&'static str, String)>, label: &str) -> Request {
        query.push(("page", page.to_string()));
        query.push(("per_page", PAGE_SIZE.to_string()));
        self.signed(path, query, format!("{label} page {page}"))
    }

    fn catalogue(&self, page: u32, mut query: Vec<(&'static str, String)>, label: &str) -> Request {
        // The cheapest ticket of each event, by the prices of this key [D].
        query.push(("min_and_max_price", "true".to_owned()));
        if let Area::Near { latitude, longitude, km } = &self.config.area {
            let miles = u64::from(*km).saturating_mul(1_000).checked_div(1_609).unwrap_or(1).max(1);
            query.push(("lat", latitude.to_string()));
            query.push(("lon", longitude.to_string()));
            query.push(("within", miles.to_string()));
        }
        self.paged("/events", page, query, label)
    }

    /// Whether `country` is of the area; the catalogue cannot be asked for a country \[D\].
    fn wanted(&self, country: Option<&str>) -> bool {
        match (&self.config.area, country) {
            (Area::Country(code), Some(country)) => code.eq_ignore_ascii_case(country),
            _ => true,
        }
    }

    fn refusal(&self, answer: &Answer<'_>, now: DateTime<Utc>) -> Failure {
        let said = Refused::read(answer.body).and_then(|body| body.error);
        let secrets = [self.config.token.reveal(), self.config.secret.reveal()];
        let code = answer::code(said.as_deref(), answer.status, &secrets);
        Failure::of(answer::kind_of(answer.status), code, answer, now)
    }

    fn read_events(&self, step: &Step<'_>, page: u32, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some((entries, total)) =
            decode::page::<Event<'_>, Body<Event<'_>>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let (Some(entries), Some(total)) = (entries, total) else {
            return answer::malformed(answer, now);
        };
        let more = total > page.saturating_mul(PAGE_SIZE);
        if entries.is_empty() && total > page.saturating_sub(1).saturating_mul(PAGE_SIZE) {
            return Failure::of(FailureKind::Unavailable, "empty_page", answer, now).into();
        }
        let mut read = Page { next: if more { step.turned() } else { step.after(now) }, ..Page::default() };
        if matches!(step, Step::Deleted { .. }) {
            for entry in entries {
                match entry.and_then(Event::deleted) {
                    Ok(id) => read.deleted.push(id),
                    Err(rejected) => read.rejected.push(rejected),
                }
            }
        } else {
            read.gather(entries, |event, page| {
                Ok(Some(event.read(page)?).filter(|event| self.wanted(event.venue.country.as_deref())))
            });
        }
        Reading::Page(read)
    }
}

impl Adapter for TicketEvolution {
    fn market(&self) -> Market {
        Market::TicketEvolution
    }

    fn start(&self, _has_token: bool) -> Cursor {
        Cursor::Page { scope: CATALOGUE, page: 1 }
    }

    fn event(&self, id: &str, _has_token: bool) -> Option<Cursor> {
        Some(Cursor::Event { id: id.to_owned() })
    }

    fn updates(&self, since: DateTime<Utc>, _has_token: bool) -> Option<Cursor> {
        Some(Cursor::Since { since, page: 1 })
    }

    fn request(&self, cursor: &Cursor, _token: Option<&str>, now: DateTime<Utc>) -> Request {
        let stamp = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        match Step::of(cursor).unwrap_or(Step::Catalogue { page: 1 }) {
            Step::Catalogue { page } => {
                // Dates are the venue's: the day before is today somewhere.
                let from = now.checked_sub_days(Days::new(1)).unwrap_or(now).date_naive();
                self.catalogue(page, vec![("occurs_at.gte", from.to_string())], "events")
            }
            Step::Changed { since, page } => {
                self.catalogue(page, vec![("updated_at.gte", stamp(since))], "events changed")
            }
            Step::Deleted { since, page, .. } => {
                let query = vec![("deleted_at.gte", stamp(since))];
                self.paged("/events/deleted", page, query, "events deleted")
            }
            // Not paged, and refused where a page is asked for [O].
            Step::Listings { id } => {
                self.signed("/listings", vec![("event_id", id.to_owned())], "listings of an event".to_owned())
            }
        }
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some(step) = Step::of(cursor) else {
            return answer::strange_cursor(answer, now);
        };
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        match (&step, answer.status) {
            (Step::Listings { id }, 200) => listings::read(id, answer, now),
            (Step::Listings { id }, 404) => answer::unknown_event(id),
            (Step::Catalogue { page } | Step::Changed { page, .. } | Step::Deleted { page, .. }, 200) => {
                self.read_events(&step, *page, answer, now)
            }
            _ => self.refusal(answer, now).into(),
        }
    }
}

/// A page of events, present or deleted.
#[derive(Deserialize)]
struct Body<T> {
    events: Option<Vec<T>>,
    total_entries: Option<u32>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = Option<u32>;

    fn open(self) -> (Option<Vec<T>>, Option<u32>) {
        (self.events, self.total_entries)
    }
}
