//! Past observations from a table: what is missing is put where it belongs, and nothing is announced.
//!
//! What lies within the hot window goes the way of every observation, into the object's own rows. What is older than
//! that may be older than closed segments, which are never changed: it is sealed as a piece of its own, written
//! straight to the bucket, and compaction puts it among the others later.

use contract::history::{ImportObservations, Imported};
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::log::Log;
use prices::{Courses, Observation, Segment};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::history::bucket;
use crate::history::cold::{Grain, Piece};
use crate::history::flush::HOT;
use crate::history::lows::Lows;
use crate::history::object::PriceHistory;
use crate::history::sift::sift;

/// The history may change while the bucket is read and written; then the import begins again.
const TRIES: u32 = 4;

/// An import is the operator's: one that meets a damaged piece says which, and what to do.
fn told(failure: Failure, batch: &ImportObservations) -> Failure {
    let (Code::HistoryDamaged, Some(cause)) = (failure.code, &failure.cause) else { return failure };
    let detail = format!(
        "A stored piece of the history of {id} cannot be read ({cause}), so nothing of {id} was imported; rows of other \
         events may have been. Put the piece back or POST /v1/prices/{id}/mend, then send the table again.",
        id = batch.event_id,
    );
    Failure { detail, ..failure }
}

impl PriceHistory {
    /// Takes past observations in, each market and second once. Idempotent: a repeat finds everything there.
    pub(super) async fn import(&self, batch: &ImportObservations, log: &Log) -> Result<Imported> {
        for _ in 0..TRIES {
            if let Some(done) = self.try_import(batch).await.map_err(|failure| told(failure, batch))? {
                log.info("imported", json!({ "event_id": batch.event_id, "inserted": done.inserted }));
                return Ok(done);
            }
        }
        Err(Failure::new(Code::Conflict, "The history is being changed at this moment: send the rows again."))
    }

    /// `None` if the history changed under it.
    async fn try_import(&self, batch: &ImportObservations) -> Result<Option<Imported>> {
        // All three at one moment: while the bucket is read the alarm may flush and let go of rows, which changes
        // where an observation is and so no version. Read afterwards, those rows would be in neither half.
        let (before, cold, hot) = (self.store.meta()?, self.store.cold_keys()?, self.store.courses()?);
        let mut held = match bucket::get_all(&self.env, &batch.event_id, &cold).await? {
            Ok(held) => held,
            Err(gone) if self.store.cold_keys()? == cold => {
                return Err(bucket::damaged(&gone.key, "the bucket does not have it"));
            }
            Err(_) => return Ok(None),
        };
        bucket::join(&mut held, hot);
        let sifted = sift(&held, &batch.courses);
        let done = Imported { events: 1, ..sifted.counts };
        if done.inserted == 0 {
            return Ok(Some(done));
        }
        let all = || held.values().chain(sifted.missing.values()).flatten();
        let newest = all().map(|seen| seen.at).max().unwrap_or_default();
        let hot_from = newest.checked_sub_signed(HOT).unwrap_or(newest);
        bucket::join(&mut held, sifted.missing.clone());
        let lows = Lows::of(&in_order(held));
        let (mut old, mut recent) = (Courses::new(), Vec::new());
        for (market, course) in sifted.missing {
            let (younger, older): (Vec<Observation>, Vec<Observation>) =
                course.into_iter().partition(|seen| seen.at >= hot_from);
            recent.extend(younger.into_iter().map(|seen| (market, seen)));
            if !older.is_empty() {
                old.insert(market, older);
            }
        }
        recent.sort_by_key(|(market, seen)| (seen.at, *market));
        let sealed = self.seal(batch, before.imports, old).await?;

        let mut meta = self.store.meta()?;
        if meta.version != before.version {
            return Ok(None);
        }
        // From here on nothing is awaited until all of it is written: it is one transaction.
        meta.event_id.get_or_insert_with(|| batch.event_id.clone());
        meta.version = meta.version.saturating_add(1);
        meta.lows = lows;
        // The course has changed under the score: the next append makes it anew.
        meta.scored_at = None;
        if let Some(piece) = sealed {
            meta.imports = meta.imports.saturating_add(1);
            self.store.replace_cold(&[], &[piece])?;
        }
        let listings = self.store.listings(&meta)?;
        self.store.append(&mut meta, listings, &recent, &[])?;
        self.flush_later().await?;
        Ok(Some(done))
    }

    /// Writes what is older than the hot window to the bucket, under a key made of what it holds: dying before the
    /// index knows of it writes the same again.
    async fn seal(&self, batch: &ImportObservations, number: u32, old: Courses) -> Result<Option<Piece>> {
        let Some(until) = old.values().flatten().map(|seen| seen.at).max() else { return Ok(None) };
        let observations = old.values().map(Vec::len).fold(0, usize::saturating_add);
        let segment = Segment { event_id: batch.event_id.as_str().to_owned(), courses: old };
        let bytes = segment.encode().map_err(|error| Failure::internal(error.to_string()))?;
        let digest = Sha256::digest(&bytes);
        let digest = digest.iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let key = bucket::import_key(&batch.event_id, number, &digest);
        bucket::put(&self.env, &key, bytes, observations).await?;
        Ok(Some(Piece {
            key,
            until_ms: until.timestamp_millis(),
            observations: u64::try_from(observations).unwrap_or(u64::MAX),
            grain: Grain::Loose,
            year: None,
        }))
    }
}

fn in_order(mut courses: Courses) -> Courses {
    for course in courses.values_mut() {
        course.sort_by_key(|seen| seen.at);
    }
    courses
}
