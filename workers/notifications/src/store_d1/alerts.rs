//! A person's alerts.

use alerts::{Channel, Memory, Rule};
use contract::alerts::{Alert, AlertState};
use contract::catalog::EventCard;
use contract::ids::{AlertId, ChangeId, EventId, UserId};
use contract::planner::{MAX_WATCHED, WatchCount};
use edge::clock::from_ms;
use edge::d1::{self, int, optional_int, statement, text};
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use serde::Deserialize;
use worker::D1Database;

use super::news::{firing_rows, firing_statements, money};
use super::{batch, outbox};
use crate::outbox::Letter;
use crate::telling::{Outcome, measured_from};

/// Alerts shown at once; a plan allows 100, stopped ones are shown besides.
const LIST: i64 = 200;

/// An alert about to be set.
pub struct NewRow<'a> {
    /// Its id.
    pub id: &'a AlertId,
    /// Whose it is.
    pub user_id: &'a UserId,
    /// The event.
    pub card: &'a EventCard,
    /// What it waits for.
    pub rule: &'a Rule,
    /// How its owner is told.
    pub channels: &'a [Channel],
    /// What it remembers.
    pub memory: &'a Memory,
    /// Alerts its owner may have at once.
    pub max_alerts: u32,
    /// Market time, epoch milliseconds.
    pub at_ms: i64,
    /// Wall clock, epoch milliseconds.
    pub now_ms: i64,
}

/// Sets an alert, with its firing and letters if it is true already, as one transaction. Answers false, and writes
/// nothing of it, if its owner has as many as their plan allows; the count and the insert are one statement, so two
/// requests at once cannot both take the last place.
pub async fn set(
    db: &D1Database,
    row: &NewRow<'_>,
    at_once: Option<(&Outcome, &ChangeId, &[Letter])>,
) -> Result<bool> {
    let mut statements = vec![
        statement(
            db,
            "INSERT INTO watched_events (event_id, card, starts_at_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (event_id) DO UPDATE SET card = excluded.card, starts_at_ms = excluded.starts_at_ms",
            &[
                text(row.card.id.as_str()),
                text(encode(row.card)?),
                optional_int(row.card.starts_at.map(|at| at.timestamp_millis()))?,
            ],
        )?,
        statement(
            db,
            "INSERT INTO alerts (id, user_id, event_id, rule, channels, state, memory, version, firings, created_at_ms)
             SELECT ?1, ?2, ?3, ?4, ?5, 'armed', ?6, 1, 0, ?7
             WHERE (SELECT COUNT(*) FROM alerts a JOIN watched_events e ON e.event_id = a.event_id
                    WHERE a.user_id = ?2 AND a.state <> 'stopped'
                      AND (e.starts_at_ms IS NULL OR e.starts_at_ms > ?7)) < ?8",
            &[
                text(row.id.as_str()),
                text(row.user_id.as_str()),
                text(row.card.id.as_str()),
                text(encode(row.rule)?),
                text(encode(&row.channels)?),
                text(encode(row.memory)?),
                int(row.at_ms)?,
                int(i64::from(row.max_alerts))?,
            ],
        )?,
    ];
    if let Some((outcome, change, letters)) = at_once {
        let rows = firing_rows(std::slice::from_ref(outcome))?;
        statements.extend(firing_statements(db, &rows, change, row.at_ms)?);
        statements.push(outbox::insert_fired(db, letters, row.now_ms)?);
    }
    let results = batch(db, statements).await?;
    let inserted = results.get(1).map_or(Ok(0), d1::changes)?;
    Ok(inserted > 0)
}

#[derive(Deserialize)]
struct AlertRow {
    id: String,
    rule: String,
    channels: String,
    state: String,
    memory: String,
    firings: u32,
    last_fired_at_ms: Option<i64>,
    last_fired_minor: Option<i64>,
    last_fired_currency: Option<String>,
    created_at_ms: i64,
    card: String,
    starts_at_ms: Option<i64>,
}

const SELECT: &str = "SELECT a.id, a.rule, a.channels, a.state, a.memory, a.firings, a.last_fired_at_ms,
    a.last_fired_minor, a.last_fired_currency, a.created_at_ms, e.card, e.starts_at_ms
  FROM alerts a JOIN watched_events e ON e.event_id = a.event_id";

/// A person's alerts, newest first. `at_ms` is market time: it tells which events are over.
pub async fn of_person(db: &D1Database, user_id: &UserId, at_ms: i64) -> Result<Vec<Alert>> {
    let rows: Vec<AlertRow> = d1::rows(
        db,
        &format!("{SELECT} WHERE a.user_id = ?1 ORDER BY a.created_at_ms DESC, a.id LIMIT ?2"),
        &[text(user_id.as_str()), int(LIST)?],
    )
    .await?;
    rows.into_iter().map(|row| row.read(at_ms)).collect()
}

/// One alert, whoever owns it.
pub async fn by_id(db: &D1Database, id: &AlertId, at_ms: i64) -> Result<Option<Alert>> {
    let row: Option<AlertRow> =
        d1::first(db, &format!("{SELECT} WHERE a.id = ?1"), &[text(id.as_str())]).await?;
    row.map(|row| row.read(at_ms)).transpose()
}

impl AlertRow {
    fn read(self, at_ms: i64) -> Result<Alert> {
        let state = match self.state.as_str() {
            "stopped" => AlertState::Stopped,
            _ if self.starts_at_ms.is_some_and(|starts_at_ms| starts_at_ms <= at_ms) => AlertState::Expired,
            "fired" => AlertState::Fired,
            _ => AlertState::Armed,
        };
        let memory: Memory = decode(&self.memory)?;
        Ok(Alert {
            id: self.id.parse().map_err(|_| Failure::internal("a stored id cannot be read"))?,
            event: decode(&self.card)?,
            rule: measured_from(decode(&self.rule)?, &memory),
            channels: decode(&self.channels)?,
            state,
            created_at: from_ms(self.created_at_ms),
            firings: self.firings,
            last_fired_at: self.last_fired_at_ms.map(from_ms),
            last_fired_price: money(self.last_fired_minor, self.last_fired_currency.as_deref())?,
        })
    }
}

/// Deletes an alert of `user_id`, with its firings; answers whether there was one.
pub async fn delete(db: &D1Database, id: &AlertId, user_id: &UserId) -> Result<bool> {
    let values = [text(id.as_str()), text(user_id.as_str())];
    Ok(d1::run(db, "DELETE FROM alerts WHERE id = ?1 AND user_id = ?2", &values).await? > 0)
}

/// Stops an alert, and with it every other alert of the same person on the same event: one message speaks for all of
/// them, so its stop link ends all of them. Stopping again changes nothing.
pub async fn stop(db: &D1Database, id: &AlertId) -> Result<()> {
    d1::run(
        db,
        "UPDATE alerts SET state = 'stopped', version = version + 1
         WHERE state <> 'stopped' AND user_id = (SELECT user_id FROM alerts WHERE id = ?1)
           AND event_id = (SELECT event_id FROM alerts WHERE id = ?1)",
        &[text(id.as_str())],
    )
    .await
    .map(drop)
}

#[derive(Deserialize)]
struct WatchedRow {
    event_id: EventId,
    count: u32,
}

/// The events with most armed alerts.
pub async fn watched(db: &D1Database) -> Result<Vec<WatchCount>> {
    let rows: Vec<WatchedRow> = d1::rows(
        db,
        "SELECT event_id, COUNT(*) AS count FROM alerts WHERE state = 'armed'
         GROUP BY event_id ORDER BY count DESC, event_id LIMIT ?",
        &[int(i64::try_from(MAX_WATCHED).unwrap_or(i64::MAX))?],
    )
    .await?;
    Ok(rows.into_iter().map(|row| WatchCount { event_id: row.event_id, count: row.count }).collect())
}

#[derive(Deserialize)]
struct EventRow {
    event_id: EventId,
}

/// The events a person has alerts on, newest alert first.
pub async fn events_of(db: &D1Database, user_id: &UserId) -> Result<Vec<EventId>> {
    let rows: Vec<EventRow> = d1::rows(
        db,
        "SELECT event_id FROM alerts WHERE user_id = ?1 AND state <> 'stopped'
         GROUP BY event_id ORDER BY max(created_at_ms) DESC, event_id LIMIT ?2",
        &[text(user_id.as_str()), int(LIST)?],
    )
    .await?;
    Ok(rows.into_iter().map(|row| row.event_id).collect())
}
