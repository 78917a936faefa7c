//! One entry of the catalogue.

use chrono::{DateTime, Utc};
use prices::{AbsentReason, FeeBasis, Market, Price};
use serde::Deserialize;

use super::Link;
use crate::adapter::{Page, Rejected};
use crate::addon;
use crate::decode::{self, Decimal, Degrees, Entity, Id, Named, or_default, reject};
use crate::event::{
    EventKind, EventStatus, ForeignId, Quote, SourceEvent, SourcePerformer, SourceVenue, Start,
};
use crate::times;
use crate::url::web_link;

/// One event as the catalogue sends it: the fields we need.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    id: Option<Id>,
    name: Option<String>,
    start_date: Option<String>,
    on_sale_date: Option<String>,
    date_confirmed: Option<bool>,
    time_confirmed: Option<bool>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    min_ticket_price: Option<Amount<'a>>,
    status: Option<String>,
    #[serde(rename = "_links")]
    links: Option<EventLinks>,
    #[serde(rename = "_embedded")]
    embedded: Option<Around>,
}

#[derive(Deserialize)]
struct Amount<'a> {
    #[serde(borrow)]
    amount: Option<Decimal<'a>>,
    currency_code: Option<String>,
}

#[derive(Deserialize)]
struct EventLinks {
    #[serde(rename = "event:webpage")]
    webpage: Option<Link>,
}

#[derive(Deserialize, Default)]
struct Around {
    #[serde(default, deserialize_with = "or_default")]
    categories: Vec<Category>,
    #[serde(default, deserialize_with = "or_default")]
    external_mappings: Vec<Mapping>,
    #[serde(default, deserialize_with = "or_default")]
    merged_events: Vec<Entity>,
    genre: Option<Named>,
    venue: Option<Venue>,
}

#[derive(Deserialize)]
struct Category {
    id: Option<Id>,
    name: Option<String>,
    role: Option<String>,
}

#[derive(Deserialize)]
struct Mapping {
    id: Option<Id>,
    platform_name: Option<String>,
}

#[derive(Deserialize)]
struct Venue {
    id: Option<Id>,
    name: Option<String>,
    city: Option<String>,
    state_province: Option<String>,
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
    #[serde(rename = "_embedded")]
    embedded: Option<VenueAround>,
}

#[derive(Deserialize)]
struct VenueAround {
    country: Option<Country>,
}

#[derive(Deserialize)]
struct Country {
    code: Option<String>,
}

impl Event<'_> {
    /// The id of an event that was taken back.
    pub(super) fn deleted(self) -> Result<String, Rejected> {
        decode::id(self.id)
    }

    /// The entry as an event.
    pub(super) fn read(self, page: &mut Page, now: DateTime<Utc>) -> Result<SourceEvent, Rejected> {
        let id = decode::id(self.id)?;
        let name = decode::name(self.name, &id)?;
        let word = self.status.unwrap_or_default();
        let status = page.status(status(&word), &word);
        let bad_date = |times::BadDate| reject(&id, "bad_date");
        let start =
            start(self.start_date.as_deref(), self.date_confirmed, self.time_confirmed).map_err(bad_date)?;
        let price = match status {
            EventStatus::Cancelled | EventStatus::Draft => Price::absent(AbsentReason::NotOnSale),
            _ => price(self.min_ticket_price, self.on_sale_date.as_deref(), now),
        };
        let around = self.embedded.unwrap_or_default();
        let parking = self.kind.as_deref() == Some("Parking");
        let former_ids = around.merged_events.into_iter().filter_map(|merged| merged.id?.checked());
        Ok(SourceEvent {
            market: Market::StubHub,
            former_ids: former_ids.filter(|former| *former != id).collect(),
            kind: if parking { EventKind::AddOn } else { addon::kind_by_name(&name) },
            id,
            name,
            performers: around.categories.into_iter().filter_map(Category::performer).collect(),
            venue: around.venue.map(Venue::read).unwrap_or_default(),
            start,
            status,
            genre: around.genre.and_then(|genre| decode::text(genre.name)).map(|name| name.to_lowercase()),
            url: web_link(self.links.and_then(|links| links.webpage?.href)),
            foreign_ids: around.external_mappings.into_iter().filter_map(Mapping::read).collect(),
            quote: Quote::of(price),
            listings: None,
        })
    }
}

/// `start_date` carries the venue's offset \[D\]; unconfirmed times look plausible and mean nothing \[O\].
fn start(
    date: Option<&str>,
    date_confirmed: Option<bool>,
    time_confirmed: Option<bool>,
) -> Result<Start, times::BadDate> {
    let (moment, bare) = match times::offset(date) {
        Ok(moment) => (moment, None),
        Err(times::BadDate) => (None, times::wall(date)?),
    };
    // A trailing `Z` states the instant but not the venue's clock [I].
    let in_utc = date.is_some_and(|text| text.trim_end().ends_with(['Z', 'z']));
    let wall = moment.filter(|_| !in_utc).map(|moment| moment.naive_local());
    let date_tbd = date_confirmed == Some(false) || (moment.is_none() && bare.is_none());
    let time_tbd = date_tbd || time_confirmed == Some(false);
    let utc = moment.map(|moment| moment.to_utc());
    // With the time open the instant is void, but its date must not be lost with it.
    let local = wall.or(bare).or_else(|| utc.filter(|_| time_tbd).map(|utc| utc.naive_utc()));
    Ok(Start { utc: utc.filter(|_| !time_tbd), local, date_tbd, time_tbd })
}

/// Whether fees are inside is not documented; users report it above the site's price, so probably yes \[I\].
fn price(stated: Option<Amount<'_>>, on_sale: Option<&str>, now: DateTime<Utc>) -> Price {
    let quoted = stated.map_or(Price::absent(AbsentReason::Unknown), |money| {
        decode::quoted(money.amount, money.currency_code.as_deref(), FeeBasis::Unknown)
    });
    match (quoted.money(), times::instant(on_sale)) {
        (None, Ok(Some(begins))) if begins > now => Price::absent(AbsentReason::NotOnSale),
        _ => quoted,
    }
}

impl Category {
    /// Performers are told from leagues, tours and tournaments by their role \[D\]; without a role it is taken for a
    /// performer \[I\].
    fn performer(self) -> Option<SourcePerformer> {
        let role = self.role.as_deref().unwrap_or_default();
        if matches!(role, "Tournament" | "SportsLeague" | "ConcertTour") {
            return None;
        }
        let home = role == "HomeTeam";
        Some(SourcePerformer { name: decode::text(self.name)?, id: self.id.and_then(Id::checked), home })
    }
}

impl Mapping {
    /// Ids on platforms we watch. `legacy_stubhub`, the only one documented, is StubHub's own numbering until 2022,
    /// which others still hold.
    fn read(self) -> Option<ForeignId> {
        let market = match self.platform_name?.to_ascii_lowercase().as_str() {
            "legacy_stubhub" => Market::StubHub,
            other => other.parse().ok()?,
        };
        Some(ForeignId { market, id: self.id?.checked()? })
    }
}

impl Venue {
    fn read(self) -> SourceVenue {
        let (latitude, longitude) = decode::place(self.latitude, self.longitude);
        SourceVenue {
            id: self.id.and_then(Id::checked),
            name: decode::text(self.name).unwrap_or_default(),
            city: decode::text(self.city),
            region: decode::text(self.state_province),
            country: self.embedded.and_then(|around| decode::text(around.country?.code)),
            latitude,
            longitude,
            timezone: None,
        }
    }
}

fn status(word: &str) -> Option<EventStatus> {
    Some(match word {
        "Normal" => EventStatus::Onsale,
        "Postponed" => EventStatus::Postponed,
        "Rescheduled" | "RelocatedAndRescheduled" => EventStatus::Rescheduled,
        "Relocated" => EventStatus::Relocated,
        "Cancelled" | "Deleted" => EventStatus::Cancelled,
        "Contingent" => EventStatus::Contingent,
        "Draft" => EventStatus::Draft,
        _ => return None,
    })
}
