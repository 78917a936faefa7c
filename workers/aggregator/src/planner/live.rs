//! Live reads are shared: who asks for an event that is being read waits for that answer, and one given a moment ago
//! stands. Kept in memory: after a restart the next reader simply asks.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::time::Duration;

use contract::planner::{ReadOutcome, ReadResult};
use edge::clock::Clock;
use edge::failure::Result;
use worker::Delay;

/// An answer stands for this long.
const STANDS_MS: i64 = 5_000;
/// Answers remembered.
const KEPT: usize = 500;
/// Who waits for another's reading looks this often, and for this long.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 500;

/// Readings under way and just ended, by the market's id of the event.
#[derive(Default)]
pub struct LiveReads {
    flying: RefCell<HashSet<String>>,
    ended: RefCell<HashMap<String, (i64, ReadResult)>>,
}

impl LiveReads {
    /// Answers by `read`, or by the reading of the same event that is under way or ended a moment ago.
    pub async fn share<F>(&self, id: &str, read: impl FnOnce() -> F) -> Result<ReadResult>
    where
        F: Future<Output = Result<ReadResult>>,
    {
        if let Some(result) = self.lately(id) {
            return Ok(result);
        }
        if !self.flying.borrow_mut().insert(id.to_owned()) {
            for _ in 0..LOOKS {
                Delay::from(LOOK_EVERY).await;
                if !self.flying.borrow().contains(id) {
                    break;
                }
            }
            let pending = ReadResult { outcome: ReadOutcome::Pending, reason: None };
            return Ok(self.lately(id).unwrap_or(pending));
        }
        // Given back however the reading ends, also by being dropped.
        let _flight = Flight { reads: self, id };
        let result = read().await?;
        self.remember(id, &result);
        Ok(result)
    }

    /// The answer of a moment ago.
    fn lately(&self, id: &str) -> Option<ReadResult> {
        let ended = self.ended.borrow();
        let (at_ms, result) = ended.get(id)?;
        let stands = Clock::wall_ms().saturating_sub(*at_ms).saturating_abs() < STANDS_MS;
        stands.then(|| match result.outcome {
            ReadOutcome::Answered => ReadResult { outcome: ReadOutcome::Shared, reason: None },
            _ => result.clone(),
        })
    }

    fn remember(&self, id: &str, result: &ReadResult) {
        let mut ended = self.ended.borrow_mut();
        if ended.len() >= KEPT {
            ended.clear();
        }
        ended.insert(id.to_owned(), (Clock::wall_ms(), result.clone()));
    }
}

struct Flight<'a> {
    reads: &'a LiveReads,
    id: &'a str,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.reads.flying.borrow_mut().remove(self.id);
    }
}
