//! The alarm: what waits is announced and written to the bucket, then the cold half is kept in order.

use chrono::TimeDelta;
use edge::Vars;
use edge::failure::{Failure, Result};
use edge::log::Log;
use prices::Segment;
use serde_json::json;
use std::time::Duration;

use crate::config::Config;
use crate::history::object::{PriceHistory, RETRY_AFTER};
use crate::history::rows::{Row, newest};
use crate::history::{SEGMENT_ROWS, bucket};

/// Observations wait this long for company before they are written to R2 (market time): one write an event and half
/// hour at most, and a year at 1 M observations a day stays below 2 M writes a month for 1,000 moving events.
const FLUSH_AFTER: Duration = Duration::from_mins(30);
/// Never more often than this in real time, however fast the market's clock runs.
const FLUSH_GAP: Duration = Duration::from_secs(15);
/// The hot window: what scores look at stays in the object, older closed segments are read from the bucket.
pub(super) const HOT: TimeDelta = TimeDelta::days(35);

impl PriceHistory {
    /// Sets the alarm, unless one is set.
    pub(super) async fn flush_later(&self) -> Result<()> {
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            let clock = Config::read(&Vars::new(&self.env))?.clock;
            storage.set_alarm(clock.real_delay(FLUSH_AFTER).max(FLUSH_GAP)).await?;
        }
        Ok(())
    }

    /// The alarm: sends what could not be sent, writes the open segment, compacts. A failure is tried again soon.
    pub(super) async fn settle(&self, log: &Log) -> Result<()> {
        let done = async {
            self.announce().await?;
            while self.flush(log).await? {}
            Ok::<_, Failure>(())
        };
        if let Err(failure) = done.await {
            log.error("flush_failed", json!({ "cause": failure.cause }));
            self.state.storage().set_alarm(RETRY_AFTER).await?;
            return Ok(());
        }
        // Nothing is lost by compacting later.
        if let Err(failure) = self.compact(log).await {
            log.error("compaction_failed", json!({ "cause": failure.cause }));
            self.flush_later().await?;
        }
        Ok(())
    }

    /// Writes the open segment as a whole under its own key: dying before the row that says so writes the same
    /// observations again under the same key, so nothing is lost or doubled. Answers whether a whole segment was
    /// closed and more is waiting.
    async fn flush(&self, log: &Log) -> Result<bool> {
        let mut meta = self.store.meta()?;
        let Some(event_id) = meta.event_id() else { return Ok(false) };
        if !self.store.is_dirty(&meta)? {
            return Ok(false);
        }
        let rows = segment_of(self.store.rows_after(meta.closed_until_id)?);
        let Some(last_id) = rows.last().map(|row| row.id) else { return Ok(false) };
        let until = newest(&rows);
        let mut segment = Segment { event_id: event_id.as_str().to_owned(), courses: prices::Courses::new() };
        for row in &rows {
            segment.courses.entry(row.market).or_default().push(row.observation);
        }
        for course in segment.courses.values_mut() {
            course.sort_by_key(|seen| seen.at);
        }
        let bytes = segment.encode().map_err(|error| Failure::internal(error.to_string()))?;
        let key = bucket::key(&event_id, meta.open_segment);
        log.info(
            "flush",
            json!({ "observations": rows.len(), "bytes": bytes.len(), "segment": meta.open_segment }),
        );
        bucket::put(&self.env, &key, bytes, rows.len()).await?;

        // What was corrected meanwhile is not in what was written: it is written anew, under the same key.
        if self.store.meta()?.corrections != meta.corrections {
            self.flush_later().await?;
            return Ok(false);
        }
        // Others may have appended meanwhile: only the columns of segments are ours to change here.
        self.store.stored(meta.open_segment, &key, last_id, until)?;
        meta = self.store.meta()?;
        meta.stored_until_id = last_id;
        let is_whole = rows.len() >= SEGMENT_ROWS;
        if is_whole {
            meta.closed_until_id = last_id;
            meta.open_segment = meta.open_segment.saturating_add(1);
        }
        self.store.save_meta(&meta)?;
        self.store.pack(&rows)?;
        self.store.let_go(&meta, until.checked_sub_signed(HOT).unwrap_or(until))?;
        let is_dirty = self.store.is_dirty(&meta)?;
        if is_dirty && !is_whole {
            self.flush_later().await?;
        }
        Ok(is_dirty && is_whole)
    }
}

/// As many of the waiting rows as make a segment: those of one append stay together.
fn segment_of(mut rows: Vec<Row>) -> Vec<Row> {
    if let Some(last) = rows.get(SEGMENT_ROWS.saturating_sub(1)).map(|row| row.id) {
        rows.truncate(rows.partition_point(|row| row.id <= last));
    }
    rows
}
