//! What an object knows of its event beside what was observed.

use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::deals::Deal;
use contract::ids::EventId;
use prices::score::Comparable;
use serde::{Deserialize, Serialize};

use crate::history::listing::Listing;
use crate::history::lows::Lows;

/// What is known of the event, of its listings and of its segments: one row, so that an append reads it and nothing of
/// the past.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// The event as last told.
    pub card: Option<EventCard>,
    /// The segment that is still being added to.
    pub open_segment: u32,
    /// The last observation of the segments before it.
    pub closed_until_id: i64,
    /// The last observation that is in the bucket.
    pub stored_until_id: i64,
    /// The market listings of the event; `None` in rows from when they stood in a table of their own.
    pub(super) listings: Option<Vec<Listing>>,
    /// The event as a deal when it was last scored.
    pub deal: Option<Deal>,
    /// The place of its listing, which is the one that was scored, among the listings.
    pub deal_place: Option<usize>,
    /// When it was last scored (market time).
    pub scored_at: Option<DateTime<Utc>>,
    /// The number of the last answer to an append.
    pub revision: u64,
    /// How fresh the deal was when it was last to be written (market time).
    pub told_at: Option<DateTime<Utc>>,
    /// Observations corrected so far: who wrote them down meanwhile sees that he must again.
    pub corrections: u64,
    /// The event, from the first call that named it.
    pub event_id: Option<EventId>,
    /// Grows with every change of the history.
    pub version: u64,
    /// Compactions done so far: their objects' keys hold it.
    pub compactions: u32,
    /// Pieces sealed by imports so far: their keys hold it.
    pub imports: u32,
    /// The lowest prices that no listing remembers: imported ones, and those of units that markets have left.
    pub lows: Lows,
    /// What comparable events cost, as last told.
    pub comparable: Option<Comparable>,
    /// There may be announcements the queue does not have.
    pub announcing: bool,
    /// Observations taken in since the last one that is in the bucket.
    pub waiting: usize,
    /// Alarms in a row that could not announce or flush.
    pub failures: u32,
    /// Compactions in a row that failed.
    pub compaction_failures: u32,
}

/// While no confirmed price changes, the score is made anew this often (market time): the course moves slowly under it.
const SCORE_EVERY: TimeDelta = TimeDelta::hours(1);
/// A deal that is the same but for its freshness is written this often.
const TELL_EVERY: TimeDelta = TimeDelta::hours(1);

impl Meta {
    /// Whether the last score still holds at `now`, as far as time goes.
    pub fn is_scored_lately(&self, now: DateTime<Utc>) -> bool {
        let begun = self.card.as_ref().and_then(|card| card.starts_at).is_some_and(|start| start <= now);
        let age = self.scored_at.map(|at| now.signed_duration_since(at));
        // What was scored before places were kept is scored anew, so that it is known which listing it is.
        let is_placed = self.deal.is_some() == self.deal_place.is_some();
        age.is_some_and(|age| age < SCORE_EVERY) && !(begun && self.deal.is_some()) && is_placed
    }

    /// The number of the next answer: above all before it, and not below the clock, so that it is still above them where an
    /// object lost its storage, or was taken back to an earlier state, while its rows were not.
    pub fn next_revision(&mut self, wall_ms: i64) -> u64 {
        self.revision = self.revision.saturating_add(1).max(u64::try_from(wall_ms).unwrap_or(0));
        self.revision
    }

    /// The event, if any call has named it.
    pub fn event_id(&self) -> Option<EventId> {
        self.card.as_ref().map(|card| card.id.clone()).or_else(|| self.event_id.clone())
    }

    /// Whether the deal's row is fresh enough.
    pub fn is_told_lately(&self) -> bool {
        match (&self.deal, self.told_at) {
            (Some(deal), Some(told)) => deal.observed_at.signed_duration_since(told) < TELL_EVERY,
            (None, None) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_later_answer_has_a_higher_number_whatever_the_clock_says(clock in prop::collection::vec(any::<i64>(), 1..30)) {
            let mut meta = Meta::default();
            let numbers: Vec<u64> = clock.iter().map(|ms| meta.next_revision(*ms)).collect();
            prop_assert!(numbers.iter().zip(numbers.iter().skip(1)).all(|(earlier, later)| earlier < later || *later == u64::MAX));
        }
    }

    #[test]
    fn an_object_that_lost_what_it_knew_goes_on_above_its_rows() {
        let mut meta = Meta::default();
        let told = (0..100).map(|message| meta.next_revision(1_000 + 50 * message)).max();
        assert!(told.is_some_and(|told| Meta::default().next_revision(10_000) > told));
    }
}
