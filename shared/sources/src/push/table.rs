//! Rows of a CSV push as the entries of a feed.

use std::collections::HashMap;

use prices::{Currency, Money};

use super::{PushError, csv};
use crate::adapter::Page;
use crate::decode::{Count, Id, reject};
use crate::feed::{Offer, Seats, StatedPrice, Venue};

/// The columns of a CSV push, in any order; `event_id` and `name` must be there, others are ignored when unknown.
///
/// - `performers` are separated by `|`, `splits` by `|` or spaces.
/// - `start_local` is `2026-12-01T19:00:00`, `start_utc` the same with `Z`; `time_tbd` and `date_tbd` are `true` or `false`.
/// - `price` and `before_fees` are decimals (`45.50`), `basis` one of `all_in`, `before_fees`, `unknown`; without a price
///   `absent_reason` is one of `restricted`, `not_on_sale`, `sold_out`, `free`, `unknown`.
/// - A row with a `listing_id` is one listing (`section`, `row`, `quantity`, `splits`, its own price); the first row of an
///   event describes the event, and its cheapest listing is its price.
pub const COLUMNS: [&str; 26] = [
    "event_id",
    "name",
    "performers",
    "venue",
    "city",
    "region",
    "country",
    "timezone",
    "start_local",
    "start_utc",
    "time_tbd",
    "date_tbd",
    "status",
    "price",
    "currency",
    "basis",
    "before_fees",
    "absent_reason",
    "listing_count",
    "ticket_count",
    "url",
    "listing_id",
    "section",
    "row",
    "quantity",
    "splits",
];

/// The offers of a table.
pub(super) fn read(body: &str) -> Result<Page, PushError> {
    let mut records = csv::records(body).ok_or(PushError::Malformed)?.into_iter();
    let header = records.next().ok_or(PushError::Malformed)?;
    let columns: HashMap<&str, usize> =
        header.iter().enumerate().map(|(at, name)| (name.trim(), at)).collect();
    for column in ["event_id", "name"] {
        if !columns.contains_key(column) {
            return Err(PushError::NoColumn(column));
        }
    }
    let mut page = Page::default();
    let mut offers: Vec<Offer> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for fields in records {
        let row = Row { columns: &columns, fields: &fields };
        let Some(id) = row.get("event_id") else {
            page.rejected.push(reject("", "no_id"));
            continue;
        };
        let entry = (fields.len() == header.len()).then(|| row.read()).flatten();
        let Some((offer, seats)) = entry else {
            page.rejected.push(reject(id, "malformed"));
            continue;
        };
        let place = *places.entry(id.to_owned()).or_insert(offers.len());
        if place == offers.len() {
            offers.push(offer);
        }
        if let (Some(seats), Some(offer)) = (seats, offers.get_mut(place)) {
            offer.listings.get_or_insert_default().push(seats);
        }
    }
    page.gather(offers.into_iter().map(Ok).collect(), |offer, page| offer.read(page).map(Some));
    Ok(page)
}

/// What stands in the price column is no price.
struct NoPrice;

/// One row, its fields by name.
struct Row<'a> {
    columns: &'a HashMap<&'a str, usize>,
    fields: &'a [String],
}

impl<'a> Row<'a> {
    /// A field that has something in it.
    fn get(&self, column: &str) -> Option<&'a str> {
        let field = self.fields.get(*self.columns.get(column)?)?.trim();
        (!field.is_empty()).then_some(field)
    }

    fn text(&self, column: &str) -> Option<String> {
        self.get(column).map(str::to_owned)
    }

    fn flag(&self, column: &str) -> Option<bool> {
        self.get(column).map(|word| word.eq_ignore_ascii_case("true") || word == "1")
    }

    /// The row's price. What stands there and is no price is an error, so that a slip never becomes "no price".
    fn price(&self) -> Result<Option<StatedPrice>, NoPrice> {
        self.get("price").map(|text| self.money(text).ok_or(NoPrice)).transpose()
    }

    fn money(&self, text: &str) -> Option<StatedPrice> {
        let currency: Currency = self.get("currency")?.parse().ok()?;
        let amount = |text: &str| Some(Money::from_decimal(text, currency)?.amount_minor);
        let before_fees_minor = self.get("before_fees").and_then(amount);
        Some(StatedPrice {
            amount_minor: amount(text)?,
            currency,
            basis: self.text("basis"),
            before_fees_minor,
        })
    }

    /// The row as an event, and as a listing where it is one.
    fn read(&self) -> Option<(Offer, Option<Seats>)> {
        let listing_id = self.text("listing_id");
        let price = self.price().ok()?;
        let several = |column| self.get(column).unwrap_or_default();
        let mut offer = Offer {
            event_id: self.text("event_id").map(Id::new),
            name: self.text("name"),
            performers: several("performers").split('|').map(str::to_owned).collect(),
            venue: Some(Venue {
                name: self.text("venue"),
                city: self.text("city"),
                region: self.text("region"),
                country: self.text("country"),
                timezone: self.text("timezone"),
            }),
            start_local: self.text("start_local"),
            start_utc: self.text("start_utc"),
            time_tbd: self.flag("time_tbd"),
            date_tbd: self.flag("date_tbd"),
            status: self.text("status"),
            absent_reason: self.text("absent_reason"),
            listing_count: self.get("listing_count").map(Count::parse),
            ticket_count: self.get("ticket_count").map(Count::parse),
            url: self.text("url"),
            price: None,
            listings: None,
        };
        let Some(id) = listing_id else {
            offer.price = price;
            return Some((offer, None));
        };
        let splits = several("splits").split(['|', ' ']).filter_map(|split| split.parse().ok());
        let seats = Seats {
            id: Some(Id::new(id)),
            section: self.text("section"),
            row: self.text("row"),
            quantity: self.get("quantity").map(Count::parse),
            splits: splits.collect(),
            price,
        };
        Some((offer, Some(seats)))
    }
}
