//! The alarm: what waits is announced and written to the bucket, then the cold half is kept in order.

use chrono::TimeDelta;
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::{Clock, Vars, random};
use prices::Segment;
use serde_json::json;
use std::time::Duration;

use crate::config::Config;
use crate::history::meta::Meta;
use crate::history::object::PriceHistory;
use crate::history::retry::Backoff;
use crate::history::rows::{Row, newest};
use crate::history::{SEGMENT_ROWS, bucket};

/// Observations wait this long for company before they are written to R2 (market time): one write an event and half
/// hour at most, and a year at 1 M observations a day stays below 2 M writes a month for 1,000 moving events.
const FLUSH_AFTER: Duration = Duration::from_mins(30);
/// Never more often than this in real time, however fast the market's clock runs.
const FLUSH_GAP: Duration = Duration::from_secs(15);
/// Observations that make a whole segment have company enough: after an import they do not stay hot.
const FLUSH_SOON: Duration = Duration::from_secs(1);
/// After a failure to announce or to flush. A bucket that does not take a write for an hour is asked some ten times.
const RETRY: Backoff = Backoff { first: Duration::from_secs(5), most: Duration::from_mins(10) };
/// After a failed compaction (market time): it reads many objects, and a damaged piece fails it until an operator comes.
const COMPACT_AGAIN: Backoff = Backoff { first: Duration::from_hours(1), most: Duration::from_hours(24) };
/// The hot window: what scores look at stays in the object, older closed segments are read from the bucket.
pub(super) const HOT: TimeDelta = TimeDelta::days(35);

impl PriceHistory {
    /// Has the alarm come when what waits has had time to find company, or at once if it needs none.
    pub(super) async fn flush_later(&self) -> Result<()> {
        if self.store.meta()?.waiting >= SEGMENT_ROWS {
            return self.wake_within(FLUSH_SOON).await;
        }
        self.wake_within(self.on_the_market(FLUSH_AFTER)?).await
    }

    /// Has the alarm come after announcing or flushing failed.
    pub(super) async fn retry_later(&self) -> Result<()> {
        let failures = self.store.meta().map_or(1, |meta| meta.failures.max(1));
        self.wake_within(RETRY.after(failures, dice()?)).await
    }

    /// Sets the alarm, unless it comes earlier anyway: who fails again and again does not put off what others wait for.
    async fn wake_within(&self, delay: Duration) -> Result<()> {
        let storage = self.state.storage();
        let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        let at_ms = Clock::wall_ms().saturating_add(delay_ms);
        if storage.get_alarm().await?.is_none_or(|set_ms| set_ms > at_ms) {
            storage.set_alarm(delay).await?;
        }
        Ok(())
    }

    /// The real time that so much market time takes, as far as flushing goes.
    fn on_the_market(&self, delay: Duration) -> Result<Duration> {
        Ok(Config::read(&Vars::new(&self.env))?.clock.real_delay(delay).max(FLUSH_GAP))
    }

    /// The alarm: sends what could not be sent, writes the open segment, compacts. A failure is tried again, later and
    /// later.
    pub(super) async fn settle(&self, log: &Log) -> Result<()> {
        let done = async {
            self.announce().await?;
            while self.flush(log).await? {}
            Ok::<_, Failure>(())
        };
        if let Err(failure) = done.await {
            let failures = self.count_failures(|meta| &mut meta.failures, true).unwrap_or(1);
            log.error("flush_failed", json!({ "cause": failure.cause, "failures": failures }));
            return self.retry_later().await;
        }
        self.count_failures(|meta| &mut meta.failures, false)?;
        // Nothing is lost by compacting later.
        if let Err(failure) = self.compact(log).await {
            let failures = self.count_failures(|meta| &mut meta.compaction_failures, true)?;
            log.error("compaction_failed", json!({ "cause": failure.cause, "failures": failures }));
            return self.wake_within(self.on_the_market(COMPACT_AGAIN.after(failures, dice()?))?).await;
        }
        self.count_failures(|meta| &mut meta.compaction_failures, false)?;
        Ok(())
    }

    /// Counts one failure more, or that there are none any more. Answers how many there have been in a row.
    fn count_failures(&self, of: impl Fn(&mut Meta) -> &mut u32, failed: bool) -> Result<u32> {
        let mut meta = self.store.meta()?;
        let count = of(&mut meta);
        let (before, now) = (*count, if failed { count.saturating_add(1) } else { 0 });
        if before != now {
            *count = now;
            self.store.save_meta(&meta)?;
        }
        Ok(now)
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
        let rows = segment_of(self.store.first_rows_after(meta.closed_until_id, SEGMENT_ROWS)?);
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
        let stored = rows.iter().filter(|row| row.id > meta.stored_until_id).count();
        meta.waiting = meta.waiting.saturating_sub(stored);
        meta.stored_until_id = last_id;
        let is_whole = rows.len() >= SEGMENT_ROWS;
        if is_whole {
            meta.closed_until_id = last_id;
            meta.open_segment = meta.open_segment.saturating_add(1);
        }
        self.store.save_meta(&meta)?;
        self.store.pack(&rows)?;
        let newest = from_ms(self.store.newest_ms()?);
        self.store.let_go(&meta, newest.checked_sub_signed(HOT).unwrap_or(newest))?;
        let is_dirty = self.store.is_dirty(&meta)?;
        if is_dirty && !is_whole {
            self.flush_later().await?;
        }
        Ok(is_dirty && is_whole)
    }
}

fn dice() -> Result<u64> {
    Ok(u64::from_le_bytes(random::bytes()?))
}

/// As many of the waiting rows as make a segment: those of one append stay together.
fn segment_of(mut rows: Vec<Row>) -> Vec<Row> {
    if let Some(last) = rows.get(SEGMENT_ROWS.saturating_sub(1)).map(|row| row.id) {
        rows.truncate(rows.partition_point(|row| row.id <= last));
    }
    rows
}
