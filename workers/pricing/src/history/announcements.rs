//! Moves that are rows before they are messages: what the queue does not have yet.

use contract::queues::PriceChange;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;

use crate::history::store::{Body, HistoryStore};

impl HistoryStore {
    /// Announcements the queue does not have yet, as many as go at once.
    pub fn announcements(&self) -> Result<Vec<PriceChange>> {
        let rows: Vec<Body> = self.tables.rows("SELECT body FROM announcements LIMIT 50", Vec::new())?;
        rows.iter().map(|row| decode(&row.body)).collect()
    }

    /// The queue has these. Answers whether there are others.
    pub fn announced(&self, changes: &[PriceChange]) -> Result<bool> {
        let ids: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
        self.tables.run(
            "DELETE FROM announcements WHERE id IN (SELECT value FROM json_each(?))",
            vec![sql::text(encode(&ids)?)],
        )?;
        // Others may have been added while the queue was being told.
        let left = self
            .tables
            .first::<serde::de::IgnoredAny>("SELECT 1 AS one FROM announcements LIMIT 1", Vec::new())?;
        let mut meta = self.meta()?;
        if meta.announcing != left.is_some() {
            meta.announcing = left.is_some();
            self.save_meta(&meta)?;
        }
        Ok(left.is_some())
    }
}
