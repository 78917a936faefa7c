//! The outbox: letters in, attempts out.

use alerts::Channel;
use contract::ids::MessageId;
use edge::d1::{self, int, statement, text};
use edge::failure::Result;
use edge::json::encode;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

use super::{batch, rows_of};
use crate::dispatch::{CLAIM_MS, Next, SILENCE_MS};
use crate::outbox::{Letter, Purpose};

/// Messages a Dispatcher claims at once: eight groups of five, which a slow provider answers within a minute or so.
const CLAIM: i64 = 40;

#[derive(Serialize)]
struct LetterRow<'a> {
    shard: &'static str,
    #[serde(flatten)]
    letter: &'a Letter,
}

/// Takes letters in once each: a letter that is there already stays as it is. `only_if` is SQL over the letter's row `j`.
fn insert(db: &D1Database, letters: &[Letter], only_if: &str, now_ms: i64) -> Result<D1PreparedStatement> {
    let rows: Vec<LetterRow<'_>> =
        letters.iter().map(|letter| LetterRow { shard: letter.shard(), letter }).collect();
    statement(
        db,
        &format!(
            "INSERT INTO outbox (id, shard, kind, channel, user_id, event_id, change_id, address, address_hash,
                                 subject, body, html, stop_url, request_id, state, next_attempt_at_ms, seen_at_ms,
                                 created_at_ms)
             SELECT j.value ->> 'id', j.value ->> 'shard', j.value ->> 'kind', j.value ->> 'channel',
                    j.value ->> 'user_id', j.value ->> 'event_id', j.value ->> 'change_id', j.value ->> 'address',
                    j.value ->> 'address_hash', j.value ->> 'subject', j.value ->> 'body', j.value ->> 'html',
                    j.value ->> 'stop_url', j.value ->> 'request_id', 'pending', ?2, j.value ->> 'seen_at_ms', ?2
             FROM json_each(?1) j WHERE {only_if} ON CONFLICT DO NOTHING"
        ),
        &[text(encode(&rows)?), int(now_ms)?],
    )
}

/// Letters about a change, each only if an alert of its recipient has fired on it.
pub(super) fn insert_fired(db: &D1Database, letters: &[Letter], now_ms: i64) -> Result<D1PreparedStatement> {
    let fired = "EXISTS (SELECT 1 FROM firings f JOIN alerts a ON a.id = f.alert_id
                         WHERE f.change_id = j.value ->> 'change_id' AND a.user_id = j.value ->> 'user_id')";
    insert(db, letters, fired, now_ms)
}

/// One letter that stands for itself.
pub async fn put(db: &D1Database, letter: &Letter, now_ms: i64) -> Result<()> {
    batch(db, vec![insert(db, std::slice::from_ref(letter), "true", now_ms)?]).await.map(drop)
}

/// Codes cost money and can be sent to strangers: a person gets one a minute and five a day.
pub const CODE_GAP_MS: i64 = 60 * 1_000;
const CODES_A_DAY: &str = "5";
const DAY_MS: &str = "86400000";

/// One letter with a code, unless its recipient has had too many; the count and the insert are one statement. Answers
/// whether it was taken.
pub async fn put_code(db: &D1Database, letter: &Letter, now_ms: i64) -> Result<bool> {
    let spared = format!(
        "(SELECT COUNT(*) < {CODES_A_DAY} AND coalesce(MAX(o.created_at_ms), 0) <= ?2 - {CODE_GAP_MS} FROM outbox o
          WHERE o.user_id = j.value ->> 'user_id' AND o.created_at_ms > ?2 - {DAY_MS} AND o.kind = 'code')"
    );
    let results = batch(db, vec![insert(db, std::slice::from_ref(letter), &spared, now_ms)?]).await?;
    Ok(results.first().map_or(Ok(0), d1::changes)? > 0)
}

/// A message as a Dispatcher sends it.
#[derive(Deserialize)]
pub struct Claimed {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub kind: Purpose,
    /// How it is sent.
    pub channel: Channel,
    /// Where to.
    pub address: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// HTML.
    pub html: String,
    /// One-click address.
    pub stop_url: Option<String>,
    /// What it came from.
    pub request_id: String,
    /// Attempts, the coming one included.
    pub attempts: i64,
    /// When it was written down.
    pub created_at_ms: i64,
}

/// Claims what is due on `shard`. A message that was under way when we died is due at once if a second try is harmless
/// (an idempotency key), else it waits for its callback.
pub async fn claim(db: &D1Database, shard: &str, now_ms: i64) -> Result<Vec<Claimed>> {
    let results = batch(
        db,
        vec![
            statement(
                db,
                "UPDATE outbox SET last_error = 'died_sending', state = iif(channel = 'sms', 'unknown', 'pending'),
                   next_attempt_at_ms = iif(channel = 'sms', ?2 + ?3, ?2)
                 WHERE shard = ?1 AND state = 'sending' AND next_attempt_at_ms <= ?2",
                &[text(shard), int(now_ms)?, int(SILENCE_MS)?],
            )?,
            statement(
                db,
                "UPDATE outbox SET state = 'sending', attempts = attempts + 1, next_attempt_at_ms = ?2 + ?3
                 WHERE id IN (SELECT id FROM outbox WHERE shard = ?1 AND state IN ('pending', 'unknown')
                                AND next_attempt_at_ms <= ?2 ORDER BY next_attempt_at_ms LIMIT ?4)
                 RETURNING id, kind, channel, address, subject, body, html, stop_url, request_id, attempts,
                           created_at_ms",
                &[text(shard), int(now_ms)?, int(CLAIM_MS)?, int(CLAIM)?],
            )?,
        ],
    )
    .await?;
    rows_of(&results, 1)
}

#[derive(Deserialize)]
struct BarredRow {
    id: String,
    state: String,
}

/// Which of `ids` must not go out now, and as what they end: the address is suppressed, the alerts were stopped, or the
/// channel was removed. Asked right before sending, so that a stop holds from the next message on.
pub async fn barred(db: &D1Database, ids: &[&str]) -> Result<Vec<(String, String)>> {
    let rows: Vec<BarredRow> = d1::rows(
        db,
        "SELECT id, state FROM (
           SELECT o.id,
             CASE
               WHEN EXISTS (SELECT 1 FROM suppressions s
                            WHERE s.address_hash = o.address_hash AND s.channel = o.channel) THEN 'suppressed'
               WHEN o.kind = 'alert' AND NOT EXISTS (
                 SELECT 1 FROM firings f JOIN alerts a ON a.id = f.alert_id
                 WHERE f.change_id = o.change_id AND a.user_id = o.user_id AND a.state <> 'stopped') THEN 'cancelled'
               WHEN o.kind = 'alert' AND NOT EXISTS (
                 SELECT 1 FROM channels c WHERE c.user_id = o.user_id AND c.kind = o.channel
                   AND c.address_hash = o.address_hash AND c.verified_at_ms IS NOT NULL) THEN 'cancelled'
             END AS state
           FROM outbox o JOIN json_each(?1) j ON o.id = j.value)
         WHERE state IS NOT NULL",
        &[text(encode(&ids)?)],
    )
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.state)).collect())
}

#[derive(Serialize)]
struct NextRow<'a> {
    id: &'a str,
    state: &'static str,
    /// When it goes on; a message without is done with.
    at_ms: Option<i64>,
    code: Option<&'a str>,
    provider_message_id: Option<&'a str>,
}

impl<'a> NextRow<'a> {
    fn of(id: &'a str, next: &'a Next) -> Self {
        let row = |state, at_ms, code| Self { id, state, at_ms, code, provider_message_id: None };
        match next {
            Next::Sent { provider_message_id } => {
                Self { provider_message_id: Some(provider_message_id), ..row("sent", None, None) }
            }
            Next::Failed { code } => row("failed", None, Some(code)),
            Next::OptedOut { code } => row("suppressed", None, Some(code)),
            Next::Again { at_ms, code } => row("pending", Some(*at_ms), Some(code)),
            Next::Unknown { at_ms, code } => row("unknown", Some(*at_ms), Some(code)),
        }
    }
}

/// What is forgotten of a message that is done with: the address always, the words where they open something.
const FORGET: &str = "address = '', body = iif(kind = 'alert', body, ''), html = ''";

/// Writes what became of a group of messages, as one transaction. A message that a callback has settled meanwhile stays
/// settled.
pub async fn record(
    db: &D1Database,
    provider: &str,
    results: &[(&str, Next)],
    accepted_at_ms: i64,
) -> Result<()> {
    let (over, open): (Vec<_>, Vec<_>) =
        results.iter().map(|(id, next)| NextRow::of(id, next)).partition(|row| row.at_ms.is_none());
    let mut statements = Vec::new();
    if !over.is_empty() {
        let rows = text(encode(&over)?);
        statements.push(statement(
            db,
            "INSERT INTO deliveries (message_id, provider, provider_message_id, status, status_rank, lag_ms,
                                     accepted_at_ms, updated_at_ms)
             SELECT o.id, ?2, j.value ->> 'provider_message_id', 'accepted', 0, ?3 - o.seen_at_ms, ?3, ?3
             FROM json_each(?1) j JOIN outbox o ON o.id = j.value ->> 'id'
             WHERE j.value ->> 'provider_message_id' IS NOT NULL ON CONFLICT DO NOTHING",
            &[rows.clone(), text(provider), int(accepted_at_ms)?],
        )?);
        statements.push(statement(
            db,
            &format!(
                "UPDATE outbox SET state = j.value ->> 'state', last_error = j.value ->> 'code', {FORGET}
                 FROM json_each(?1) j WHERE outbox.id = j.value ->> 'id' AND outbox.state = 'sending'"
            ),
            &[rows],
        )?);
    }
    if !open.is_empty() {
        statements.push(statement(
            db,
            "UPDATE outbox SET state = j.value ->> 'state', last_error = j.value ->> 'code',
               next_attempt_at_ms = j.value ->> 'at_ms'
             FROM json_each(?1) j WHERE outbox.id = j.value ->> 'id' AND outbox.state = 'sending'",
            &[text(encode(&open)?)],
        )?);
    }
    for row in over.iter().filter(|row| row.state == "suppressed") {
        statements.push(statement(
            db,
            "INSERT INTO suppressions (address_hash, channel, reason, since_ms)
             SELECT address_hash, channel, 'opted_out', ?2 FROM outbox WHERE id = ?1 ON CONFLICT DO NOTHING",
            &[text(row.id), int(accepted_at_ms)?],
        )?);
    }
    batch(db, statements).await.map(drop)
}

/// The provider has a message whose answer was lost: its callback says so.
pub(super) fn accepted_by_callback(db: &D1Database, id: &MessageId) -> Result<D1PreparedStatement> {
    statement(
        db,
        &format!(
            "UPDATE outbox SET state = 'sent', last_error = NULL, {FORGET}
             WHERE id = ?1 AND state IN ('sending', 'unknown')"
        ),
        &[text(id.as_str())],
    )
}

/// Ends messages that must not go out.
pub async fn end(db: &D1Database, barred: &[(String, String)]) -> Result<()> {
    d1::run(
        db,
        &format!(
            "UPDATE outbox SET state = j.value ->> 1, {FORGET} FROM json_each(?1) j
             WHERE outbox.id = j.value ->> 0 AND outbox.state = 'sending'"
        ),
        &[text(encode(&barred)?)],
    )
    .await
    .map(drop)
}

/// Gives back messages that were claimed and not tried.
pub async fn release(db: &D1Database, ids: &[&str], at_ms: i64) -> Result<()> {
    d1::run(
        db,
        "UPDATE outbox SET state = 'pending', attempts = attempts - 1, next_attempt_at_ms = ?2
         WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'sending'",
        &[text(encode(&ids)?), int(at_ms)?],
    )
    .await
    .map(drop)
}

#[derive(Deserialize)]
struct DueRow {
    due_ms: Option<i64>,
}

/// When the next message of `shard` is due, if any is left.
pub async fn next_due_ms(db: &D1Database, shard: &str) -> Result<Option<i64>> {
    let row: Option<DueRow> = d1::first(
        db,
        "SELECT MIN(next_attempt_at_ms) AS due_ms FROM outbox
         WHERE shard = ?1 AND state IN ('pending', 'sending', 'unknown')",
        &[text(shard)],
    )
    .await?;
    Ok(row.and_then(|row| row.due_ms))
}
