//! One entry of a Discovery page, and what it says of dates, prices and places.

use chrono::{DateTime, Utc};
use prices::{AbsentReason, FeeBasis, Market, Price};
use serde::Deserialize;

use crate::adapter::{Page, Rejected};
use crate::addon;
use crate::decode::{self, Decimal, Degrees, Entity, Id, Named, or_default, reject};
use crate::event::{EventStatus, Quote, SourceEvent, SourcePerformer, SourceVenue, Start};
use crate::times;
use crate::url::web_link;

/// One event as Discovery sends it: the fields we need, about a fiftieth of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    id: Option<Id>,
    name: Option<String>,
    test: Option<bool>,
    url: Option<String>,
    dates: Option<Dates>,
    sales: Option<Sales>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    price_ranges: Vec<PriceRange<'a>>,
    ticketing: Option<Ticketing>,
    #[serde(default, deserialize_with = "or_default")]
    classifications: Vec<Classification>,
    #[serde(rename = "_embedded")]
    embedded: Option<Around>,
}

#[derive(Deserialize)]
struct Dates {
    start: Option<StartDates>,
    timezone: Option<String>,
    status: Option<StatusCode>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct StartDates {
    local_date: Option<String>,
    local_time: Option<String>,
    date_time: Option<String>,
    #[serde(rename = "dateTBD")]
    date_tbd: Option<bool>,
    #[serde(rename = "dateTBA")]
    date_tba: Option<bool>,
    #[serde(rename = "timeTBA")]
    time_tba: Option<bool>,
    no_specific_time: Option<bool>,
}

#[derive(Deserialize)]
struct StatusCode {
    code: Option<String>,
}

#[derive(Deserialize)]
struct Sales {
    public: Option<PublicSale>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PublicSale {
    start_date_time: Option<String>,
}

#[derive(Deserialize)]
struct PriceRange<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    currency: Option<String>,
    #[serde(borrow)]
    min: Option<Decimal<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ticketing {
    all_inclusive_pricing: Option<Switch>,
}

#[derive(Deserialize)]
struct Switch {
    enabled: Option<bool>,
}

#[derive(Deserialize)]
struct Classification {
    primary: Option<bool>,
    segment: Option<Named>,
}

#[derive(Deserialize)]
struct Around {
    #[serde(default, deserialize_with = "or_default")]
    venues: Vec<Venue>,
    #[serde(default, deserialize_with = "or_default")]
    attractions: Vec<Entity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Venue {
    id: Option<Id>,
    name: Option<String>,
    timezone: Option<String>,
    city: Option<Named>,
    state: Option<State>,
    country: Option<Country>,
    location: Option<Location>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    state_code: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Country {
    country_code: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
}

impl Event<'_> {
    /// The entry as an event; `None` for a test event.
    pub(super) fn read(
        mut self,
        page: &mut Page,
        now: DateTime<Utc>,
    ) -> Result<Option<SourceEvent>, Rejected> {
        if self.test == Some(true) {
            return Ok(None);
        }
        let id = decode::id(self.id.take())?;
        let name = decode::name(self.name.take(), &id)?;
        let word = self.dates.as_mut().and_then(|dates| dates.status.take()?.code).unwrap_or_default();
        let status = page.status(status(&word), &word);
        let start = self.start().map_err(|times::BadDate| reject(&id, "bad_date"))?;
        let resale = is_resale(&id, self.url.as_deref());
        let quote = Quote::of(self.price(status, resale, now));
        let zone = self.dates.take().and_then(|dates| decode::text(dates.timezone));
        let Around { venues, attractions } =
            self.embedded.take().unwrap_or(Around { venues: Vec::new(), attractions: Vec::new() });
        let performers = attractions.into_iter().filter_map(|attraction| {
            let name = decode::text(attraction.name)?;
            Some(SourcePerformer { id: attraction.id.and_then(Id::checked), name, home: false })
        });
        Ok(Some(SourceEvent {
            market: Market::Ticketmaster,
            kind: addon::kind_by_name(&name),
            id,
            former_ids: Vec::new(),
            name,
            performers: performers.collect(),
            venue: venue(venues.into_iter().next(), zone),
            start,
            status,
            genre: genre(self.classifications),
            url: web_link(self.url),
            foreign_ids: Vec::new(),
            quote,
            listings: None,
        }))
    }

    fn start(&mut self) -> Result<Start, times::BadDate> {
        let given = self.dates.as_mut().and_then(|dates| dates.start.take()).unwrap_or_default();
        let said = |flag: Option<bool>| flag == Some(true);
        let local = times::date_and_time(given.local_date.as_deref(), given.local_time.as_deref())?;
        let date_tbd = said(given.date_tbd) || said(given.date_tba) || local.is_none();
        // A time to be announced shows as a missing `localTime` [D].
        let no_time = decode::text(given.local_time).is_none();
        let time_tbd = date_tbd || said(given.time_tba) || said(given.no_specific_time) || no_time;
        let utc = if time_tbd { None } else { times::instant(given.date_time.as_deref())? };
        Ok(Start { utc, local, date_tbd, time_tbd })
    }

    fn price(&self, status: EventStatus, resale: bool, now: DateTime<Utc>) -> Price {
        // Ranges stay on events whose sale is over [I]: nobody can pay them any more.
        if matches!(status, EventStatus::Offsale | EventStatus::Cancelled) {
            return Price::absent(AbsentReason::NotOnSale);
        }
        let inclusive =
            self.ticketing.as_ref().and_then(|ticketing| ticketing.all_inclusive_pricing.as_ref()?.enabled);
        let lowest = self
            .price_ranges
            .iter()
            .map(|range| {
                decode::quoted(
                    range.min,
                    range.currency.as_deref(),
                    range.basis(inclusive == Some(true), resale),
                )
            })
            .filter_map(|price| Some((price.basis()?, price.money()?.amount_minor, price)))
            // A total is worth more to people than a lower price before fees: it is what they pay.
            .min_by_key(|(basis, amount, _)| (rank(*basis), *amount));
        let sale_begins =
            self.sales.as_ref().and_then(|sales| sales.public.as_ref()?.start_date_time.as_deref());
        match lowest {
            Some((_, _, price)) => price,
            // 18 % of events say 1900-01-01 here [O], which reads as no date.
            None if matches!(times::instant(sale_begins), Ok(Some(begins)) if begins > now) => {
                Price::absent(AbsentReason::NotOnSale)
            }
            None => Price::absent(AbsentReason::Unknown),
        }
    }
}

impl PriceRange<'_> {
    /// `standard` is the face value, `standard including fees` the total \[D\]; other types (resale, platinum) do
    /// not say what they include.
    fn basis(&self, all_inclusive: bool, resale: bool) -> FeeBasis {
        match self.kind.as_deref().map(str::trim) {
            // No face value there, whatever it is called [I].
            Some("standard") if resale => FeeBasis::Unknown,
            Some(kind) if kind.contains("including fees") => FeeBasis::AllIn,
            Some("standard") if all_inclusive => FeeBasis::AllIn,
            Some("standard") => FeeBasis::BeforeFees,
            _ => FeeBasis::Unknown,
        }
    }
}

/// Whether the event stands in the resale source (`tmr`): its pages are on `TicketsNow`, its ids begin alike \[O\].
fn is_resale(id: &str, url: Option<&str>) -> bool {
    let host = url.and_then(|url| url.split('/').nth(2));
    match host {
        Some(host) => host == "ticketsnow.com" || host.ends_with(".ticketsnow.com"),
        None => id.starts_with("Z7r9j"),
    }
}

const fn rank(basis: FeeBasis) -> u8 {
    match basis {
        FeeBasis::AllIn => 0,
        FeeBasis::BeforeFees => 1,
        FeeBasis::Unknown => 2,
    }
}

fn status(word: &str) -> Option<EventStatus> {
    Some(match word {
        "onsale" => EventStatus::Onsale,
        "offsale" => EventStatus::Offsale,
        // Documented with one l, sent with two [O].
        "canceled" | "cancelled" => EventStatus::Cancelled,
        "postponed" => EventStatus::Postponed,
        "rescheduled" => EventStatus::Rescheduled,
        _ => return None,
    })
}

fn genre(classifications: Vec<Classification>) -> Option<String> {
    let named = |class: Classification| {
        let name = decode::text(class.segment?.name)?.to_lowercase();
        // Placeholders [O].
        (!matches!(name.as_str(), "undefined" | "other")).then_some(name)
    };
    let (primary, others): (Vec<_>, Vec<_>) =
        classifications.into_iter().partition(|class| class.primary == Some(true));
    primary.into_iter().chain(others).find_map(named)
}

fn venue(given: Option<Venue>, event_zone: Option<String>) -> SourceVenue {
    let Some(venue) = given else {
        return SourceVenue { timezone: event_zone, ..SourceVenue::default() };
    };
    let (latitude, longitude) =
        venue.location.map_or((None, None), |location| decode::place(location.latitude, location.longitude));
    SourceVenue {
        id: venue.id.and_then(Id::checked),
        name: decode::text(venue.name).unwrap_or_default(),
        city: venue.city.and_then(|city| decode::text(city.name)),
        region: venue
            .state
            .and_then(|state| decode::text(state.state_code).or_else(|| decode::text(state.name))),
        country: venue.country.and_then(|country| decode::text(country.country_code)),
        latitude,
        longitude,
        // The event's own zone is missing on 21 % [O].
        timezone: event_zone.or_else(|| decode::text(venue.timezone)),
    }
}
