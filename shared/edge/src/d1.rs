//! D1: parameters that survive the border, rows, and counting what changed.

use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, D1Result, Env};

use crate::failure::{Failure, Result};
use crate::storage_count;

/// The largest whole number a JS number holds exactly (2^53).
const MAX_EXACT: i64 = 1 << 53;

/// The database.
pub fn database(env: &Env) -> Result<D1Database> {
    Ok(env.d1("DB")?)
}

/// Text as a parameter.
pub fn text(value: impl AsRef<str>) -> JsValue {
    JsValue::from_str(value.as_ref())
}

/// Text that may be absent.
pub fn optional_text(value: Option<impl AsRef<str>>) -> JsValue {
    value.map_or(JsValue::NULL, text)
}

/// A whole number; the SDK's own integer is 32 bits and D1 takes no BigInt, so it travels as an exact double.
pub fn int(value: i64) -> Result<JsValue> {
    if (-MAX_EXACT..=MAX_EXACT).contains(&value) {
        #[expect(clippy::cast_precision_loss, reason = "within 2^53 every whole number is exact")]
        let exact = value as f64;
        Ok(JsValue::from_f64(exact))
    } else {
        Err(Failure::internal("a number does not fit into 2^53"))
    }
}

/// A whole number that may be absent.
pub fn optional_int(value: Option<i64>) -> Result<JsValue> {
    value.map_or(Ok(JsValue::NULL), int)
}

/// A statement with its parameters.
pub fn statement(db: &D1Database, sql: &str, values: &[JsValue]) -> Result<D1PreparedStatement> {
    Ok(db.prepare(sql).bind(values)?)
}

/// Runs a query and reads its rows.
pub async fn rows<T: DeserializeOwned>(db: &D1Database, sql: &str, values: &[JsValue]) -> Result<Vec<T>> {
    let result = statement(db, sql, values)?.all().await?;
    note(&result);
    Ok(result.results()?)
}

fn note(result: &D1Result) {
    if storage_count::is_counting()
        && let Ok(Some(meta)) = result.meta()
    {
        storage_count::note_d1(meta.rows_read.unwrap_or(0), meta.rows_written.unwrap_or(0));
    }
}

/// Runs a query and reads its first row, if there is one.
pub async fn first<T: DeserializeOwned>(db: &D1Database, sql: &str, values: &[JsValue]) -> Result<Option<T>> {
    Ok(rows(db, sql, values).await?.into_iter().next())
}

/// Runs a statement; answers how many rows it changed.
pub async fn run(db: &D1Database, sql: &str, values: &[JsValue]) -> Result<usize> {
    changes(&statement(db, sql, values)?.run().await?)
}

/// How many rows a statement changed: how a conditional write says whether it took effect.
pub fn changes(result: &D1Result) -> Result<usize> {
    if let Some(error) = result.error() {
        return Err(Failure::internal(error));
    }
    note(result);
    Ok(result.meta()?.and_then(|meta| meta.changes).unwrap_or(0))
}
