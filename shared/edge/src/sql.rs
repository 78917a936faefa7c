//! SQLite inside a Durable Object. Rows are always read as a list: a cursor's `one()` hangs when there is none.

use serde::de::DeserializeOwned;
use worker::{SqlCursor, SqlStorage, SqlStorageValue};

use crate::failure::{Failure, Result};
use crate::storage_count;

/// Runs a statement that answers nothing.
pub fn run(sql: &SqlStorage, statement: &str, values: Vec<SqlStorageValue>) -> Result<()> {
    note(&sql.exec(statement, values)?);
    Ok(())
}

/// Runs a statement and reads its rows.
pub fn rows<T: DeserializeOwned>(
    sql: &SqlStorage,
    statement: &str,
    values: Vec<SqlStorageValue>,
) -> Result<Vec<T>> {
    let cursor = sql.exec(statement, values)?;
    let rows = cursor.to_array()?;
    note(&cursor);
    Ok(rows)
}

fn note(cursor: &SqlCursor) {
    if storage_count::is_counting() {
        storage_count::note_object(cursor.rows_read(), cursor.rows_written());
    }
}

/// Runs a statement and reads its first row, if there is one.
pub fn first<T: DeserializeOwned>(
    sql: &SqlStorage,
    statement: &str,
    values: Vec<SqlStorageValue>,
) -> Result<Option<T>> {
    Ok(rows(sql, statement, values)?.into_iter().next())
}

/// A whole number as a parameter; beyond 2^53 it would lose digits on the way and is refused.
pub fn int(value: i64) -> Result<SqlStorageValue> {
    SqlStorageValue::try_from_i64(value).map_err(|_| Failure::internal("a number does not fit into 2^53"))
}

/// Text as a parameter.
pub fn text(value: impl Into<String>) -> SqlStorageValue {
    SqlStorageValue::String(value.into())
}
