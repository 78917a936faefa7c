//! One event read anew: because it is worth it, because its market hinted at it, or because somebody waits for it.

use std::time::Duration;

use contract::planner::{ReadOutcome, ReadResult};
use edge::failure::Result;
use edge::log::Log;
use serde_json::json;
use sources::Page;
use worker::Delay;

use crate::allowance::budget::Purpose;
use crate::ingest::Ingest;
use crate::planner::asking::{Asked, Asker};
use crate::planner::poll_store::{Once, Poll, PollStore};
use crate::planner::store::Known;

/// Calls of one reading: a token, the event, a token taken back, further pages of its offers.
const CALLS: u32 = 6;
/// A person waits a second in all: a place that is free within this time is waited for.
const LIVE_PATIENCE: Duration = Duration::from_millis(600);
/// A listing its market calls deleted is asked for once more after this long before it is believed.
const CONFIRM_MS: i64 = 60_000;
/// A poll whose end nobody told is due again after this long.
const LEASE_MS: i64 = 60_000;
/// Where one event cannot be asked for, a listing is gone when it was missed or called deleted so often.
const MISSED_OFTEN: u32 = 3;

/// Reads single events.
pub struct Reader<'a> {
    /// Asks the provider.
    pub asker: &'a Asker<'a>,
    /// What is to be read.
    pub polls: &'a PollStore,
    /// The walk under way, or the last one: who is seen here was seen by it.
    pub walk: i64,
}

/// What came of it; how long to wait before trying again, where it came to nothing.
type Read = (ReadResult, Duration);

impl Reader<'_> {
    /// Reads what is due.
    pub async fn poll(&self, poll: &Poll, log: &Log) -> Result<()> {
        let now_ms = self.asker.store.gate()?.now_ms();
        self.polls.begin(poll, now_ms.saturating_add(LEASE_MS))?;
        let was_deleted = poll.once == Some(Once::Deleted);
        let (result, wait) = self.read(Purpose::Poll, &poll.source_event_id, was_deleted, log).await?;
        let now_ms = self.asker.store.gate()?.now_ms();
        match result.outcome {
            ReadOutcome::NotAsked if result.reason.as_deref() != Some(NOT_BY_ID) => {
                let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                self.polls.again(poll, now_ms.saturating_add(wait_ms.max(1_000)))
            }
            // A question the source did not take is not asked again out of turn; a source in trouble is asked later.
            ReadOutcome::Failed if self.asker.store.gate()?.breaker.failures > 0 => {
                let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                self.polls.again(poll, now_ms.saturating_add(wait_ms))
            }
            _ => self.polls.done(poll, now_ms),
        }
    }

    /// Reads `id` for somebody who waits.
    pub async fn live(&self, id: &str, log: &Log) -> Result<ReadResult> {
        Ok(self.read(Purpose::Live, id, false, log).await?.0)
    }

    async fn read(&self, purpose: Purpose, id: &str, was_deleted: bool, log: &Log) -> Result<Read> {
        let has_token = self.asker.store.live_token()?.is_some();
        let Some(mut cursor) = self.asker.adapter.event(id, has_token) else {
            return Ok((not_asked(NOT_BY_ID), Duration::ZERO));
        };
        let mut patience = if purpose == Purpose::Live { LIVE_PATIENCE } else { Duration::ZERO };
        let mut calls = 0_u32;
        while calls < CALLS {
            match self.asker.ask(purpose, &cursor, log).await? {
                Asked::Refused(wait, reason) => {
                    let Some(left) = patience.checked_sub(wait) else { return Ok((not_asked(reason), wait)) };
                    patience = left.saturating_sub(Duration::from_millis(1));
                    Delay::from(wait.max(Duration::from_millis(5))).await;
                    continue;
                }
                Asked::Next(next) => cursor = next,
                Asked::Failed(failure, wait) => {
                    let result = ReadResult { outcome: ReadOutcome::Failed, reason: Some(failure.code) };
                    return Ok((result, wait));
                }
                Asked::Page(page) => {
                    self.take_in(&page, id, was_deleted, log).await?;
                    let Some(next) = page.next else { break };
                    cursor = next;
                }
            }
            calls = calls.saturating_add(1);
        }
        Ok((ReadResult { outcome: ReadOutcome::Answered, reason: None }, Duration::ZERO))
    }

    /// Takes in what the market says of one event, or that it has none any more.
    async fn take_in(&self, page: &Page, id: &str, was_deleted: bool, log: &Log) -> Result<()> {
        Ingest::now(self.asker, self.walk, log).take(page).await?;
        let confirmed = was_deleted && page.deleted.iter().any(|deleted| deleted == id);
        if confirmed {
            let known = self.asker.store.known(&[id])?;
            return self.take_out(known, log).await;
        }
        self.deleted(&page.deleted, log).await
    }

    /// The market calls these deleted: each is asked for once more before it is believed.
    pub async fn deleted(&self, ids: &[String], log: &Log) -> Result<()> {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let known = self.asker.store.known(&ids)?;
        if known.is_empty() {
            return Ok(());
        }
        let by_id = self.asker.adapter.event("1", true).is_some();
        if by_id {
            let ids: Vec<&str> = known.iter().map(|known| known.source_event_id.as_str()).collect();
            let at_ms = self.asker.store.gate()?.now_ms().saturating_add(CONFIRM_MS);
            return self.polls.once(&ids, Once::Deleted, at_ms);
        }
        let (gone, missed): (Vec<Known>, Vec<Known>) = known
            .into_iter()
            .map(|known| Known { missed: known.missed.saturating_add(1), ..known })
            .partition(|known| known.missed >= MISSED_OFTEN);
        self.asker.store.remember(&missed)?;
        self.take_out(gone, log).await
    }

    async fn take_out(&self, gone: Vec<Known>, log: &Log) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        log.info("gone", json!({ "market": self.asker.market(), "listings": gone.len(), "deleted": true }));
        let ids: Vec<String> = gone.iter().map(|known| known.source_event_id.clone()).collect();
        Ingest::now(self.asker, self.walk, log).gone(gone).await?;
        self.asker.store.forget(&ids)
    }
}

/// The source cannot be asked for one event.
const NOT_BY_ID: &str = "not_by_id";

fn not_asked(reason: &str) -> ReadResult {
    ReadResult { outcome: ReadOutcome::NotAsked, reason: Some(reason.to_owned()) }
}
