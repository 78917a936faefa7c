//! Mending the course by observations decoded again from kept answers.

use contract::planner::{BackfillObservations, HistoryBackfilled};
use edge::failure::Result;
use prices::Observation;

use crate::history::backfill::{Fix, fix};
use crate::history::listing::observation;
use crate::history::object::PriceHistory;
use crate::history::rows::Row;

impl PriceHistory {
    /// Takes in observations decoded again from kept answers: what the course lacks is inserted, what it has otherwise
    /// corrected. Nothing is announced, and what stands now does not change. A correction of what is in a closed segment
    /// is left: the bucket would bring the old value back.
    pub(super) async fn backfill(&self, batch: &BackfillObservations) -> Result<HistoryBackfilled> {
        let mut meta = self.store.meta()?;
        let listings = self.store.listings(&meta)?;
        let mut rows: Vec<Row> =
            self.store.rows_after(0)?.into_iter().filter(|row| row.market == batch.market).collect();
        rows.sort_by_key(|row| row.observation.at);
        let mut course: Vec<Observation> = rows.iter().map(|row| row.observation).collect();
        let mut items: Vec<_> = batch.items.iter().collect();
        items.sort_by_key(|item| item.observed_at);
        let (mut done, mut inserted) = (HistoryBackfilled::default(), Vec::new());
        for item in items {
            let is_only = !listings.iter().any(|listing| {
                listing.market == batch.market && listing.source_event_id != item.source_event_id
            });
            let seen = observation(item);
            match fix(&course, &seen, is_only) {
                Fix::Nothing => continue,
                Fix::Insert => {
                    course.push(seen);
                    inserted.push((batch.market, seen));
                    done.inserted = done.inserted.saturating_add(1);
                }
                Fix::Correct(place) => {
                    let Some(held) = course.get_mut(place) else { continue };
                    let stored = rows.iter().find(|row| row.observation == *held);
                    let Some(row) = stored.filter(|row| row.id > meta.closed_until_id) else { continue };
                    let right = Observation { at: held.at, ..seen };
                    self.store.correct(row, &right)?;
                    *held = right;
                    meta.stored_until_id = meta.stored_until_id.min(row.id.saturating_sub(1));
                    meta.corrections = meta.corrections.saturating_add(1);
                    meta.version = meta.version.saturating_add(1);
                    done.corrected = done.corrected.saturating_add(1);
                }
            }
            course.sort_by_key(|seen| seen.at);
        }
        if done == HistoryBackfilled::default() {
            return Ok(done);
        }
        if meta.card.is_none() {
            meta.card = batch.items.first().map(|item| item.event.clone());
        }
        // The course has changed under the score: the next append makes it anew.
        meta.scored_at = None;
        self.store.append(&mut meta, listings, &inserted, &[])?;
        self.flush_later().await?;
        Ok(done)
    }
}
