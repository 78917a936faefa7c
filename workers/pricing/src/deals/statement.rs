//! The statement that answers what deals are asked for.

use chrono::{DateTime, TimeDelta, Utc};
use contract::deals::DealSort;
use edge::failure::Result;
use worker::wasm_bindgen::JsValue;

use crate::deals::keys;
use crate::deals::query::Query;

/// A deal whose price nobody confirmed for so long is not shown (docs/PRICING.md: never rank a stale price).
const STALE_AFTER: TimeDelta = TimeDelta::hours(prices::score::STALE_AFTER_HOURS);

impl Query {
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
            "SELECT d.event_id, {column} AS place, d.deal FROM {} WHERE {} ORDER BY {column} {order}, d.event_id LIMIT ?",
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
