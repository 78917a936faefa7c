//! One entry of an organisation's list.

use prices::Market;
use serde::Deserialize;

use super::tickets::{Availability, TicketClass, price, tickets_left};
use crate::adapter::{Page, Rejected};
use crate::addon;
use crate::decode::{self, Degrees, Id, or_default, reject};
use crate::event::{EventStatus, Quote, SourceEvent, SourceVenue, Start};
use crate::times;
use crate::url::web_link;

/// One event as Eventbrite sends it, with the expansions we ask for.
#[derive(Deserialize)]
pub(super) struct Event {
    id: Option<Id>,
    name: Option<Text>,
    url: Option<String>,
    start: Option<When>,
    status: Option<String>,
    is_free: Option<bool>,
    is_series_parent: Option<bool>,
    venue_id: Option<Id>,
    venue: Option<Venue>,
    ticket_availability: Option<Availability>,
    #[serde(default, deserialize_with = "or_default")]
    ticket_classes: Vec<TicketClass>,
}

/// Texts come twice, plain and as HTML.
#[derive(Deserialize)]
struct Text {
    text: Option<String>,
}

#[derive(Deserialize)]
struct When {
    timezone: Option<String>,
    local: Option<String>,
    utc: Option<String>,
}

#[derive(Deserialize)]
struct Venue {
    id: Option<Id>,
    name: Option<String>,
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
    address: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
}

impl Event {
    /// The entry as an event; `None` for the parent of a series, whose dates are listed one by one.
    pub(super) fn read(self, page: &mut Page) -> Result<Option<SourceEvent>, Rejected> {
        if self.is_series_parent == Some(true) {
            return Ok(None);
        }
        let id = decode::id(self.id)?;
        let name = decode::name(self.name.and_then(|name| name.text), &id)?;
        let word = self.status.unwrap_or_default();
        let status = page.status(status(&word), &word);
        let when = self.start.unwrap_or(When { timezone: None, local: None, utc: None });
        let bad_date = |times::BadDate| reject(&id, "bad_date");
        let local = times::wall(when.local.as_deref()).map_err(bad_date)?;
        let utc = times::instant(when.utc.as_deref()).map_err(bad_date)?;
        let date_tbd = local.is_none() && utc.is_none();
        let (price, before_fees) = price(
            status,
            self.is_free == Some(true),
            &self.ticket_classes,
            self.ticket_availability.as_ref(),
        );
        let tickets = tickets_left(&self.ticket_classes).filter(|left| *left > 0 || price.money().is_none());
        Ok(Some(SourceEvent {
            market: Market::Eventbrite,
            kind: addon::kind_by_name(&name),
            id,
            former_ids: Vec::new(),
            name,
            performers: Vec::new(),
            venue: venue(self.venue, self.venue_id, when.timezone),
            start: Start { utc, local, date_tbd, time_tbd: date_tbd },
            status,
            genre: None,
            url: web_link(self.url),
            foreign_ids: Vec::new(),
            quote: Quote { tickets, before_fees, ..Quote::of(price) },
            listings: None,
        }))
    }
}

fn venue(given: Option<Venue>, id: Option<Id>, zone: Option<String>) -> SourceVenue {
    let timezone = decode::text(zone);
    let Some(venue) = given else {
        return SourceVenue { id: id.and_then(Id::checked), timezone, ..SourceVenue::default() };
    };
    let (latitude, longitude) = decode::place(venue.latitude, venue.longitude);
    let address = venue.address.unwrap_or(Address { city: None, region: None, country: None });
    SourceVenue {
        id: venue.id.or(id).and_then(Id::checked),
        name: decode::text(venue.name).unwrap_or_default(),
        city: decode::text(address.city),
        region: decode::text(address.region),
        country: decode::text(address.country),
        latitude,
        longitude,
        timezone,
    }
}

fn status(word: &str) -> Option<EventStatus> {
    Some(match word {
        "live" | "started" => EventStatus::Onsale,
        "ended" | "completed" => EventStatus::Ended,
        "canceled" | "cancelled" => EventStatus::Cancelled,
        "draft" => EventStatus::Draft,
        _ => return None,
    })
}
