//! One entry of a feed.

use prices::{AbsentReason, Currency, FeeBasis, Market, Money, Price};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde_json::value::RawValue;

use crate::adapter::{Page, Rejected};
use crate::addon;
use crate::decode::{self, Count, Envelope, Id, or_default, reject};
use crate::event::{EventStatus, Listing, Quote, SourceEvent, SourcePerformer, SourceVenue, Start};
use crate::seats;
use crate::times;
use crate::url::web_link;

/// A page of offers, and where the next one is.
pub(super) fn page(body: &str) -> Option<(Page, Option<String>)> {
    let (entries, meta) = decode::page::<Offer, Body<Offer>, Body<&RawValue>, _>(body)?;
    let deleted = meta.deleted.into_iter().filter_map(Id::checked).collect();
    let mut page = Page { synthetic: meta.synthetic, deleted, ..Page::default() };
    page.gather(entries?, |offer, page| offer.read(page).map(Some));
    Some((page, meta.next))
}

#[derive(Deserialize)]
struct Body<T> {
    offers: Option<Vec<T>>,
    #[serde(default, deserialize_with = "or_default")]
    synthetic: bool,
    #[serde(default, deserialize_with = "or_default")]
    deleted: Vec<Id>,
    next: Option<String>,
}

struct Meta {
    synthetic: bool,
    deleted: Vec<Id>,
    next: Option<String>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = Meta;

    fn open(self) -> (Option<Vec<T>>, Meta) {
        let next = self.next.filter(|next| !next.is_empty());
        (self.offers, Meta { synthetic: self.synthetic, deleted: self.deleted, next })
    }
}

/// One event with what it costs.
#[derive(Deserialize, Default)]
pub(crate) struct Offer {
    #[serde(alias = "id")]
    pub(crate) event_id: Option<Id>,
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) performers: Vec<String>,
    pub(crate) venue: Option<Venue>,
    pub(crate) start_local: Option<String>,
    pub(crate) start_utc: Option<String>,
    pub(crate) time_tbd: Option<bool>,
    pub(crate) date_tbd: Option<bool>,
    pub(crate) status: Option<String>,
    pub(crate) price: Option<StatedPrice>,
    pub(crate) absent_reason: Option<String>,
    pub(crate) listing_count: Option<Count>,
    pub(crate) ticket_count: Option<Count>,
    pub(crate) url: Option<String>,
    pub(crate) listings: Option<Vec<Seats>>,
}

#[derive(Deserialize, Default)]
pub(crate) struct Venue {
    pub(crate) name: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) timezone: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct StatedPrice {
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) basis: Option<String>,
    pub(crate) before_fees_minor: Option<i64>,
}

/// Some seats that are sold together.
#[derive(Deserialize)]
pub(crate) struct Seats {
    pub(crate) id: Option<Id>,
    pub(crate) section: Option<String>,
    pub(crate) row: Option<String>,
    pub(crate) quantity: Option<Count>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) splits: Vec<u32>,
    pub(crate) price: Option<StatedPrice>,
}

/// `word` as one of our own `snake_case` words.
fn ours<'a, T: Deserialize<'a>>(word: &'a str) -> Option<T> {
    let deserializer: StrDeserializer<'a, WordError> = word.into_deserializer();
    T::deserialize(deserializer).ok()
}

impl StatedPrice {
    fn read(&self) -> Price {
        let basis = self.basis.as_deref().and_then(ours).unwrap_or(FeeBasis::Unknown);
        Price::quoted(Money::new(self.amount_minor, self.currency), basis)
    }

    /// The same ticket before fees: a pair with an all-in price, and with nothing else.
    fn before_fees(&self, price: &Price) -> Option<Money> {
        let before = self.before_fees_minor.filter(|amount| *amount > 0)?;
        (price.basis() == Some(FeeBasis::AllIn)).then(|| Money::new(before, self.currency))
    }
}

impl Seats {
    /// The listing with what the same seat costs before fees; `None` where nothing is left of it.
    fn read(self) -> Option<(Listing, Option<Money>)> {
        let price = self.price.as_ref().map_or(Price::absent(AbsentReason::Unknown), StatedPrice::read);
        let before_fees = self.price.and_then(|stated| stated.before_fees(&price));
        let quantity = self.quantity.and_then(Count::get).filter(|quantity| *quantity > 0)?;
        let listing = Listing {
            id: self.id?.checked()?,
            section: decode::text(self.section),
            row: decode::text(self.row),
            quantity,
            splits: seats::splits(self.splits, quantity),
            price,
        };
        Some((listing, before_fees))
    }
}

impl Offer {
    /// The entry as an event. A listing without id or seats is left out and counted.
    pub(crate) fn read(self, page: &mut Page) -> Result<SourceEvent, Rejected> {
        let id = decode::id(self.event_id)?;
        let name = decode::name(self.name, &id)?;
        let word = self.status.unwrap_or_default();
        let known = ours::<EventStatus>(&word);
        let status = page.status(known, &word);
        let bad_date = |times::BadDate| reject(&id, "bad_date");
        let local = times::wall(self.start_local.as_deref()).map_err(bad_date)?;
        let utc = times::instant(self.start_utc.as_deref()).map_err(bad_date)?;
        let date_tbd = self.date_tbd == Some(true) || (local.is_none() && utc.is_none());
        let time_tbd = date_tbd || self.time_tbd == Some(true);
        let listings = self.listings.map(|all| {
            let stated = u32::try_from(all.len()).unwrap_or(u32::MAX);
            let read: Vec<_> = all.into_iter().filter_map(Seats::read).collect();
            let kept = u32::try_from(read.len()).unwrap_or(u32::MAX);
            page.skipped = page.skipped.saturating_add(stated.saturating_sub(kept));
            read
        });
        let reason = self.absent_reason.as_deref().map(|word| ours(word).unwrap_or(AbsentReason::Unknown));
        let quote = match (&self.price, reason, &listings) {
            (None, None, Some(listings)) => seats::quote(listings),
            (stated, reason, listings) => {
                let counted =
                    listings.as_ref().and_then(|all| u32::try_from(all.len()).ok()).filter(|n| *n > 0);
                let price = stated.as_ref().map(StatedPrice::read);
                let price = price.unwrap_or(Price::absent(reason.unwrap_or(AbsentReason::Unknown)));
                Quote {
                    price,
                    listings: decode::count(self.listing_count, &price).or(counted),
                    tickets: decode::count(self.ticket_count, &price),
                    before_fees: stated.as_ref().and_then(|stated| stated.before_fees(&price)),
                }
            }
        };
        let venue = self.venue.unwrap_or_default();
        let performers = self.performers.into_iter().filter_map(|name| {
            Some(SourcePerformer { id: None, name: decode::text(Some(name))?, home: false })
        });
        Ok(SourceEvent {
            market: Market::Feed,
            kind: addon::kind_by_name(&name),
            id,
            former_ids: Vec::new(),
            name,
            performers: performers.collect(),
            venue: SourceVenue {
                name: decode::text(venue.name).unwrap_or_default(),
                city: decode::text(venue.city),
                region: decode::text(venue.region),
                country: decode::text(venue.country),
                timezone: decode::text(venue.timezone),
                ..SourceVenue::default()
            },
            start: Start { utc: utc.filter(|_| !time_tbd), local, date_tbd, time_tbd },
            status,
            genre: None,
            url: web_link(self.url),
            foreign_ids: Vec::new(),
            quote,
            listings: listings.map(|all| all.into_iter().map(|(listing, _)| listing).collect()),
        })
    }
}
