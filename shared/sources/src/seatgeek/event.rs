//! One entry of an events page.

use prices::{AbsentReason, Currency, FeeBasis, Market, Money, Price};
use serde::Deserialize;

use crate::adapter::{Page, Rejected};
use crate::addon;
use crate::decode::{self, Count, Decimal, Degrees, Field, Id, Named, or_default, reject};
use crate::event::{EventKind, EventStatus, Quote, SourceEvent, SourcePerformer, SourceVenue, Start};
use crate::times;
use crate::url::web_link;

/// One event as SeatGeek sends it: the fields we need.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
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
    taxonomies: Vec<Named>,
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
    /// The entry as an event.
    pub(super) fn read(self, page: &mut Page) -> Result<SourceEvent, Rejected> {
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
        let utc =
            if time_tbd { None } else { times::bare_utc(self.datetime_utc.as_deref()).map_err(bad_date)? };
        let by_type = self.kind.as_deref().is_some_and(|kind| kind.contains("parking"));
        let figures = self.stats.unwrap_or_default();
        let (price, before_fees) = match status {
            EventStatus::Cancelled => (Price::absent(AbsentReason::NotOnSale), None),
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
        let genre =
            self.taxonomies.into_iter().find_map(|taxonomy| decode::text(taxonomy.name)).or(self.kind);
        Ok(SourceEvent {
            market: Market::SeatGeek,
            kind: if by_type { EventKind::AddOn } else { addon::kind_by_name(&name) },
            id,
            former_ids: Vec::new(),
            name,
            performers: performers.collect(),
            venue: self.venue.map(Venue::read).unwrap_or_default(),
            start: Start { utc, local, date_tbd, time_tbd },
            status,
            genre: genre.map(|genre| genre.to_lowercase()),
            url: web_link(self.url),
            foreign_ids: Vec::new(),
            quote: Quote {
                price,
                listings: decode::count(figures.listing_count.value(), &price),
                tickets: decode::count(figures.ticket_count, &price),
                before_fees,
            },
            listings: None,
        })
    }
}

impl Stats<'_> {
    /// The cheapest ticket, and the same before fees where both are stated: `lowest_price` is about 1.35 times
    /// `lowest_sg_base_price` \[O\].
    fn price(&self) -> (Price, Option<Money>) {
        // `{}`, or no object at all, is what keys without approval get [O].
        if !(self.lowest_price.is_present()
            || self.lowest_sg_base_price.is_present()
            || self.listing_count.is_present())
        {
            return (Price::absent(AbsentReason::Restricted), None);
        }
        // SeatGeek names no currency; its samples are in dollars, Canadian venues included [I].
        let usd = |amount: Field<Decimal<'_>>, basis| {
            decode::quoted(amount.value(), Some(Currency::USD.as_str()), basis)
        };
        let total = usd(self.lowest_price, FeeBasis::AllIn);
        let base = usd(self.lowest_sg_base_price, FeeBasis::BeforeFees);
        match (total.money(), base.money(), self.listing_count.value().and_then(Count::get)) {
            (Some(_), before_fees, _) => (total, before_fees),
            (None, Some(_), _) => (base, None),
            (None, None, Some(0)) => (Price::absent(AbsentReason::SoldOut), None),
            // All `null` means nothing listed on SeatGeek at the moment [I]: it may come.
            (None, None, _) => (Price::absent(AbsentReason::Unknown), None),
        }
    }
}

impl Venue {
    fn read(self) -> SourceVenue {
        let (latitude, longitude) =
            self.location.map_or((None, None), |location| decode::place(location.lat, location.lon));
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
