//! One part of a pushed delivery, taken in by the feed's planner: the one writer of that market.

use contract::push::{PushPart, PushedPart};
use edge::clock::Clock;
use edge::failure::Result;
use futures_util::lock::Mutex;
use sources::{Page, SourceEvent};
use worker::SqlStorage;

use crate::ingest::Ingest;
use crate::planner::push_store::PushStore;

/// No walk of the pulled feed comes after it: what was pushed is not missed by a walk that cannot see it.
/// The greatest number that JSON carries unharmed.
pub const BEYOND_WALKS: i64 = (1 << 53) - 1;

/// Takes in pushed offers, one part after the other.
pub struct Pushes {
    store: PushStore,
    /// Two parts at once could be about the same event.
    turn: Mutex<()>,
}

impl Pushes {
    /// Opens the memory of deliveries.
    pub fn open(sql: SqlStorage) -> Self {
        Self { store: PushStore::open(sql), turn: Mutex::new(()) }
    }

    /// Takes in `part`; a second time it only answers as before.
    pub async fn take(&self, ingest: &Ingest<'_>, part: PushPart) -> Result<PushedPart> {
        let _turn = self.turn.lock().await;
        if let Some(answer) = self.store.answered(&part.delivery, part.part)? {
            return Ok(PushedPart { repeated: true, ..answer });
        }
        let events = part.events.iter().map(|event| event.id.as_str());
        let ids: Vec<&str> = events.chain(part.deleted.iter().map(String::as_str)).collect();
        let superseded = self.store.superseded(&ids, part.signed_at_s)?;
        let is_news = |id: &str| !superseded.iter().any(|other| other == id);
        let events: Vec<SourceEvent> =
            part.events.iter().filter(|event| is_news(&event.id)).cloned().collect();
        let gone: Vec<&str> = part.deleted.iter().map(String::as_str).filter(|id| is_news(id)).collect();

        let mut changes = ingest.take(&Page { events, ..Page::default() }).await?;
        let listings = ingest.store.known(&gone)?;
        if !listings.is_empty() {
            let ids: Vec<String> = listings.iter().map(|known| known.source_event_id.clone()).collect();
            changes = changes.saturating_add(ingest.gone(listings).await?);
            ingest.store.forget(&ids)?;
        }
        // Last of all: had we died before, the part would be taken in again, which changes nothing that stands already.
        let answer = PushedPart { changes, superseded: superseded.clone(), repeated: false };
        let spoken_of: Vec<&str> = ids.into_iter().filter(|id| is_news(id)).collect();
        let stamp = (spoken_of.as_slice(), part.signed_at_s);
        self.store.remember(&part.delivery, part.part, stamp, &answer, Clock::wall_ms())?;
        Ok(answer)
    }
}
