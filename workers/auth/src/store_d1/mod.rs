//! The only place in this Worker with SQL for D1. Writes that depend on what is there are conditional statements: D1
//! has no interactive transactions, but a batch is one transaction.

pub mod accounts;
pub mod entitlements;
pub mod sessions;
pub mod watched_names;
pub mod watchlist;

use edge::{Failure, Result};
use worker::D1Result;

/// The result of one statement of a batch.
fn result_at(results: &[D1Result], index: usize) -> Result<&D1Result> {
    results.get(index).ok_or_else(|| Failure::internal("D1 answered fewer results than statements"))
}

/// A stored id that must be one, because we wrote it.
fn stored_id<K: contract::ids::Kind>(text: &str) -> Result<contract::ids::Id<K>> {
    text.parse().map_err(|_| Failure::internal("a stored id is not of its form"))
}
