//! What became of messages: settling by callbacks, the person's list, the operator's figures.

use std::collections::BTreeMap;

use contract::alerts::{Notification, NotificationState, NotificationStats};
use contract::internal::{DeliveryOutcome, MessageProvider, SettleDelivery};
use edge::clock::from_ms;
use edge::d1::{self, int, optional_text, statement, text};
use edge::failure::{Failure, Result};
use serde::Deserialize;
use worker::D1Database;

use super::{batch, outbox, rows_of};

/// The stable name of an outcome, and its rank: what has a higher rank is never overwritten by what has a lower one.
const fn name_and_rank(outcome: DeliveryOutcome) -> (&'static str, i64) {
    match outcome {
        DeliveryOutcome::Accepted => ("accepted", 0),
        DeliveryOutcome::Sent => ("sent", 1),
        DeliveryOutcome::Delivered => ("delivered", 2),
        DeliveryOutcome::Failed => ("failed", 3),
        DeliveryOutcome::Bounced => ("bounced", 4),
        DeliveryOutcome::Complained => ("complained", 5),
    }
}

/// The stable name of a provider.
pub const fn provider_name(provider: MessageProvider) -> &'static str {
    match provider {
        MessageProvider::Resend => "resend",
        MessageProvider::Twilio => "twilio",
    }
}

#[derive(Deserialize)]
struct KnownRow {
    message_id: String,
}

/// Settles a delivery; the same news twice, or older news, changes nothing. A bounce or a complaint suppresses the
/// address. Answers whether the message is known.
pub async fn settle(db: &D1Database, news: &SettleDelivery, now_ms: i64) -> Result<bool> {
    let (status, rank) = name_and_rank(news.outcome);
    let key = [text(provider_name(news.provider)), text(&news.provider_message_id)];
    let [provider, theirs] = key.clone();
    let mut statements = vec![
        statement(
            db,
            "UPDATE deliveries SET status = ?3, status_rank = ?4, code = ?5, updated_at_ms = ?6
             WHERE provider = ?1 AND provider_message_id = ?2 AND status_rank < ?4",
            &[
                provider.clone(),
                theirs.clone(),
                text(status),
                int(rank)?,
                optional_text(news.code.as_deref()),
                int(now_ms)?,
            ],
        )?,
        statement(
            db,
            "SELECT message_id FROM deliveries WHERE provider = ?1 AND provider_message_id = ?2",
            &key,
        )?,
    ];
    if matches!(news.outcome, DeliveryOutcome::Bounced | DeliveryOutcome::Complained) {
        statements.push(statement(
            db,
            "INSERT INTO suppressions (address_hash, channel, reason, since_ms)
             SELECT o.address_hash, o.channel, ?3, ?4 FROM deliveries d JOIN outbox o ON o.id = d.message_id
             WHERE d.provider = ?1 AND d.provider_message_id = ?2 ON CONFLICT DO NOTHING",
            &[provider.clone(), theirs.clone(), text(status), int(now_ms)?],
        )?);
    }
    let mut select_at = 1;
    if let Some(ours) = &news.message_id {
        // A callback that names our message is the acceptance itself where the provider's answer was lost.
        let accepted = [
            statement(
                db,
                "INSERT INTO deliveries (message_id, provider, provider_message_id, status, status_rank, lag_ms,
                                         accepted_at_ms, updated_at_ms)
                 SELECT id, ?2, ?3, 'accepted', 0, ?4 - seen_at_ms, ?4, ?4 FROM outbox WHERE id = ?1
                 ON CONFLICT DO NOTHING",
                &[text(ours.as_str()), provider, theirs, int(now_ms)?],
            )?,
            outbox::accepted_by_callback(db, ours)?,
        ];
        select_at = accepted.len().saturating_add(1);
        statements.splice(0..0, accepted);
    }
    let results = batch(db, statements).await?;
    let known: Vec<KnownRow> = rows_of(&results, select_at)?;
    Ok(known.iter().any(|row| !row.message_id.is_empty()))
}

#[derive(Deserialize)]
struct NotificationRow {
    id: String,
    event_id: String,
    channel: alerts::Channel,
    summary: String,
    state: String,
    status: Option<String>,
    created_at_ms: i64,
    accepted_at_ms: Option<i64>,
}

/// The latest 50 alert messages to a person.
pub async fn of_person(db: &D1Database, user_id: &str) -> Result<Vec<Notification>> {
    let rows: Vec<NotificationRow> = d1::rows(
        db,
        "SELECT o.id, o.event_id, o.channel, iif(o.channel = 'sms', o.body, o.subject) AS summary, o.state, d.status,
                o.created_at_ms, d.accepted_at_ms
         FROM outbox o LEFT JOIN deliveries d ON d.message_id = o.id
         WHERE o.user_id = ?1 AND o.kind = 'alert' ORDER BY o.created_at_ms DESC, o.id LIMIT 50",
        &[text(user_id)],
    )
    .await?;
    rows.into_iter().map(NotificationRow::read).collect()
}

impl NotificationRow {
    fn read(self) -> Result<Notification> {
        let bad_id = |_| Failure::internal("a stored id cannot be read");
        let state = state(&self.state, self.status.as_deref());
        Ok(Notification {
            id: self.id.parse().map_err(bad_id)?,
            event_id: self.event_id.parse().map_err(bad_id)?,
            channel: self.channel,
            summary: self.summary,
            state,
            created_at: from_ms(self.created_at_ms),
            accepted_at: self.accepted_at_ms.map(from_ms),
        })
    }
}

/// What a person is told of a message, from where it stands with us and with the provider.
fn state(outbox: &str, delivery: Option<&str>) -> NotificationState {
    match (outbox, delivery) {
        // A complaint is made about a message that came.
        (_, Some("delivered" | "complained")) => NotificationState::Delivered,
        (_, Some("failed" | "bounced")) | ("failed", _) => NotificationState::Failed,
        ("sent", _) => NotificationState::Sent,
        ("unknown", _) => NotificationState::Unknown,
        ("suppressed", _) => NotificationState::Suppressed,
        ("cancelled", _) => NotificationState::Cancelled,
        _ => NotificationState::Queued,
    }
}

#[derive(Deserialize)]
struct CountRow {
    name: String,
    count: u64,
}

#[derive(Deserialize)]
struct LagRow {
    lag_ms: i64,
}

#[derive(Deserialize)]
struct TotalsRow {
    dead_letters: u64,
    alerts_fired: u64,
}

/// How messages fare.
pub async fn stats(db: &D1Database) -> Result<NotificationStats> {
    // The value below which `?1` of a hundred of the latest 10,000 lags lie (nearest rank).
    let quantile = "WITH latest AS (SELECT lag_ms FROM deliveries WHERE lag_ms IS NOT NULL
                                    ORDER BY accepted_at_ms DESC LIMIT 10000)
                    SELECT lag_ms FROM latest ORDER BY lag_ms
                    LIMIT 1 OFFSET max(0, ((SELECT COUNT(*) FROM latest) * CAST(?1 AS INTEGER) + 99) / 100 - 1)";
    let results = batch(
        db,
        vec![
            statement(db, "SELECT state AS name, COUNT(*) AS count FROM outbox GROUP BY state", &[])?,
            statement(db, "SELECT status AS name, COUNT(*) AS count FROM deliveries GROUP BY status", &[])?,
            statement(db, quantile, &[int(50)?])?,
            statement(db, quantile, &[int(95)?])?,
            statement(
                db,
                "SELECT (SELECT COUNT(*) FROM dead_letters_notifications) AS dead_letters,
                        (SELECT COUNT(*) FROM firings) AS alerts_fired",
                &[],
            )?,
        ],
    )
    .await?;
    let counts = |index| -> Result<BTreeMap<String, u64>> {
        Ok(rows_of::<CountRow>(&results, index)?.into_iter().map(|row| (row.name, row.count)).collect())
    };
    let lag = |index| -> Result<Option<i64>> {
        Ok(rows_of::<LagRow>(&results, index)?.first().map(|row| row.lag_ms))
    };
    let totals: Option<TotalsRow> = rows_of(&results, 4)?.into_iter().next();
    Ok(NotificationStats {
        outbox: counts(0)?,
        deliveries: counts(1)?,
        lag_ms_p50: lag(2)?,
        lag_ms_p95: lag(3)?,
        dead_letters: totals.as_ref().map_or(0, |row| row.dead_letters),
        alerts_fired: totals.map_or(0, |row| row.alerts_fired),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_follow_the_order_of_outcomes() {
        use DeliveryOutcome::{Accepted, Bounced, Complained, Delivered, Failed, Sent};
        let mut all = [Complained, Bounced, Failed, Delivered, Sent, Accepted];
        all.sort();
        assert_eq!(all.map(|outcome| name_and_rank(outcome).1), [0, 1, 2, 3, 4, 5]);
        for outcome in all {
            assert_eq!(serde_json::to_string(&outcome).unwrap(), format!("\"{}\"", name_and_rank(outcome).0));
        }
    }

    #[test]
    fn what_the_provider_says_outranks_what_we_know() {
        assert_eq!(state("sent", Some("accepted")), NotificationState::Sent);
        assert_eq!(state("unknown", Some("delivered")), NotificationState::Delivered);
        assert_eq!(state("sent", Some("bounced")), NotificationState::Failed);
        assert_eq!(state("sending", None), NotificationState::Queued);
    }
}
