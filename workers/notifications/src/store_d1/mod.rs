//! The only files with SQL. Owner of the tables in `migrations/0003_notifications.sql`.

use edge::failure::Result;
use serde::de::DeserializeOwned;
use worker::{D1Database, D1PreparedStatement, D1Result};

pub mod alerts;
pub mod aliases;
pub mod channels;
pub mod deliveries;
pub mod news;
pub mod outbox;

/// Runs statements as one transaction.
async fn batch(db: &D1Database, statements: Vec<D1PreparedStatement>) -> Result<Vec<D1Result>> {
    Ok(db.batch(statements).await?)
}

/// The rows a statement of a batch answered; none where it answered none.
fn rows_of<T: DeserializeOwned>(results: &[D1Result], index: usize) -> Result<Vec<T>> {
    match results.get(index) {
        Some(result) => Ok(result.results()?),
        None => Ok(Vec::new()),
    }
}
