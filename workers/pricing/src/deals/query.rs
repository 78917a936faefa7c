//! What deals are asked for: parameters, the place in the order where a page begins, and the statement that answers.

use catalog::normalise::{city_key, region_key};
use catalog::place::performer_key;
use chrono::{DateTime, TimeDelta, Utc};
use contract::deals::{Deal, DealSort};
use contract::ids::{EventId, VenueId};
use edge::Call;
use edge::failure::Result;
use edge::params::{MAX_TEXT, folded, named, parsed, refused, text};
use prices::{Band, Currency, Market};
use serde::Serialize;
use worker::wasm_bindgen::JsValue;

use crate::deals::keys;

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
/// A million in a currency of three decimal places: no ticket costs that, and sums stay far below 2^53.
const MAX_MINOR: i64 = 1_000_000_000;
/// A deal whose price nobody confirmed for so long is not shown (docs/PRICING.md: never rank a stale price).
const STALE_AFTER: TimeDelta = TimeDelta::hours(prices::score::STALE_AFTER_HOURS);

/// What deals are asked for. Serialised it is what an answer is kept under: what is asked alike is written alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Query {
    /// Folded name of the city.
    pub city: Option<String>,
    /// Folded name of its region.
    pub region: Option<String>,
    /// Folded genre.
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

/// A place in an order of deals: what the order goes by, and the id that decides between equals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cursor {
    sort: DealSort,
    value: i64,
    event_id: EventId,
}

impl Cursor {
    /// The place of `deal`; none where it has no place in the order.
    pub fn of(deal: &Deal, sort: DealSort) -> Option<Self> {
        let score = &deal.score;
        let value = match sort {
            DealSort::Sure => i64::from(score.at_least()),
            DealSort::Score => i64::from(score.value),
            DealSort::Saving => score.fair_price.amount_minor.saturating_sub(score.price.amount_minor),
            DealSort::Price => score.price.amount_minor,
            DealSort::Date => deal.event.starts_at?.timestamp_millis(),
        };
        Some(Self { sort, value, event_id: deal.event.id.clone() })
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let id = self.event_id.as_str().trim_start_matches("evt_");
        format!("{}{}.{id}", letter(self.sort), self.value)
    }

    fn read(text: &str, sort: DealSort) -> Option<Self> {
        let (value, id) = text.strip_prefix(letter(sort))?.split_once('.')?;
        let value = value.parse().ok().filter(|value: &i64| value.unsigned_abs() < 1 << 53)?;
        Some(Self { sort, value, event_id: format!("evt_{id}").parse().ok()? })
    }
}

const fn letter(sort: DealSort) -> char {
    match sort {
        DealSort::Sure => 'u',
        DealSort::Score => 's',
        DealSort::Saving => 'v',
        DealSort::Price => 'p',
        DealSort::Date => 'd',
    }
}

impl Query {
    /// Reads the parameters of `call`. Everything that cannot be meant is refused by name.
    pub fn read(call: &Call) -> Result<Self> {
        if let Some(name) = call.query_names().find(|name| !NAMES.contains(&name.as_str())) {
            let name: String = name.chars().take(40).collect();
            return Err(named(&name, format!("There is no parameter {name} here.")));
        }
        let sort = match text(call, "sort").as_deref() {
            None | Some("sure") => DealSort::Sure,
            Some("score") => DealSort::Score,
            Some("saving") => DealSort::Saving,
            Some("price") => DealSort::Price,
            Some("date") => DealSort::Date,
            Some(_) => return Err(refused("sort", "sure, score, saving, price or date")),
        };
        let (city, region) = place(call)?;
        let max_minor = whole(call, "max_price", 1, MAX_MINOR)?;
        let currency: Option<Currency> = parsed(call, "currency", "an ISO 4217 code like USD")?;
        let of_one_currency = max_minor.is_some() || matches!(sort, DealSort::Price | DealSort::Saving);
        let time = "a time like 2026-12-01T00:00:00Z";
        let query = Self {
            city,
            region,
            genre: folded(call, "genre", "a genre like sports", keys::folded)?,
            performer: folded(call, "performer", "the name of a performer", performer_key)?,
            venue: parsed(call, "venue", "the id of a venue")?,
            market: parsed(call, "market", "the name of a market like seatgeek")?,
            min_score: min_score(call)?,
            max_minor,
            currency: currency.or(of_one_currency.then_some(Currency::USD)),
            from: parsed(call, "from", time)?,
            to: parsed(call, "to", time)?,
            days: whole(call, "days", 1, 730)?.and_then(|days| u32::try_from(days).ok()),
            sort,
            limit: limit(call)?,
            after: text(call, "cursor")
                .map(|text| {
                    let expected = "a next_cursor we answered to the same question in the same order";
                    Cursor::read(&text, sort).ok_or_else(|| refused("cursor", expected))
                })
                .transpose()?,
        };
        if query.from.zip(query.to).is_some_and(|(from, to)| to < from) {
            return Err(refused("to", "no earlier than from"));
        }
        Ok(query)
    }

    /// The statement that answers one deal more than asked for, so that it is known whether there are more.
    pub fn statement(&self, now: DateTime<Utc>) -> Result<(String, Vec<JsValue>)> {
        let mut sql = Statement::default();
        if let Some(performer) = &self.performer {
            sql.from = "event_keys k CROSS JOIN deals d ON d.event_id = k.event_id";
            sql.text("k.key = ?", keys::by_performer(performer));
        }
        let texts = [
            ("d.city_key = ?", self.city.clone()),
            ("d.region_key = ?", self.region.clone()),
            ("d.genre = ?", self.genre.clone()),
            ("d.venue_id = ?", self.venue.as_ref().map(|venue| venue.as_str().to_owned())),
            ("d.market = ?", self.market.map(|market| market.as_str().to_owned())),
            ("d.currency = ?", self.currency.map(|currency| currency.as_str().to_owned())),
        ];
        for (condition, value) in texts {
            if let Some(value) = value {
                sql.text(condition, value);
            }
        }
        let until = self.days.and_then(|days| now.checked_add_signed(TimeDelta::days(i64::from(days))));
        let fresh = now.checked_sub_signed(STALE_AFTER).unwrap_or(now);
        let numbers = [
            ("d.score >= ?", (self.min_score > 0).then(|| i64::from(self.min_score))),
            ("d.price_minor <= ?", self.max_minor),
            ("d.starts_at_ms >= ?", self.from.map(|at| at.timestamp_millis())),
            ("d.starts_at_ms <= ?", self.to.map(|at| at.timestamp_millis())),
            ("d.starts_at_ms <= ?", until.map(|at| at.timestamp_millis())),
            ("d.observed_at_ms >= ?", Some(fresh.timestamp_millis())),
        ];
        for (condition, value) in numbers {
            if let Some(value) = value {
                sql.int(condition, value)?;
            }
        }
        // In the order of starts an unknown one has no place.
        let begins = if self.sort == DealSort::Date {
            "d.starts_at_ms > ?"
        } else {
            "coalesce(d.starts_at_ms, 9e15) > ?"
        };
        sql.int(begins, now.timestamp_millis())?;
        let (column, at_or_after, after, order) = match self.sort {
            DealSort::Sure => ("d.sure_score", "<=", "<", "DESC"),
            DealSort::Score => ("d.score", "<=", "<", "DESC"),
            DealSort::Saving => ("d.saving_minor", "<=", "<", "DESC"),
            DealSort::Price => ("d.price_minor", ">=", ">", "ASC"),
            DealSort::Date => ("d.starts_at_ms", ">=", ">", "ASC"),
        };
        if let Some(cursor) = &self.after {
            sql.int(&format!("{column} {at_or_after} ?"), cursor.value)?;
            sql.int(&format!("({column} {after} ?"), cursor.value)?;
            sql.conditions.push_str(" OR d.event_id > ?)");
            sql.values.push(edge::d1::text(cursor.event_id.as_str()));
        }
        sql.values.push(edge::d1::int(i64::from(self.limit).saturating_add(1))?);
        let text = format!(
            "SELECT d.deal FROM {} WHERE {} ORDER BY {column} {order}, d.event_id LIMIT ?",
            sql.from, sql.conditions
        );
        Ok((text, sql.values))
    }
}

/// A statement as it grows.
struct Statement {
    from: &'static str,
    conditions: String,
    values: Vec<JsValue>,
}

impl Default for Statement {
    fn default() -> Self {
        Self { from: "deals d", conditions: String::new(), values: Vec::new() }
    }
}

impl Statement {
    fn and(&mut self, condition: &str) {
        if !self.conditions.is_empty() {
            self.conditions.push_str(" AND ");
        }
        self.conditions.push_str(condition);
    }

    fn text(&mut self, condition: &str, value: String) {
        self.and(condition);
        self.values.push(edge::d1::text(value));
    }

    fn int(&mut self, condition: &str, value: i64) -> Result<()> {
        self.and(condition);
        self.values.push(edge::d1::int(value)?);
        Ok(())
    }
}

/// `limit`.
pub fn limit(call: &Call) -> Result<u32> {
    Ok(whole(call, "limit", 1, 100)?.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(20))
}

/// The least score: of `min_score` and `band` the higher.
pub fn min_score(call: &Call) -> Result<u8> {
    let number = whole(call, "min_score", 0, 100)?.and_then(|score| u8::try_from(score).ok()).unwrap_or(0);
    let least = match text(call, "band").as_deref() {
        None => 0,
        Some("poor") => Band::Poor.least(),
        Some("fair") => Band::Fair.least(),
        Some("good") => Band::Good.least(),
        Some("great") => Band::Great.least(),
        Some("amazing") => Band::Amazing.least(),
        Some(_) => return Err(refused("band", "poor, fair, good, great or amazing")),
    };
    Ok(number.max(least))
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

fn whole(call: &Call, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
    let expected = format!("a whole number from {least} to {most}");
    let number: Option<i64> = parsed(call, name, &expected)?;
    match number {
        Some(number) if !(least..=most).contains(&number) => Err(refused(name, &expected)),
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_in_its_own_order_only() {
        let cursor = Cursor { sort: DealSort::Saving, value: -17, event_id: EventId::from_bytes([3; 16]) };
        let text = cursor.to_text();
        assert_eq!(Cursor::read(&text, DealSort::Saving), Some(cursor));
        assert_eq!(Cursor::read(&text, DealSort::Price), None);
        for rubbish in ["", "v", "v1", "v1.", "v1.zz", "vx.03", "v9007199254740992.03", "é"] {
            assert_eq!(Cursor::read(rubbish, DealSort::Saving), None, "{rubbish}");
        }
    }
}
