//! The record summed up: what was settled since the last time is added to the sums, so that a run reads no row twice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use edge::d1;
use edge::failure::Result;
use edge::json::decode;
use prices::Currency;
use prices::accuracy::{Followed, GroupAccuracy, MoneyTally, Settled, Tally};
use serde::{Deserialize, Serialize};
use worker::Env;
use worker::wasm_bindgen::JsValue;

use super::record::Horizon;

/// Rows read in one go.
const PAGE: i64 = 5_000;
/// Since a moment so many forecasts are counted, and so many events bought: anybody may ask, with any moment. At 350 bytes each
/// they are one text far below the 2 MB of a value.
pub const SINCE_FORECASTS: u32 = 2_000;
/// Events bought.
pub const SINCE_EVENTS: u32 = 1_000;
/// What was said later than this is not settled: the shortest horizon, and six hours.
const SETTLED_AFTER: TimeDelta = TimeDelta::hours(30);

/// Sums by league or genre; the empty name is for events of which none is known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The last outcome and the last bought event that are in it.
    outcome_id: i64,
    followed_id: i64,
    groups: BTreeMap<String, Group>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Group {
    horizons: BTreeMap<u16, Tally>,
    money: BTreeMap<String, MoneyTally>,
}

#[derive(Deserialize)]
struct OutcomeRow {
    id: i64,
    genre: Option<String>,
    hours: u16,
    told: String,
    price_minor: i64,
    fell: u8,
    came_minor: i64,
    first: u8,
}

#[derive(Deserialize)]
struct FollowedRow {
    id: i64,
    genre: Option<String>,
    currency: String,
    at_once_minor: i64,
    paid_minor: i64,
    best_minor: i64,
    waited_days: u32,
}

impl Record {
    /// Adds what was settled since; answers whether anything was.
    pub async fn catch_up(&mut self, env: &Env) -> Result<bool> {
        let before = (self.outcome_id, self.followed_id);
        while self.add_outcomes(env).await? {}
        while self.add_followed(env).await? {}
        Ok(before != (self.outcome_id, self.followed_id))
    }

    /// One page of outcomes; answers whether there may be more.
    async fn add_outcomes(&mut self, env: &Env) -> Result<bool> {
        let rows: Vec<OutcomeRow> = d1::rows(
            &d1::database(env)?,
            "SELECT o.id, f.genre, o.hours, f.told, f.price_minor, o.fell, o.came_minor,
               o.id = (SELECT min(x.id) FROM forecast_outcomes x
                       WHERE x.event_id = o.event_id AND x.hours = o.hours AND x.fell IS NOT NULL) AS first
             FROM forecast_outcomes o JOIN forecasts f ON f.event_id = o.event_id AND f.said_on = o.said_on
             WHERE o.id > ? AND o.hours > 0 AND o.fell IS NOT NULL AND o.came_minor IS NOT NULL ORDER BY o.id LIMIT ?",
            &[d1::int(self.outcome_id)?, d1::int(PAGE)?],
        )
        .await?;
        for row in &rows {
            let tally = self.group(row.genre.as_deref()).horizons.entry(row.hours).or_default();
            tally.events = tally.events.saturating_add(u32::from(row.first));
            let told: Vec<Horizon> = decode(&row.told)?;
            if let Some(settled) = settled(row.hours, &told, row.price_minor, row.fell == 1, row.came_minor) {
                tally.add(&settled);
            }
            self.outcome_id = row.id;
        }
        Ok(rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX))
    }

    async fn add_followed(&mut self, env: &Env) -> Result<bool> {
        let sql = bought("e.id > ?1 ORDER BY e.id");
        let rows: Vec<FollowedRow> =
            decode(&listed(env, &sql, &[d1::int(self.followed_id)?, d1::int(PAGE)?]).await?)?;
        for row in &rows {
            self.add_bought(row);
            self.followed_id = self.followed_id.max(row.id);
        }
        Ok(rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX))
    }

    fn add_bought(&mut self, row: &FollowedRow) {
        let tally = self.group(row.genre.as_deref()).money.entry(row.currency.clone()).or_default();
        tally.add(&followed(row));
    }

    fn group(&mut self, genre: Option<&str>) -> &mut Group {
        self.groups.entry(genre.map(catalog::genre::family).unwrap_or_default()).or_default()
    }

    /// The record of each league or genre, the one with most settled answers first, and that of all.
    pub fn groups(&self) -> (GroupAccuracy, Vec<GroupAccuracy>) {
        let mut all = Group::default();
        for group in self.groups.values() {
            for (hours, tally) in &group.horizons {
                all.horizons.entry(*hours).or_default().merge(tally);
            }
            for (currency, tally) in &group.money {
                all.money.entry(currency.clone()).or_default().merge(tally);
            }
        }
        let mut groups: Vec<GroupAccuracy> = self
            .groups
            .iter()
            .filter(|(genre, _)| !genre.is_empty())
            .map(|(genre, group)| group.told(Some(genre.clone())))
            .collect();
        groups.sort_by_key(|group| {
            std::cmp::Reverse(group.horizons.iter().map(|horizon| horizon.answers).max().unwrap_or(0))
        });
        (all.told(None), groups)
    }
}

impl Group {
    fn told(&self, genre: Option<String>) -> GroupAccuracy {
        GroupAccuracy {
            genre,
            horizons: self.horizons.iter().filter_map(|(hours, tally)| tally.summary(*hours)).collect(),
            money: self
                .money
                .iter()
                .filter_map(|(currency, tally)| tally.summary(currency.parse::<Currency>().ok()?))
                .collect(),
        }
    }
}

fn settled(hours: u16, told: &[Horizon], price: i64, fell: bool, came: i64) -> Option<Settled> {
    #[expect(clippy::cast_precision_loss, reason = "a relative price is a statistic")]
    let came = came as f64 / price.max(1) as f64;
    told.iter().find(|(told, ..)| *told == hours).map(|(_, probability, quantiles)| Settled {
        probability: *probability,
        fell,
        quantiles: *quantiles,
        came,
    })
}

fn followed(row: &FollowedRow) -> Followed {
    Followed {
        at_once: row.at_once_minor,
        paid: row.paid_minor,
        best: row.best_minor,
        waited: row.waited_days,
    }
}

/// A settled forecast: genre, event, price, what was told, and of each horizon the hours, whether it fell and what it came to.
type Answered = (Option<String>, String, i64, Vec<Horizon>, Vec<(u16, u8, i64)>);

/// Rows that the database answers as one text: thousands of them cross the border far slower one by one.
async fn listed(env: &Env, sql: &str, values: &[JsValue]) -> Result<String> {
    #[derive(Deserialize)]
    struct ListRow {
        list: String,
    }
    let row: Option<ListRow> = d1::first(&d1::database(env)?, sql, values).await?;
    Ok(row.map_or_else(|| "[]".to_owned(), |row| row.list))
}

/// The statement that lists events bought, at most `?2`.
fn bought(conditions_and_order: &str) -> String {
    format!(
        "SELECT json_group_array(json_object('id', id, 'genre', genre, 'currency', currency, 'at_once_minor', at_once_minor,
           'paid_minor', paid_minor, 'best_minor', best_minor, 'waited_days', waited_days)) AS list
         FROM (SELECT e.* FROM followed_events e WHERE {conditions_and_order} LIMIT ?2)"
    )
}

/// The record of what was said since a moment: added up from its rows, the newest of them.
pub async fn since(
    env: &Env,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(GroupAccuracy, Vec<GroupAccuracy>)> {
    let settled_until = now.checked_sub_signed(SETTLED_AFTER).unwrap_or(now);
    let answered = listed(
        env,
        "SELECT json_group_array(json(answered)) AS list FROM (
           SELECT json_array(f.genre, f.event_id, f.price_minor, json(f.told),
             json((SELECT json_group_array(json_array(o.hours, o.fell, o.came_minor)) FROM forecast_outcomes o
                   WHERE o.event_id = f.event_id AND o.said_on = f.said_on AND o.hours > 0 AND o.fell IS NOT NULL
                     AND o.came_minor IS NOT NULL))) AS answered
           FROM forecasts f WHERE f.said_at_ms >= ? AND f.said_at_ms <= ? ORDER BY f.said_at_ms DESC LIMIT ?)",
        &[
            d1::int(since.timestamp_millis())?,
            d1::int(settled_until.timestamp_millis())?,
            d1::int(i64::from(SINCE_FORECASTS))?,
        ],
    )
    .await?;
    let mut record = Record::default();
    let mut seen: BTreeSet<(u16, String)> = BTreeSet::new();
    for (genre, event, price, told, came) in decode::<Vec<Answered>>(&answered)? {
        for (hours, fell, came) in came {
            let first = seen.insert((hours, event.clone()));
            let tally = record.group(genre.as_deref()).horizons.entry(hours).or_default();
            tally.events = tally.events.saturating_add(u32::from(first));
            if let Some(settled) = settled(hours, &told, price, fell == 1, came) {
                tally.add(&settled);
            }
        }
    }
    // What was decided before was said before; of the rest the first word counts.
    let sql = bought(
        "e.decided_at_ms >= ?1 AND coalesce((SELECT f.said_at_ms FROM forecasts f
           WHERE f.event_id = e.event_id ORDER BY f.said_on LIMIT 1), e.decided_at_ms) >= ?1
         ORDER BY e.decided_at_ms DESC",
    );
    let values = [d1::int(since.timestamp_millis())?, d1::int(i64::from(SINCE_EVENTS))?];
    let bought: Vec<FollowedRow> = decode(&listed(env, &sql, &values).await?)?;
    for row in &bought {
        record.add_bought(row);
    }
    Ok(record.groups())
}
