//! What was observed, in the object's own rows: one an append, so that reading them is few rows, not thousands.

use chrono::{DateTime, Utc};
use edge::clock::from_ms;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::sql;
use prices::{Courses, Market, Observation};
use serde::Deserialize;

use crate::history::store::HistoryStore;

/// An observation with its number.
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Market.
    pub market: Market,
    /// What was seen.
    pub observation: Observation,
}

#[derive(Deserialize)]
struct ObservationRow {
    id: i64,
    market: String,
    body: String,
}

/// Rows looked at to find enough observations: one may hold a single observation or thousands.
const ROWS_AT_ONCE: i64 = 8;

/// Adds the observations of a row.
fn read(row: &ObservationRow, seen: &mut Vec<Row>) -> Result<()> {
    if row.market.is_empty() {
        let many: Vec<(Market, Observation)> = decode(&row.body)?;
        seen.extend(many.into_iter().map(|(market, observation)| Row { id: row.id, market, observation }));
    } else {
        let market = row.market.parse().map_err(|_| Failure::internal("a stored market is not known"))?;
        seen.push(Row { id: row.id, market, observation: decode(&row.body)? });
    }
    Ok(())
}

impl HistoryStore {
    /// Replaces what `held` says by what is right.
    pub fn correct(&self, held: &Row, right: &Observation) -> Result<()> {
        let row: Option<ObservationRow> = self
            .tables
            .first("SELECT id, market, body FROM observations WHERE id = ?", vec![sql::int(held.id)?])?;
        let Some(row) = row else { return Ok(()) };
        let body = if row.market.is_empty() {
            let mut many: Vec<(Market, Observation)> = decode(&row.body)?;
            let wrong =
                many.iter_mut().find(|(market, seen)| *market == held.market && *seen == held.observation);
            if let Some((_, seen)) = wrong {
                *seen = *right;
            }
            encode(&many)?
        } else {
            encode(right)?
        };
        self.tables
            .run("UPDATE observations SET body = ? WHERE id = ?", vec![sql::text(body), sql::int(held.id)?])
    }

    /// Observations after `id`, in the order they came.
    pub fn rows_after(&self, id: i64) -> Result<Vec<Row>> {
        let rows: Vec<ObservationRow> = self.tables.rows(
            "SELECT id, market, body FROM observations WHERE id > ? ORDER BY id",
            vec![sql::int(id)?],
        )?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in &rows {
            read(row, &mut seen)?;
        }
        Ok(seen)
    }

    /// The first observations after `id`, in the order they came: as many as `enough` or a few more, fewer if there are no
    /// more. After an import very many may wait, and a segment is made of the first.
    pub fn first_rows_after(&self, id: i64, enough: usize) -> Result<Vec<Row>> {
        let (mut seen, mut after): (Vec<Row>, i64) = (Vec::new(), id);
        while seen.len() < enough {
            let rows: Vec<ObservationRow> = self.tables.rows(
                "SELECT id, market, body FROM observations WHERE id > ? ORDER BY id LIMIT ?",
                vec![sql::int(after)?, sql::int(ROWS_AT_ONCE)?],
            )?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in &rows {
                if seen.len() >= enough {
                    break;
                }
                read(row, &mut seen)?;
            }
        }
        Ok(seen)
    }

    /// Observations as they are stored, each text JSON of many with their markets: not read, because nobody here needs to.
    pub fn bodies(&self) -> Result<Vec<String>> {
        let rows: Vec<ObservationRow> =
            self.tables.rows("SELECT id, market, body FROM observations ORDER BY id", Vec::new())?;
        let many = |row: ObservationRow| match row.market.as_str() {
            "" => row.body,
            market => format!("[[\"{market}\",{}]]", row.body),
        };
        Ok(rows.into_iter().map(many).collect())
    }

    /// Puts rows that one segment holds into one, in the place of the last: reading them is then one row, not thousands.
    pub fn pack(&self, rows: &[Row]) -> Result<()> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
        if first.id == last.id {
            return Ok(());
        }
        let many: Vec<(Market, Observation)> = rows.iter().map(|row| (row.market, row.observation)).collect();
        self.tables.run(
            "UPDATE observations SET market = '', at_ms = ?, body = ? WHERE id = ?",
            vec![sql::int(newest(rows).timestamp_millis())?, sql::text(encode(&many)?), sql::int(last.id)?],
        )?;
        self.tables.run(
            "DELETE FROM observations WHERE id >= ? AND id < ?",
            vec![sql::int(first.id)?, sql::int(last.id)?],
        )
    }

    /// Everything that is here, by market, oldest first.
    pub fn courses(&self) -> Result<Courses> {
        let mut courses = Courses::new();
        for row in self.rows_after(0)? {
            courses.entry(row.market).or_default().push(row.observation);
        }
        for course in courses.values_mut() {
            course.sort_by_key(|seen| seen.at);
        }
        Ok(courses)
    }
}

/// The instant of the newest of `rows`.
pub fn newest(rows: &[Row]) -> DateTime<Utc> {
    rows.iter().map(|row| row.observation.at).max().unwrap_or_else(|| from_ms(0))
}
