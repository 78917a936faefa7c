//! What Ticketmaster tells keys that are approved for more: whether tickets are left, and what they cost in the end.
//!
//! Reading one event takes two calls: Inventory Status v1, then, unless nothing is left, Commerce v2 \[D\].

use prices::{AbsentReason, FeeBasis, Money, Price};
use serde::Deserialize;

use crate::decode::{self, Decimal, Id, or_default};
use crate::event::{Availability, Offers, Quote};

/// An entry of an Inventory Status answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    event_id: Option<Id>,
    status: Option<String>,
}

/// What Inventory Status says of event `id`; `None` when the answer is none.
pub(super) fn status(body: &str, id: &str) -> Option<Known> {
    let all: Vec<Status> = serde_json::from_str(body).ok()?;
    let ours = all.into_iter().find(|one| one.event_id.as_ref().is_some_and(|found| found.is(id)));
    let word = ours.and_then(|one| one.status).unwrap_or_else(|| "UNKNOWN".to_owned());
    Some(match word.as_str() {
        "TICKETS_AVAILABLE" => Known::Level(Availability::Available),
        "FEW_TICKETS_LEFT" => Known::Level(Availability::Few),
        "TICKETS_NOT_AVAILABLE" => Known::Level(Availability::None),
        "UNKNOWN" => Known::Nothing,
        _ => Known::Word(word),
    })
}

/// What the status word of an event says.
pub(super) enum Known {
    /// How much is left.
    Level(Availability),
    /// The provider does not know.
    Nothing,
    /// A word that is new to us.
    Word(String),
}

/// A Commerce answer: the fields we need.
#[derive(Deserialize)]
struct Commerce<'a> {
    #[serde(borrow)]
    offers: Option<Vec<Offer<'a>>>,
}

#[derive(Deserialize)]
struct Offer<'a> {
    #[serde(borrow)]
    attributes: Option<Attributes<'a>>,
}

#[derive(Deserialize)]
struct Attributes<'a> {
    currency: Option<String>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    prices: Vec<ZonePrice<'a>>,
}

/// The price of one zone: `value` is the face value, `total` what the buyer pays with fees and taxes \[D\]. Both are
/// text.
#[derive(Deserialize)]
struct ZonePrice<'a> {
    #[serde(borrow)]
    value: Option<Decimal<'a>>,
    #[serde(borrow)]
    total: Option<Decimal<'a>>,
}

/// What Commerce offers for event `id`; `None` when the answer is none.
pub(super) fn offers(body: &str, id: &str, availability: Option<Availability>) -> Option<Offers> {
    let offers = serde_json::from_str::<Commerce<'_>>(body).ok()?.offers?;
    let priced = offers.iter().filter_map(|offer| offer.attributes.as_ref()).flat_map(|attributes| {
        attributes.prices.iter().filter_map(|zone| zone.read(attributes.currency.as_deref()))
    });
    let cheapest = priced
        .filter_map(|priced| Some((priced.0.money()?.amount_minor, priced)))
        .min_by_key(|(amount, (price, _))| (price.basis() != Some(FeeBasis::AllIn), *amount));
    // Left, and no price of it: that is something else than a sale that is closed.
    let absent = if availability.is_some() { AbsentReason::Unknown } else { AbsentReason::NotOnSale };
    let (price, before_fees) = cheapest.map_or((Price::absent(absent), None), |(_, priced)| priced);
    let quote = Quote { before_fees, ..Quote::of(price) };
    Some(Offers { id: id.to_owned(), quote, listings: None, availability })
}

/// Nothing is left of event `id`.
pub(super) fn nothing_left(id: &str) -> Offers {
    Offers {
        id: id.to_owned(),
        quote: Quote::of(Price::absent(AbsentReason::SoldOut)),
        listings: None,
        availability: Some(Availability::None),
    }
}

impl ZonePrice<'_> {
    fn read(&self, currency: Option<&str>) -> Option<(Price, Option<Money>)> {
        let value = decode::quoted(self.value, currency, FeeBasis::BeforeFees);
        let total = decode::quoted(self.total, currency, FeeBasis::AllIn);
        match (total.money(), value.money()) {
            (Some(_), before_fees) => Some((total, before_fees)),
            (None, Some(_)) => Some((value, None)),
            (None, None) => None,
        }
    }
}
