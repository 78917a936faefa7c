//! One entry of the catalogue.

use chrono::NaiveTime;
use prices::{AbsentReason, Currency, FeeBasis, Market, Price};
use serde::Deserialize;

use crate::adapter::{Page, Rejected};
use crate::addon;
use crate::decode::{self, Count, Decimal, Degrees, Entity, Id, or_default, reject};
use crate::event::{EventStatus, Quote, SourceEvent, SourcePerformer, SourceVenue, Start};
use crate::times;

/// One event as TicketEvolution sends it: the fields we need.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    id: Option<Id>,
    name: Option<String>,
    state: Option<String>,
    occurs_at: Option<String>,
    occurs_at_local: Option<String>,
    products_count: Option<Count>,
    available_count: Option<Count>,
    #[serde(borrow)]
    min_price: Option<Decimal<'a>>,
    venue: Option<Venue>,
    #[serde(default, deserialize_with = "or_default")]
    performances: Vec<Performance>,
    category: Option<Category>,
}

#[derive(Deserialize)]
struct Performance {
    primary: Option<bool>,
    performer: Option<Entity>,
}

#[derive(Deserialize)]
struct Category {
    name: Option<String>,
    parent: Option<Box<Category>>,
}

#[derive(Deserialize)]
struct Venue {
    id: Option<Id>,
    name: Option<String>,
    location: Option<String>,
    time_zone: Option<String>,
    address: Option<Address>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Address {
    locality: Option<String>,
    region: Option<String>,
    country_code: Option<String>,
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
}

impl Event<'_> {
    /// The id of an event that was taken back.
    pub(super) fn deleted(self) -> Result<String, Rejected> {
        decode::id(self.id)
    }

    /// The entry as an event.
    pub(super) fn read(self, page: &mut Page) -> Result<SourceEvent, Rejected> {
        let id = decode::id(self.id)?;
        let name = decode::name(self.name, &id)?;
        let word = self.state.unwrap_or_default();
        let status = page.status(status(&word), &word);
        let start = start(self.occurs_at.as_deref(), self.occurs_at_local.as_deref())
            .map_err(|times::BadDate| reject(&id, "bad_date"))?;
        let price = match status {
            EventStatus::Cancelled => Price::absent(AbsentReason::NotOnSale),
            _ => price(self.min_price, self.available_count),
        };
        let sports = name.contains(" at ");
        let performers = self.performances.into_iter().filter_map(|performance| {
            let performer = performance.performer?;
            // In a game the home side is the primary performer; at a concert that is the headliner [D].
            let home = sports && performance.primary == Some(true);
            Some(SourcePerformer {
                id: performer.id.and_then(Id::checked),
                name: decode::text(performer.name)?,
                home,
            })
        });
        Ok(SourceEvent {
            market: Market::TicketEvolution,
            kind: addon::kind_by_name(&name),
            id,
            former_ids: Vec::new(),
            performers: performers.collect(),
            venue: self.venue.map(Venue::read).unwrap_or_default(),
            start,
            status,
            genre: self.category.and_then(Category::root).map(|genre| genre.to_lowercase()),
            // The links are the API's own, for keys; people buy on the sites of those who sell through it.
            url: None,
            foreign_ids: Vec::new(),
            quote: Quote {
                listings: decode::count(self.products_count, &price),
                tickets: decode::count(self.available_count, &price),
                ..Quote::of(price)
            },
            listings: None,
            name,
        })
    }
}

/// `occurs_at` is the venue's clock although it ends in `Z` \[O\]; `occurs_at_local` adds the true offset \[D\]. Midnight
/// means that the time is to be announced \[D\].
fn start(occurs_at: Option<&str>, local: Option<&str>) -> Result<Start, times::BadDate> {
    let moment = times::offset(local)?;
    let wall = match moment {
        Some(moment) => Some(moment.naive_local()),
        None => times::offset(occurs_at)?.map(|clock| clock.naive_local()),
    };
    let time_tbd = wall.is_none_or(|wall| wall.time() == NaiveTime::MIN);
    Ok(Start {
        utc: moment.map(|moment| moment.to_utc()).filter(|_| !time_tbd),
        local: wall,
        date_tbd: wall.is_none(),
        time_tbd,
    })
}

/// The cheapest ticket by the key's own prices; as in listings, fees of whoever sells are not in it \[I\].
fn price(lowest: Option<Decimal<'_>>, left: Option<Count>) -> Price {
    let quoted = decode::quoted(lowest, Some(Currency::USD.as_str()), FeeBasis::BeforeFees);
    match (quoted.money(), left.and_then(Count::get)) {
        (None, Some(0)) => Price::absent(AbsentReason::SoldOut),
        _ => quoted,
    }
}

impl Category {
    /// The widest category: "Sports" over "Baseball" over "MLB".
    fn root(self) -> Option<String> {
        match self.parent {
            Some(parent) => parent.root(),
            None => decode::text(self.name),
        }
    }
}

impl Venue {
    fn read(self) -> SourceVenue {
        let address = self.address.unwrap_or_default();
        let (latitude, longitude) = decode::place(address.latitude, address.longitude);
        // "Arlington, TX": lists give the place as one text [O].
        let place = self.location.unwrap_or_default();
        let (city, region) = place.rsplit_once(',').unwrap_or((place.as_str(), ""));
        SourceVenue {
            id: self.id.and_then(Id::checked),
            name: decode::text(self.name).unwrap_or_default(),
            city: decode::text(address.locality).or_else(|| decode::text(Some(city.to_owned()))),
            region: decode::text(address.region).or_else(|| decode::text(Some(region.to_owned()))),
            country: decode::text(address.country_code),
            latitude,
            longitude,
            timezone: decode::text(self.time_zone).filter(|zone| zone.contains('/')),
        }
    }
}

fn status(word: &str) -> Option<EventStatus> {
    Some(match word {
        "shown" => EventStatus::Onsale,
        "postponed" => EventStatus::Postponed,
        "canceled" | "cancelled" => EventStatus::Cancelled,
        _ => return None,
    })
}
