//! Ticketmaster documents that no adapter asks for: International Discovery and Top Picks, read from their examples \[D\].

use prices::{AbsentReason, Currency, FeeBasis, Market, Money, Price};
use serde_json::Value;
use sources::{
    EventKind, EventStatus, Listing, Offers, Page, Quote, Rejected, SourceEvent, SourceVenue, Start,
};

/// A page of International Discovery.
pub fn international(value: &Value) -> Page {
    let mut page = Page::default();
    for event in value.get("events").and_then(Value::as_array).into_iter().flatten() {
        if let Some(event) = international_event(event) {
            page.events.push(event);
        } else {
            page.rejected.push(Rejected { id: text(event, "/id"), reason: "malformed".to_owned() });
        }
    }
    page
}

fn international_event(event: &Value) -> Option<SourceEvent> {
    let is = |flag: &str| event.pointer(flag).and_then(Value::as_bool) == Some(true);
    let status = if is("/properties/cancelled") {
        EventStatus::Cancelled
    } else if is("/properties/rescheduled") {
        EventStatus::Rescheduled
    } else {
        EventStatus::Onsale
    };
    let currency = text(event, "/currency");
    let range = |basis: &str| {
        let amount = event.pointer(&format!("/price_ranges/{basis}_ticket_fees/min"))?;
        money(amount, currency.as_deref()?)
    };
    let (inclusive, exclusive) = (range("including"), range("excluding"));
    let sold_out = is("/properties/sold_out");
    let price = match (inclusive, exclusive) {
        _ if status == EventStatus::Cancelled => Price::absent(AbsentReason::NotOnSale),
        _ if sold_out => Price::absent(AbsentReason::SoldOut),
        (Some(money), _) => Price::quoted(money, FeeBasis::AllIn),
        (None, Some(money)) => Price::quoted(money, FeeBasis::BeforeFees),
        (None, None) => Price::absent(AbsentReason::Unknown),
    };
    let before_fees = exclusive.filter(|_| price.basis() == Some(FeeBasis::AllIn));
    let utc = text(event, "/eventdate/value").and_then(|text| text.parse().ok());
    let local = text(event, "/localeventdate").and_then(|text| text.parse().ok());
    let time_tbd = text(event, "/eventdate/format").is_some_and(|format| format != "datetime");
    Some(SourceEvent {
        market: Market::Ticketmaster,
        id: text(event, "/id")?,
        former_ids: Vec::new(),
        name: text(event, "/name")?,
        performers: Vec::new(),
        venue: SourceVenue {
            id: text(event, "/venue/id"),
            name: text(event, "/venue/name").unwrap_or_default(),
            city: text(event, "/venue/location/address/city"),
            country: text(event, "/venue/location/address/country"),
            timezone: text(event, "/timezone"),
            ..SourceVenue::default()
        },
        start: Start { utc, local, date_tbd: utc.is_none() && local.is_none(), time_tbd },
        status,
        kind: if is("/properties/package") { EventKind::AddOn } else { EventKind::Main },
        genre: text(event, "/categories/0/name").map(|name| name.to_lowercase()),
        url: text(event, "/url"),
        foreign_ids: Vec::new(),
        quote: Quote { before_fees, ..Quote::of(price) },
        listings: None,
    })
}

/// A page of Top Picks: the best seats on offer, each by the offer it belongs to.
pub fn top_picks(value: &Value) -> Page {
    let offers = value.pointer("/_embedded/offer").and_then(Value::as_array);
    let listings = value.get("picks").and_then(Value::as_array).into_iter().flatten().filter_map(|pick| {
        let id = text(pick, "/offers/0")?;
        let offer = offers?.iter().find(|offer| text(offer, "/offerId").as_deref() == Some(&id))?;
        let currency = text(offer, "/currency")?;
        let total = money(offer.get("totalPrice")?, &currency)?;
        let seats = pick.get("seats").and_then(Value::as_array).map_or(0, Vec::len);
        Some(Listing {
            id,
            section: text(pick, "/section"),
            row: text(pick, "/row"),
            quantity: u32::try_from(seats).ok()?.max(1),
            splits: Vec::new(),
            price: Price::quoted(total, FeeBasis::AllIn),
        })
    });
    let listings: Vec<Listing> = listings.collect();
    let cheapest = listings
        .iter()
        .map(|listing| listing.price)
        .min_by_key(|price| price.money().map(|money| money.amount_minor));
    let quote = Quote::of(cheapest.unwrap_or(Price::absent(AbsentReason::Unknown)));
    let offers = Offers { id: "unnamed".to_owned(), quote, listings: Some(listings), availability: None };
    Page { offers: vec![offers], ..Page::default() }
}

/// The digits of a JSON number; lab files are read with their numbers as they were written.
fn money(amount: &Value, currency: &str) -> Option<Money> {
    Money::from_decimal(&amount.to_string(), currency.parse::<Currency>().ok()?)
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
