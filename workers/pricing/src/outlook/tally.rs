//! The record summed up: what was settled since the last time is added to the sums, so that a run reads no row twice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use edge::d1;
use edge::failure::Result;
use edge::json::decode;
use prices::Currency;
use prices::accuracy::{Followed, GroupAccuracy, MoneyTally, Settled, Tally};
use serde::{Deserialize, Serialize};
use worker::Env;

use super::record::Horizon;

/// Rows read in one go.
const PAGE: i64 = 5_000;

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
    event_id: String,
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
            "SELECT o.id, o.event_id, f.genre, o.hours, f.told, f.price_minor, o.fell, o.came_minor,
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
            if let Some(settled) =
                settled(row.hours, &row.told, row.price_minor, row.fell == 1, row.came_minor)?
            {
                tally.add(&settled);
            }
            self.outcome_id = row.id;
        }
        Ok(rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX))
    }

    async fn add_followed(&mut self, env: &Env) -> Result<bool> {
        let rows: Vec<FollowedRow> = d1::rows(
            &d1::database(env)?,
            "SELECT id, genre, currency, at_once_minor, paid_minor, best_minor, waited_days FROM followed_events
             WHERE id > ? ORDER BY id LIMIT ?",
            &[d1::int(self.followed_id)?, d1::int(PAGE)?],
        )
        .await?;
        for row in &rows {
            self.group(row.genre.as_deref())
                .money
                .entry(row.currency.clone())
                .or_default()
                .add(&followed(row));
            self.followed_id = row.id;
        }
        Ok(rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX))
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

fn settled(hours: u16, told: &str, price: i64, fell: bool, came: i64) -> Result<Option<Settled>> {
    let told: Vec<Horizon> = decode(told)?;
    #[expect(clippy::cast_precision_loss, reason = "a relative price is a statistic")]
    let came = came as f64 / price.max(1) as f64;
    Ok(told.into_iter().find(|(told, ..)| *told == hours).map(|(_, probability, quantiles)| Settled {
        probability,
        fell,
        quantiles,
        came,
    }))
}

fn followed(row: &FollowedRow) -> Followed {
    Followed {
        at_once: row.at_once_minor,
        paid: row.paid_minor,
        best: row.best_minor,
        waited: row.waited_days,
    }
}

/// The record of what was said since a moment: added up from its rows, at most [`PAGE`] a horizon, the newest.
pub async fn since(env: &Env, since: DateTime<Utc>) -> Result<(GroupAccuracy, Vec<GroupAccuracy>)> {
    let db = d1::database(env)?;
    let rows: Vec<OutcomeRow> = d1::rows(
        &db,
        "SELECT o.id, o.event_id, f.genre, o.hours, f.told, f.price_minor, o.fell, o.came_minor, 0 AS first
         FROM forecasts f JOIN forecast_outcomes o ON o.event_id = f.event_id AND o.said_on = f.said_on
         WHERE f.said_at_ms >= ? AND o.hours > 0 AND o.fell IS NOT NULL AND o.came_minor IS NOT NULL
         ORDER BY f.said_at_ms DESC LIMIT ?",
        &[d1::int(since.timestamp_millis())?, d1::int(PAGE.saturating_mul(3))?],
    )
    .await?;
    let mut record = Record::default();
    let mut seen: BTreeSet<(u16, String)> = BTreeSet::new();
    for row in &rows {
        let first = seen.insert((row.hours, row.event_id.clone()));
        let tally = record.group(row.genre.as_deref()).horizons.entry(row.hours).or_default();
        tally.events = tally.events.saturating_add(u32::from(first));
        if let Some(settled) = settled(row.hours, &row.told, row.price_minor, row.fell == 1, row.came_minor)?
        {
            tally.add(&settled);
        }
    }
    let bought: Vec<FollowedRow> = d1::rows(
        &db,
        "SELECT e.id, e.genre, e.currency, e.at_once_minor, e.paid_minor, e.best_minor, e.waited_days
         FROM followed_events e WHERE (SELECT min(said_at_ms) FROM forecasts f WHERE f.event_id = e.event_id) >= ?
         ORDER BY e.id DESC LIMIT ?",
        &[d1::int(since.timestamp_millis())?, d1::int(PAGE)?],
    )
    .await?;
    for row in &bought {
        record.group(row.genre.as_deref()).money.entry(row.currency.clone()).or_default().add(&followed(row));
    }
    Ok(record.groups())
}
