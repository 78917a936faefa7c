//! What a search is asked for, read from its parameters. Everything that cannot be meant is refused by name.

use catalog::genre::family;
use catalog::normalise::words;
use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::VenueId;
use edge::Call;
use edge::failure::Result;
use edge::params::{MAX_TEXT, folded, parsed, read, refuse_unknown, refused, text, whole};
use prices::{Currency, Market};

use crate::search::document::{performer_key, place_key};
use crate::search::geo::Point;

/// An event is found this long after its start.
const LISTED_AFTER_START: TimeDelta = TimeDelta::hours(3);
const MAX_WORDS: usize = 8;
const NAMES: [&str; 16] = [
    "q",
    "performer",
    "venue",
    "city",
    "genre",
    "month",
    "near",
    "km",
    "from",
    "to",
    "min_price",
    "max_price",
    "currency",
    "markets",
    "sort",
    "limit",
];

/// The order of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Soonest first.
    Date,
    /// Whole words in name or performers, then beginnings there, then the place; each soonest first.
    Relevance,
}

/// A circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Its middle.
    pub point: Point,
    /// Its radius.
    pub metres: u32,
}

/// What narrows a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Folded words.
    pub words: Vec<String>,
    /// Folded name of who plays.
    pub performer: Option<String>,
    /// Where, by id.
    pub venue: Option<VenueId>,
    /// City and perhaps region, as [`place_key`] writes it; one that ends in `|` stands for every region.
    pub place: Option<String>,
    /// Genre.
    pub genre: Option<String>,
    /// Month of the venue's calendar.
    pub month: Option<String>,
    /// Where, by distance.
    pub near: Option<Near>,
    /// Earliest start.
    pub from: DateTime<Utc>,
    /// Latest start.
    pub to: Option<DateTime<Utc>>,
    /// Least price of the cheapest ticket.
    pub min_minor: Option<i64>,
    /// Highest price of the cheapest ticket.
    pub max_minor: Option<i64>,
    /// Their currency.
    pub currency: Currency,
    /// Listed on one of these; none: on any.
    pub markets: Vec<Market>,
    /// The order.
    pub sort: Sort,
    /// How many.
    pub limit: u32,
    /// Go on after this.
    pub after: Option<Cursor>,
}

/// A place in the order of hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// 0 in the order of dates; 1 to 3 by relevance.
    pub tier: u8,
    /// The document.
    pub doc: i64,
    /// The words that are searched instead of those of the query.
    pub corrected: Vec<String>,
}

impl Cursor {
    /// As text.
    pub fn to_text(&self) -> String {
        format!("{}.{}.{}", self.tier, self.doc, self.corrected.join("-"))
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let tier = parts.next()?.parse().ok()?;
        let doc = parts.next()?.parse().ok().filter(|doc| (0..1 << 53).contains(doc))?;
        let corrected = words(parts.next()?);
        (corrected.len() <= 2 * MAX_WORDS).then_some(Self { tier, doc, corrected })
    }
}

impl Search {
    /// Reads the parameters of `call`.
    pub fn read(call: &Call, now: DateTime<Utc>) -> Result<Self> {
        refuse_unknown(call, |name| name == "cursor" || NAMES.contains(&name))?;
        let time = "a time like 2026-12-01T00:00:00Z";
        let earliest = now.checked_sub_signed(LISTED_AFTER_START).unwrap_or(now);
        let words = query_words(call)?;
        let sort = match text(call, "sort").as_deref() {
            None if words.is_empty() => Sort::Date,
            None | Some("relevance") if !words.is_empty() => Sort::Relevance,
            Some("relevance" | "date") => Sort::Date,
            _ => return Err(refused("sort", "date or relevance")),
        };
        let expected = "a next_cursor we answered to the same search before";
        let after = read(call, "cursor", expected, |text| {
            Cursor::read(text)
                .filter(|cursor| (cursor.tier > 0) == (sort == Sort::Relevance) && cursor.tier <= 3)
        })?;
        let search = Self {
            performer: folded(call, "performer", "the name of a performer", performer_key)?,
            venue: parsed(call, "venue", "the id of a venue")?,
            place: folded(call, "city", "a city like Portland or Portland, OR", city_param)?,
            genre: text(call, "genre").map(|genre| family(&genre)),
            month: month(call)?,
            near: near(call)?,
            from: parsed(call, "from", time)?.unwrap_or(earliest),
            to: parsed(call, "to", time)?,
            min_minor: price(call, "min_price")?,
            max_minor: price(call, "max_price")?,
            currency: parsed(call, "currency", "an ISO 4217 code like USD")?.unwrap_or(Currency::USD),
            markets: markets(call)?,
            limit: whole(call, "limit", 1..=100)?.unwrap_or(20),
            words,
            sort,
            after,
        };
        if search.to.is_some_and(|to| to < search.from) {
            return Err(refused("to", "no earlier than from"));
        }
        Ok(search)
    }
}

/// The words of `q`, folded.
pub fn query_words(call: &Call) -> Result<Vec<String>> {
    let text = text(call, "q").unwrap_or_default();
    if text.chars().count() > MAX_TEXT {
        return Err(refused("q", "at most 200 letters long"));
    }
    Ok(words(&text).into_iter().take(MAX_WORDS).map(|word| word.chars().take(40).collect()).collect())
}

/// `near` with `km`.
pub fn near(call: &Call) -> Result<Option<Near>> {
    let km: Option<u32> = whole(call, "km", 1..=500)?;
    let point: Option<Point> = parsed(call, "near", "latitude and longitude like 45.53,-122.67")?;
    if point.is_none() && km.is_some() {
        return Err(refused("km", "given together with near"));
    }
    Ok(point.map(|point| Near { point, metres: km.unwrap_or(50).saturating_mul(1_000) }))
}

/// What must be there.
pub fn required<T>(value: Option<T>, name: &str, expected: &str) -> Result<T> {
    value.ok_or_else(|| refused(name, expected))
}

fn price(call: &Call, name: &str) -> Result<Option<i64>> {
    // A million in a currency of three decimal places: no ticket costs that, and sums stay far below 2^53.
    const MOST: i64 = 1_000_000_000;
    let expected = "a whole number of minor units (cents), 0 or more";
    read(call, name, expected, |text| text.parse().ok().filter(|amount| (0..=MOST).contains(amount)))
}

fn markets(call: &Call) -> Result<Vec<Market>> {
    let text = text(call, "markets").unwrap_or_default();
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let mut markets = names
        .map(str::parse)
        .collect::<std::result::Result<Vec<Market>, _>>()
        .map_err(|_| refused("markets", "names of markets like seatgeek,stubhub"))?;
    markets.sort_unstable();
    markets.dedup();
    Ok(markets)
}

fn month(call: &Call) -> Result<Option<String>> {
    let Some(text) = text(call, "month") else { return Ok(None) };
    let is_month = text.len() == 7 && format!("{text}-01").parse::<chrono::NaiveDate>().is_ok();
    if is_month { Ok(Some(text)) } else { Err(refused("month", "a month like 2026-12")) }
}

fn city_param(text: &str) -> String {
    match text.rsplit_once(',') {
        Some((city, region)) => place_key(Some(city), Some(region)),
        None => place_key(Some(text), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_rubbish_does_not() {
        let cursor = Cursor { tier: 2, doc: 17, corrected: vec!["trail".to_owned(), "blazers".to_owned()] };
        assert_eq!(Cursor::read(&cursor.to_text()), Some(cursor));
        for text in ["", "1", "1.2", "x.2.", "1.x.", "1.-2.", "1.9007199254740992.", "256.1."] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_city_is_told_by_its_region_where_one_is_given() {
        assert_eq!(city_param("St. Louis"), "saint louis|");
        assert_eq!(city_param("Portland, OR"), "portland|or");
    }
}
