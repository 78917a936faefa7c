//! What the operator is told of the sources: rows first, handed to notifications by cron.

use contract::catalog::SourceHealth;
use contract::health::{OperatorMessage, OperatorTopic};
use contract::ids::RequestId;
use contract::planner::OperatorMail;
use edge::clock::from_ms;
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::service::Service;
use serde::Deserialize;
use worker::Env;

use crate::health::alarm::Notice;

/// Messages in an answer, and handed over at once.
const MANY: i64 = 100;

/// Writes `notice` down. The same notice is the same row.
pub async fn write(env: &Env, health: &SourceHealth, notice: Notice, now_ms: i64) -> Result<()> {
    let (topic, since_ms, number) = match notice {
        Notice::Broken { since_ms, nth } => (OperatorTopic::TrackingBroken, since_ms, nth.to_string()),
        Notice::WorksAgain { since_ms } => (OperatorTopic::WorksAgain, since_ms, "end".to_owned()),
    };
    let (subject, body) = words(health, notice);
    d1::run(
        &d1::database(env)?,
        "INSERT INTO operator_messages (key, market, topic, subject, body, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
        &[
            d1::text(format!("{}:{since_ms}:{number}", health.market)),
            d1::text(health.market.as_str()),
            d1::text(encode(&topic)?.trim_matches('"')),
            d1::text(subject),
            d1::text(body),
            d1::int(now_ms)?,
        ],
    )
    .await
    .map(drop)
}

/// Subject and text. Holds a short code, never a provider's words.
fn words(health: &SourceHealth, notice: Notice) -> (String, String) {
    let name = &health.name;
    let last = health.last_success_at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
    match notice {
        Notice::Broken { nth, .. } => {
            let again = if nth > 1 { format!(" (message {nth})") } else { String::new() };
            let code = health.last_failure.as_deref().unwrap_or("unknown");
            (
                format!("Tracking of {name} is broken{again}"),
                format!(
                    "{} attempts in a row failed. The last failure: {code}. Last complete walk: {last} (market time).\n\
                     Prices shown for {name} are getting old; no price drops are told from it meanwhile.\n\
                     See /v1/sources and docs/OPERATIONS.md.",
                    health.consecutive_failures
                ),
            )
        }
        Notice::WorksAgain { since_ms } => (
            format!("Tracking of {name} works again"),
            format!(
                "It was broken since {}. Last complete walk: {last} (market time).",
                from_ms(since_ms).to_rfc3339()
            ),
        ),
    }
}

#[derive(Deserialize)]
struct Row {
    key: String,
    market: String,
    topic: String,
    subject: String,
    body: String,
    created_at_ms: i64,
    handed_over_at_ms: Option<i64>,
}

/// The newest messages.
pub async fn list(env: &Env) -> Result<Vec<OperatorMessage>> {
    let rows: Vec<Row> = d1::rows(
        &d1::database(env)?,
        "SELECT key, market, topic, subject, body, created_at_ms, handed_over_at_ms FROM operator_messages
         ORDER BY created_at_ms DESC, key DESC LIMIT ?",
        &[d1::int(MANY)?],
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OperatorMessage {
                market: row.market.parse().map_err(|_| Failure::internal("a stored market is unknown"))?,
                topic: decode(&format!("\"{}\"", row.topic))?,
                key: row.key,
                subject: row.subject,
                text: row.body,
                created_at: from_ms(row.created_at_ms),
                handed_over_at: row.handed_over_at_ms.map(from_ms),
            })
        })
        .collect()
}

#[derive(Deserialize)]
struct Waiting {
    key: String,
    subject: String,
    body: String,
}

/// Hands over what waits, oldest first; answers how many. Dying in between hands one over again: its key makes it the
/// same message.
pub async fn hand_over(env: &Env, request_id: &RequestId, now_ms: i64) -> Result<u32> {
    let db = d1::database(env)?;
    let waiting: Vec<Waiting> = d1::rows(
        &db,
        "SELECT key, subject, body FROM operator_messages WHERE handed_over_at_ms IS NULL
         ORDER BY created_at_ms LIMIT ?",
        &[d1::int(MANY)?],
    )
    .await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let notifications = Service::new(env, "NOTIFICATIONS", request_id)?;
    let mut handed_over = 0_u32;
    for Waiting { key, subject, body } in waiting {
        let mail = OperatorMail { key, subject, text: body };
        notifications.tell("/internal/operator-messages", &mail).await?;
        let done = "UPDATE operator_messages SET handed_over_at_ms = ? WHERE key = ?";
        d1::run(&db, done, &[d1::int(now_ms)?, d1::text(&mail.key)]).await?;
        handed_over = handed_over.saturating_add(1);
    }
    Ok(handed_over)
}
