//! What deals are asked for: the parameters.

use catalog::genre::family;
use catalog::normalise::{city_key, region_key};
use catalog::place::performer_key;
use chrono::{DateTime, Utc};
use contract::deals::DealSort;
use contract::ids::VenueId;
use edge::Call;
use edge::failure::Result;
use edge::params::{MAX_TEXT, folded, one_of, parsed, read, refuse_unknown, refused, text, whole};
use prices::{Band, Currency, Market};
use serde::Serialize;

use crate::deals::cursor::Cursor;

/// Every parameter there is.
const NAMES: [&str; 15] = [
    "city",
    "genre",
    "performer",
    "venue",
    "market",
    "band",
    "min_score",
    "max_price",
    "currency",
    "from",
    "to",
    "days",
    "sort",
    "limit",
    "cursor",
];
const SORTS: [(&str, DealSort); 5] = [
    ("sure", DealSort::Sure),
    ("score", DealSort::Score),
    ("saving", DealSort::Saving),
    ("price", DealSort::Price),
    ("date", DealSort::Date),
];
/// Each band begins at a score.
const BANDS: [(&str, Band); 5] = [
    ("poor", Band::Poor),
    ("fair", Band::Fair),
    ("good", Band::Good),
    ("great", Band::Great),
    ("amazing", Band::Amazing),
];
/// A million in a currency of three decimal places: no ticket costs that, and sums stay far below 2^53.
const MAX_MINOR: i64 = 1_000_000_000;
/// What deals are asked for. Serialised it is what an answer is kept under: what is asked alike is written alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Query {
    /// Folded name of the city.
    pub city: Option<String>,
    /// Folded name of its region.
    pub region: Option<String>,
    /// The family of the genre.
    pub genre: Option<String>,
    /// Folded name of who plays.
    pub performer: Option<String>,
    /// Where.
    pub venue: Option<VenueId>,
    /// Who has the cheapest ticket.
    pub market: Option<Market>,
    /// Least score: of the band and of the number the higher.
    pub min_score: u8,
    /// Highest price, minor units.
    pub max_minor: Option<i64>,
    /// The only currency, where there is one.
    pub currency: Option<Currency>,
    /// Earliest start.
    pub from: Option<DateTime<Utc>>,
    /// Latest start.
    pub to: Option<DateTime<Utc>>,
    /// Days within which it starts.
    pub days: Option<u32>,
    /// The order.
    pub sort: DealSort,
    /// How many.
    pub limit: u32,
    /// Go on after this.
    pub after: Option<Cursor>,
}

impl Query {
    /// Reads the parameters of `call`. Everything that cannot be meant is refused by name.
    pub fn read(call: &Call) -> Result<Self> {
        refuse_unknown(call, |name| NAMES.contains(&name))?;
        let sort = one_of(call, "sort", &SORTS)?.unwrap_or_default();
        let (city, region) = place(call)?;
        let max_minor = whole(call, "max_price", 1..=MAX_MINOR)?;
        let currency: Option<Currency> = parsed(call, "currency", "an ISO 4217 code like USD")?;
        let of_one_currency = max_minor.is_some() || matches!(sort, DealSort::Price | DealSort::Saving);
        let time = "a time like 2026-12-01T00:00:00Z";
        let query = Self {
            city,
            region,
            genre: folded(call, "genre", "a genre like sports", family)?,
            performer: folded(call, "performer", "the name of a performer", performer_key)?,
            venue: parsed(call, "venue", "the id of a venue")?,
            market: parsed(call, "market", "the name of a market like seatgeek")?,
            min_score: min_score(call)?,
            max_minor,
            currency: currency.or(of_one_currency.then_some(Currency::USD)),
            from: parsed(call, "from", time)?,
            to: parsed(call, "to", time)?,
            days: whole(call, "days", 1..=730)?,
            sort,
            limit: limit(call)?,
            after: read(
                call,
                "cursor",
                "a next_cursor we answered to the same question in the same order",
                |text| Cursor::read(text, sort),
            )?,
        };
        if query.from.zip(query.to).is_some_and(|(from, to)| to < from) {
            return Err(refused("to", "no earlier than from"));
        }
        Ok(query)
    }
}

/// `limit`.
pub fn limit(call: &Call) -> Result<u32> {
    Ok(whole(call, "limit", 1..=100)?.unwrap_or(20))
}

/// The least score: of `min_score` and `band` the higher.
pub fn min_score(call: &Call) -> Result<u8> {
    let number = whole(call, "min_score", 0..=100)?.unwrap_or(0);
    Ok(one_of(call, "band", &BANDS)?.map_or(0, Band::least).max(number))
}

fn place(call: &Call) -> Result<(Option<String>, Option<String>)> {
    let Some(text) = text(call, "city") else { return Ok((None, None)) };
    let (city, region) =
        text.rsplit_once(',').map_or((text.as_str(), None), |(city, region)| (city, Some(region)));
    let (city, region) = (city_key(city), region.map(region_key).filter(|region| !region.is_empty()));
    if city.is_empty() || text.len() > MAX_TEXT {
        return Err(refused("city", "a city like Portland or Portland, OR"));
    }
    Ok((Some(city), region))
}
