//! Price changes: who watches, what was decided, what will be sent. One transaction a page of watchers.

use contract::ids::{AlertId, ChangeId, EventId};
use contract::queues::PriceChange;
use edge::d1::{self, int, optional_int, optional_text, statement, text};
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use prices::Money;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement};

use super::{batch, outbox, rows_of};
use crate::outbox::Letter;
use crate::telling::{Address, Outcome, Watcher};

/// Alerts read at once: 200 letters with their HTML are about 1 MB, half of what a parameter may hold. A person has at
/// most 100 alerts, so that a page always holds one person whole.
pub const PAGE: usize = 200;

/// What is known of an event after a word of one of its markets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The cheapest price by the newest word of that market; a late word does not change it.
    pub best: Option<Money>,
    /// When the event starts, epoch milliseconds of market time.
    pub starts_at_ms: Option<i64>,
}

#[derive(Deserialize)]
struct StandingRow {
    best_minor: Option<i64>,
    best_currency: Option<String>,
    starts_at_ms: Option<i64>,
}

/// Notes what `change` says; answers nothing if nobody has ever set an alert on the event.
pub async fn hear(db: &D1Database, change: &PriceChange) -> Result<Option<Standing>> {
    let best = change.best.or(change.new.money());
    let event = text(change.event_id().as_str());
    let market = text(change.market.as_str());
    let starts_at_ms = change.event.starts_at.map(|at| at.timestamp_millis());
    let results = batch(
        db,
        vec![
            // What the event is called and when it starts is as good from a late word as from none; the newest of the
            // same market wins.
            statement(
                db,
                "INSERT INTO watched_events (event_id, card, starts_at_ms)
                 SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM watched_events WHERE event_id = ?1)
                   OR EXISTS (SELECT 1 FROM alert_aliases a JOIN watched_events w ON w.event_id = a.alias_id
                              WHERE a.event_id = ?1)
                 ON CONFLICT DO UPDATE SET card = excluded.card, starts_at_ms = excluded.starts_at_ms
                 WHERE NOT EXISTS (SELECT 1 FROM market_sights s
                                 WHERE s.event_id = ?1 AND s.market = ?4 AND s.confirmed_at_ms > ?5)",
                &[
                    event.clone(),
                    text(encode(&change.event)?),
                    optional_int(starts_at_ms)?,
                    market.clone(),
                    int(change.confirmed_at.timestamp_millis())?,
                ],
            )?,
            statement(
                db,
                "INSERT INTO market_sights (event_id, market, confirmed_at_ms, best_minor, best_currency)
                 SELECT event_id, ?2, ?3, ?4, ?5 FROM watched_events WHERE event_id = ?1
                 ON CONFLICT (event_id, market) DO UPDATE SET confirmed_at_ms = excluded.confirmed_at_ms,
                   best_minor = excluded.best_minor, best_currency = excluded.best_currency
                 WHERE excluded.confirmed_at_ms >= confirmed_at_ms",
                &[
                    event.clone(),
                    market.clone(),
                    int(change.confirmed_at.timestamp_millis())?,
                    optional_int(best.map(|money| money.amount_minor))?,
                    optional_text(best.map(|money| money.currency.as_str().to_owned())),
                ],
            )?,
            statement(
                db,
                "SELECT s.best_minor, s.best_currency, e.starts_at_ms FROM market_sights s
                 JOIN watched_events e ON e.event_id = s.event_id WHERE s.event_id = ?1 AND s.market = ?2",
                &[event, market],
            )?,
        ],
    )
    .await?;
    let row: Option<StandingRow> = rows_of(&results, 2)?.into_iter().next();
    row.map(|row| {
        Ok(Standing {
            best: money(row.best_minor, row.best_currency.as_deref())?,
            starts_at_ms: row.starts_at_ms,
        })
    })
    .transpose()
}

/// An amount as two columns hold it.
pub(super) fn money(minor: Option<i64>, currency: Option<&str>) -> Result<Option<Money>> {
    match (minor, currency) {
        (Some(minor), Some(code)) => {
            let currency = code.parse().map_err(|_| Failure::internal("a stored currency cannot be read"))?;
            Ok(Some(Money::new(minor, currency)))
        }
        _ => Ok(None),
    }
}

#[derive(Deserialize)]
struct WatcherRow {
    id: String,
    user_id: String,
    rule: String,
    channels: String,
    memory: String,
    version: i64,
    email: Option<String>,
    email_hash: Option<String>,
    sms: Option<String>,
    sms_hash: Option<String>,
}

/// Alerts on `event` that `change` has not fired yet, by person, from the person after `after` on.
pub async fn watchers(
    db: &D1Database,
    event: &EventId,
    change: &ChangeId,
    after: &str,
) -> Result<Vec<Watcher>> {
    let rows: Vec<WatcherRow> = d1::rows(
        db,
        "SELECT a.id, a.user_id, a.rule, a.channels, a.memory, a.version,
                e.address AS email, e.address_hash AS email_hash, s.address AS sms, s.address_hash AS sms_hash
         FROM alerts a
         LEFT JOIN channels e ON e.user_id = a.user_id AND e.kind = 'email' AND e.verified_at_ms IS NOT NULL
         LEFT JOIN channels s ON s.user_id = a.user_id AND s.kind = 'sms' AND s.verified_at_ms IS NOT NULL
         WHERE a.event_id IN (SELECT ?1 UNION SELECT alias_id FROM alert_aliases WHERE event_id = ?1)
           AND a.event_id IS NOT (SELECT alias_id FROM alert_aliases WHERE alias_id = ?1 AND event_id <> ?1)
           AND a.state <> 'stopped' AND a.user_id > ?2
           AND NOT EXISTS (SELECT 1 FROM firings f WHERE f.alert_id = a.id AND f.change_id = ?3)
         ORDER BY a.user_id, a.id LIMIT ?4",
        &[
            text(event.as_str()),
            text(after),
            text(change.as_str()),
            int(i64::try_from(PAGE).unwrap_or(i64::MAX))?,
        ],
    )
    .await?;
    rows.into_iter().map(WatcherRow::read).collect()
}

impl WatcherRow {
    fn read(self) -> Result<Watcher> {
        let address = |address: Option<String>, hash: Option<String>| {
            address.zip(hash).map(|(address, hash)| Address { address, hash })
        };
        let bad_id = |_| Failure::internal("a stored id cannot be read");
        Ok(Watcher {
            alert_id: self.id.parse().map_err(bad_id)?,
            user_id: self.user_id.parse().map_err(bad_id)?,
            rule: decode(&self.rule)?,
            channels: decode(&self.channels)?,
            memory: decode(&self.memory)?,
            version: self.version,
            email: address(self.email, self.email_hash),
            sms: address(self.sms, self.sms_hash),
        })
    }
}

#[derive(Serialize)]
struct OutcomeRow<'a> {
    alert_id: &'a AlertId,
    version: i64,
    memory: String,
    state: &'static str,
    firing_id: Option<&'a str>,
    reason: Option<&'static str>,
    minor: Option<i64>,
    currency: Option<String>,
}

impl<'a> OutcomeRow<'a> {
    fn of(outcome: &'a Outcome) -> Result<Self> {
        let firing = outcome.firing.as_ref();
        Ok(Self {
            alert_id: &outcome.alert_id,
            version: outcome.version,
            memory: encode(&outcome.memory)?,
            state: if outcome.memory.told.is_some() { "fired" } else { "armed" },
            firing_id: firing.map(|firing| firing.id.as_str()),
            reason: firing.map(|firing| firing.reason.as_str()),
            minor: firing.map(|firing| firing.price.amount_minor),
            currency: firing.map(|firing| firing.price.currency.as_str().to_owned()),
        })
    }
}

#[derive(Deserialize)]
struct CountRow {
    count: usize,
}

/// Writes what was decided on one page, and the letters of those who fired, as one transaction. Repeats write nothing;
/// an alert that changed since it was read is left alone. Answers how many of the firings stand.
pub async fn write(
    db: &D1Database,
    outcomes: &[Outcome],
    letters: &[Letter],
    change: &ChangeId,
    at_ms: i64,
    now_ms: i64,
) -> Result<usize> {
    let rows = firing_rows(outcomes)?;
    let mut statements = firing_statements(db, &rows, change, at_ms)?;
    statements.push(outbox::insert_fired(db, letters, now_ms)?);
    statements.push(statement(
        db,
        "SELECT COUNT(*) AS count FROM json_each(?1) j JOIN firings f ON f.id = j.value ->> 'firing_id'",
        &[rows],
    )?);
    let results = batch(db, statements).await?;
    let count: Option<CountRow> = rows_of(&results, 3)?.into_iter().next();
    Ok(count.map_or(0, |row| row.count))
}

/// Outcomes as the parameter of [`firing_statements`].
pub(super) fn firing_rows(outcomes: &[Outcome]) -> Result<JsValue> {
    let rows = outcomes.iter().map(OutcomeRow::of).collect::<Result<Vec<_>>>()?;
    Ok(text(encode(&rows)?))
}

/// A firing for each outcome that has one, then the new memory of each; both only if the alert is as it was read.
pub(super) fn firing_statements(
    db: &D1Database,
    rows: &JsValue,
    change: &ChangeId,
    at_ms: i64,
) -> Result<Vec<D1PreparedStatement>> {
    Ok(vec![
        statement(
            db,
            // `WHERE true …` also tells the parser that ON CONFLICT belongs to the insert, not to the join.
            "INSERT INTO firings (id, alert_id, change_id, reason, amount_minor, currency, fired_at_ms)
             SELECT j.value ->> 'firing_id', a.id, ?2, j.value ->> 'reason', j.value ->> 'minor',
                    j.value ->> 'currency', ?3
             FROM json_each(?1) j
             JOIN alerts a ON a.id = j.value ->> 'alert_id' AND a.version = j.value ->> 'version'
             WHERE a.state <> 'stopped' AND j.value ->> 'firing_id' IS NOT NULL
             ON CONFLICT DO NOTHING",
            &[rows.clone(), text(change.as_str()), int(at_ms)?],
        )?,
        statement(
            db,
            "UPDATE alerts SET memory = j.value ->> 'memory', state = j.value ->> 'state', version = version + 1,
               firings = firings + (j.value ->> 'firing_id' IS NOT NULL),
               last_fired_at_ms = iif(j.value ->> 'firing_id' IS NULL, last_fired_at_ms, ?2),
               last_fired_minor = coalesce(j.value ->> 'minor', last_fired_minor),
               last_fired_currency = coalesce(j.value ->> 'currency', last_fired_currency)
             FROM json_each(?1) j
             WHERE alerts.id = j.value ->> 'alert_id' AND alerts.version = j.value ->> 'version'
               AND alerts.state <> 'stopped'",
            &[rows.clone(), int(at_ms)?],
        )?,
    ])
}

#[derive(Deserialize)]
struct ShardRow {
    shard: String,
}

/// The Dispatchers that have something of `change` to send.
pub async fn shards_waiting(db: &D1Database, change: &ChangeId) -> Result<Vec<String>> {
    let rows: Vec<ShardRow> = d1::rows(
        db,
        "SELECT DISTINCT shard FROM outbox WHERE change_id = ?1 AND state = 'pending'",
        &[text(change.as_str())],
    )
    .await?;
    Ok(rows.into_iter().map(|row| row.shard).collect())
}

/// Keeps a queue message that could not be read or handled.
pub async fn bury(
    db: &D1Database,
    id: &str,
    queue: &str,
    body: &str,
    reason: &str,
    now_ms: i64,
) -> Result<()> {
    d1::run(
        db,
        "INSERT INTO dead_letters_notifications (id, queue, body, reason, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
        &[text(id), text(queue), text(body), text(reason), int(now_ms)?],
    )
    .await
    .map(drop)
}
