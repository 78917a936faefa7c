//! Table `webhook_events`: each delivery is recorded before it is acted upon and marked once it is done, so that a repeat
//! of a finished one is skipped and a repeat of an unfinished one resumes.

use edge::d1::{self, int, optional_text, text};
use edge::{Clock, Failure, Result};
use serde::Deserialize;
use worker::D1Database;

/// Who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    Stripe,
    Resend,
    Twilio,
    StubHub,
}

impl Provider {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Resend => "resend",
            Self::Twilio => "twilio",
            Self::StubHub => "stubhub",
        }
    }
}

/// A verified delivery.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    pub provider: Provider,
    /// Unique with the provider: what a repeat is known by.
    pub event_id: &'a str,
    pub kind: &'a str,
    pub object_id: Option<&'a str>,
}

/// What is known of it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// It was acted upon before: nothing to do.
    Done,
    /// It is to be acted upon, for the so-manieth time.
    Unfinished {
        /// 1 on the first delivery.
        attempts: i64,
    },
}

#[derive(Deserialize)]
struct Row {
    state: String,
    attempts: i64,
}

/// Records a delivery: one statement, so that of two at once each knows where it stands.
pub async fn receive(db: &D1Database, event: &Received<'_>) -> Result<Record> {
    let row: Row = d1::first(
        db,
        "INSERT INTO webhook_events (provider, event_id, type, object_id, state, attempts, received_at_ms)
         VALUES (?1, ?2, ?3, ?4, 'received', 1, ?5)
         ON CONFLICT (provider, event_id) DO UPDATE SET attempts = attempts + 1
         RETURNING state, attempts",
        &[
            text(event.provider.as_str()),
            text(event.event_id),
            text(event.kind),
            optional_text(event.object_id),
            int(Clock::wall_ms())?,
        ],
    )
    .await?
    .ok_or_else(|| Failure::internal("an upsert answered no row"))?;
    Ok(if row.state == "done" { Record::Done } else { Record::Unfinished { attempts: row.attempts } })
}

/// Marks a delivery as acted upon.
pub async fn finish(db: &D1Database, event: &Received<'_>, outcome: &str) -> Result<()> {
    d1::run(
        db,
        "UPDATE webhook_events SET state = 'done', outcome = ?3, done_at_ms = ?4
         WHERE provider = ?1 AND event_id = ?2 AND state = 'received'",
        &[text(event.provider.as_str()), text(event.event_id), text(outcome), int(Clock::wall_ms())?],
    )
    .await
    .map(drop)
}
