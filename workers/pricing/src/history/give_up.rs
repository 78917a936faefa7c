//! Giving up what cannot be read of the cold half, so that the rest can be read again.

use contract::history::{LostPiece, Mended};
use contract::ids::EventId;
use contract::problem::Code;
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::log::Log;
use serde_json::json;

use crate::history::bucket;
use crate::history::cold::Piece;
use crate::history::object::PriceHistory;

/// Pieces read at once: the platform opens no more connections than this.
const AT_ONCE: usize = 6;

impl PriceHistory {
    /// Reads every cold piece and takes those out of the index that are damaged or not there. The bucket's objects stay:
    /// they may be of use to whoever looks into it. Idempotent.
    ///
    /// Only what is known to be damaged or missing is given up; a bucket that does not answer fails the whole.
    pub(super) async fn give_up_damaged(&self, log: &Log) -> Result<Mended> {
        let Some(event_id) = self.store.meta()?.event_id() else {
            return Err(Failure::not_found("There is no price history for this event id."));
        };
        let pieces = self.store.cold()?;
        let mut unreadable: Vec<&Piece> = Vec::new();
        // Whole handfuls first: most pieces are sound.
        for handful in pieces.chunks(AT_ONCE) {
            if self.are_readable(&event_id, handful).await? {
                continue;
            }
            for piece in handful {
                if !self.are_readable(&event_id, std::slice::from_ref(piece)).await? {
                    unreadable.push(piece);
                }
            }
        }
        // Nothing is awaited from here to the end. What compaction has replaced meanwhile is not there any more, and no loss.
        let named = self.store.cold_keys()?;
        let lost: Vec<&Piece> = unreadable.into_iter().filter(|piece| named.contains(&piece.key)).collect();
        let readable = u32::try_from(named.len().saturating_sub(lost.len())).unwrap_or(u32::MAX);
        if !lost.is_empty() {
            self.store.give_up(&lost.iter().map(|piece| piece.key.as_str()).collect::<Vec<_>>())?;
            let mut meta = self.store.meta()?;
            meta.version = meta.version.saturating_add(1);
            self.store.save_meta(&meta)?;
        }
        let given_up: Vec<LostPiece> = lost.into_iter().map(lost_piece).collect();
        log.warn(
            "mended",
            json!({ "event_id": event_id, "readable": readable, "given_up": given_up.iter().map(|piece| &piece.key).collect::<Vec<_>>() }),
        );
        Ok(Mended { readable, given_up })
    }

    /// Whether all of these are there and sound.
    async fn are_readable(&self, event_id: &EventId, pieces: &[Piece]) -> Result<bool> {
        let keys: Vec<String> = pieces.iter().map(|piece| piece.key.clone()).collect();
        match bucket::get_all(&self.env, event_id, &keys).await {
            Ok(found) => Ok(found.is_ok()),
            Err(failure) if failure.code == Code::HistoryDamaged => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

fn lost_piece(piece: &Piece) -> LostPiece {
    LostPiece { key: piece.key.clone(), observations: piece.observations, until: from_ms(piece.until_ms) }
}
