//! SeatGeek, by Platform API v2.
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key.
//!
//! Since May 2024 ordinary keys get `stats: {}` \[O\]: such events carry `Restricted`, never a price.

use chrono::{DateTime, Utc};
use prices::{AbsentReason, Currency, FeeBasis, Market, Price};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Rejected, Request};
use crate::addon;
use crate::answer;
use crate::capabilities::{Capabilities, PriceAccess};
use crate::decode::{self, Count, Decimal, Degrees, Envelope, Field, Id, or_default, reject};
use crate::event::{EventKind, EventStatus, Quote, SourceEvent, SourcePerformer, SourceVenue, Start};
use crate::registry::Provider;
use crate::settings::{Area, BaseUrl, Secret, SettingError, optional};
use crate::times;
use crate::url::web_link;

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
        prices: PriceAccess::Restricted,
        fee_basis: &[FeeBasis::AllIn, FeeBasis::BeforeFees],
        listings: false,
        push: false,
        limits: "unpublished; a global limit applies, and suspected abuse is answered by a challenge page",
        terms: "SeatGeek API terms: client id by approval, link back to SeatGeek; prices only to approved clients",
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
        let status = if answer.status == 200 {
            body.as_ref().and_then(|body| body.status)
        } else {
            None
        };
        let status = status.unwrap_or(answer.status);
        let said = body.and_then(|body| {
            body.errors
                .into_iter()
                .find_map(|complaint| complaint.code?.checked())
        });
        let code = answer::code(said.as_deref(), status, &[self.config.client_id.reveal()]);
        Failure::of(answer::kind_of(status), code, answer, now)
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

    fn request(&self, cursor: &Cursor, _token: Option<&str>, _now: DateTime<Utc>) -> Request {
        let page = page_of(cursor).unwrap_or(1);
        let url = self.config.base.endpoint("/2", "/events");
        // Filter forms as seen in public issues [M]. Past events are left out by default [O].
        let url = match &self.config.area {
            Area::Everywhere => url,
            Area::Country(code) => url.with("venue.country", code),
            Area::Near {
                latitude,
                longitude,
                km,
            } => {
                let miles = u64::from(*km)
                    .saturating_mul(1_000)
                    .checked_div(1_609)
                    .unwrap_or(1)
                    .max(1);
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
        let Some(number) = page_of(cursor) else {
            return answer::strange_cursor(answer, now);
        };
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        if answer.status != 200 {
            return self.refusal(answer, now).into();
        }
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
        let size = Some(meta.per_page).filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        let seen_before = size.saturating_mul(number.saturating_sub(1));
        if entries.is_empty() && (meta.total > seen_before || (meta.total == 0 && meta.took == Some(0))) {
            // A healthy query once answered nothing, in no time [O]. Past the end, `total` stays true [O].
            return Failure::of(FailureKind::Unavailable, "suspect_empty", answer, now).into();
        }
        let mut page = Page::default();
        if !entries.is_empty() && meta.total > size.saturating_mul(number) {
            page.next = Some(Cursor::Page {
                scope: 0,
                page: number.saturating_add(1),
            });
        }
        page.gather(entries, |event, page| event.read(page).map(Some));
        Reading::Page(page)
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
    total: u32,
    per_page: u32,
    took: Option<u32>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = (Option<Meta>, bool);

    fn open(self) -> (Option<Vec<T>>, Self::Meta) {
        (self.events, (self.meta, self.errors.is_some()))
    }
}

#[derive(Deserialize)]
struct Event<'a> {
    id: Option<Id>,
    title: Option<String>,
    short_title: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    conditional: Option<bool>,
    datetime_local: Option<String>,
    datetime_utc: Option<String>,
    date_tbd: Option<bool>,
    time_tbd: Option<bool>,
    datetime_tbd: Option<bool>,
    url: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    performers: Vec<Performer>,
    #[serde(default, deserialize_with = "or_default")]
    taxonomies: Vec<Taxonomy>,
    venue: Option<Venue>,
    #[serde(borrow)]
    stats: Option<Stats<'a>>,
}

#[derive(Deserialize)]
struct Performer {
    id: Option<Id>,
    name: Option<String>,
    home_team: Option<bool>,
}

#[derive(Deserialize)]
struct Taxonomy {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Venue {
    id: Option<Id>,
    name: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    timezone: Option<String>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    lat: Option<Degrees>,
    lon: Option<Degrees>,
}

/// Every member may be `null` or absent \[O\], and the two mean different things: see [`Stats::price`].
#[derive(Deserialize, Default)]
#[serde(default)]
struct Stats<'a> {
    #[serde(borrow)]
    lowest_price: Field<Decimal<'a>>,
    #[serde(borrow)]
    lowest_sg_base_price: Field<Decimal<'a>>,
    listing_count: Field<Count>,
    ticket_count: Option<Count>,
}

impl Event<'_> {
    fn read(self, page: &mut Page) -> Result<SourceEvent, Rejected> {
        let id = decode::id(self.id)?;
        let name = decode::name(decode::text(self.title).or(self.short_title), &id)?;
        let word = self.status.unwrap_or_default();
        let status = match page.status(status(&word), &word) {
            EventStatus::Onsale if self.conditional == Some(true) => EventStatus::Contingent,
            status => status,
        };
        let said = |flag: Option<bool>| flag == Some(true);
        let bad_date = |times::BadDate| reject(&id, "bad_date");
        let local = times::wall(self.datetime_local.as_deref()).map_err(bad_date)?;
        // The three flags come separately: 03:30 with `time_tbd` had `datetime_tbd` false [O].
        let date_tbd = said(self.date_tbd) || said(self.datetime_tbd) || local.is_none();
        let time_tbd = date_tbd || said(self.time_tbd);
        let utc = if time_tbd {
            None
        } else {
            times::bare_utc(self.datetime_utc.as_deref()).map_err(bad_date)?
        };
        let by_type = self.kind.as_deref().is_some_and(|kind| kind.contains("parking"));
        let figures = self.stats.unwrap_or_default();
        let price = match status {
            EventStatus::Cancelled => Price::absent(AbsentReason::NotOnSale),
            _ => figures.price(),
        };
        let performers = self.performers.into_iter().filter_map(|performer| {
            let name = decode::text(performer.name)?;
            Some(SourcePerformer {
                id: performer.id.and_then(Id::checked),
                name,
                home: said(performer.home_team),
            })
        });
        let genre = self
            .taxonomies
            .into_iter()
            .find_map(|taxonomy| decode::text(taxonomy.name))
            .or(self.kind);
        Ok(SourceEvent {
            market: Market::SeatGeek,
            kind: if by_type {
                EventKind::AddOn
            } else {
                addon::kind_by_name(&name)
            },
            id,
            former_ids: Vec::new(),
            name,
            performers: performers.collect(),
            venue: self.venue.map(Venue::read).unwrap_or_default(),
            start: Start {
                utc,
                local,
                date_tbd,
                time_tbd,
            },
            status,
            genre: genre.map(|genre| genre.to_lowercase()),
            url: web_link(self.url),
            foreign_ids: Vec::new(),
            quote: Quote {
                price,
                listings: decode::count(figures.listing_count.value(), &price),
                tickets: decode::count(figures.ticket_count, &price),
            },
        })
    }
}

impl Stats<'_> {
    fn price(&self) -> Price {
        // `{}`, or no object at all, is what keys without approval get [O].
        if !(self.lowest_price.is_present()
            || self.lowest_sg_base_price.is_present()
            || self.listing_count.is_present())
        {
            return Price::absent(AbsentReason::Restricted);
        }
        // SeatGeek names no currency; its samples are in dollars, Canadian venues included [I].
        let usd = |amount: Field<Decimal<'_>>, basis| {
            decode::quoted(amount.value(), Some(Currency::USD.as_str()), basis)
        };
        let total = usd(self.lowest_price, FeeBasis::AllIn);
        let base = usd(self.lowest_sg_base_price, FeeBasis::BeforeFees);
        match (
            total.money(),
            base.money(),
            self.listing_count.value().and_then(Count::get),
        ) {
            (Some(_), ..) => total,
            (None, Some(_), _) => base,
            (None, None, Some(0)) => Price::absent(AbsentReason::SoldOut),
            // All `null` means nothing listed on SeatGeek at the moment [I]: it may come.
            (None, None, _) => Price::absent(AbsentReason::Unknown),
        }
    }
}

impl Venue {
    fn read(self) -> SourceVenue {
        let (latitude, longitude) = self
            .location
            .map_or((None, None), |location| decode::place(location.lat, location.lon));
        SourceVenue {
            id: self.id.and_then(Id::checked),
            name: decode::text(self.name).unwrap_or_default(),
            city: decode::text(self.city),
            region: decode::text(self.state),
            country: decode::text(self.country),
            latitude,
            longitude,
            timezone: decode::text(self.timezone),
        }
    }
}

fn status(word: &str) -> Option<EventStatus> {
    Some(match word {
        "normal" => EventStatus::Onsale,
        // Only `normal` is in the samples; the others are [M].
        "postponed" => EventStatus::Postponed,
        "rescheduled" => EventStatus::Rescheduled,
        "cancelled" | "canceled" => EventStatus::Cancelled,
        "contingent" => EventStatus::Contingent,
        _ => return None,
    })
}
