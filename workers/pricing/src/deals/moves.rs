//! The confirmed moves of one event, in its object's own SQLite: what was announced, with what bears it out.

use contract::deals::{MoveEvidence, PriceMove, Sight};
use contract::queues::PriceChange;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::sql;
use prices::moves::Evidence;
use prices::{Direction, FeeBasis};
use serde::Deserialize;

use crate::history::Tables;

/// Moves kept of an event, the newest: an event whose price moves every hour is known for eight days.
pub const KEPT: u32 = 200;

/// The table. Beside the announcement itself, which is deleted once the queue has it.
pub const TABLE: &str = "
  CREATE TABLE IF NOT EXISTS moves (
    id TEXT PRIMARY KEY,
    confirmed_at_ms INTEGER NOT NULL,  -- market time
    body TEXT NOT NULL                 -- JSON of contract::deals::PriceMove
    ) STRICT;";

#[derive(Deserialize)]
struct Body {
    body: String,
}

/// Keeps what is announced. Idempotent by the change's id: told again it is the same move.
pub fn keep(tables: &Tables, changes: &[PriceChange]) -> Result<()> {
    let moves: Vec<PriceMove> = changes.iter().filter_map(price_move).collect();
    if moves.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> =
        moves.iter().map(|moved| (&moved.id, moved.confirmed_at.timestamp_millis(), moved)).collect();
    tables.run(
        "INSERT INTO moves (id, confirmed_at_ms, body)
         SELECT value ->> 0, value ->> 1, value -> 2 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
        vec![sql::text(encode(&rows)?)],
    )?;
    tables.run(
        "DELETE FROM moves WHERE id NOT IN (SELECT id FROM moves ORDER BY confirmed_at_ms DESC, id LIMIT ?)",
        vec![sql::int(i64::from(KEPT))?],
    )
}

/// The newest moves, newest first.
pub fn newest(tables: &Tables, limit: u32) -> Result<Vec<PriceMove>> {
    let rows: Vec<Body> = tables.rows(
        "SELECT body FROM moves ORDER BY confirmed_at_ms DESC, id LIMIT ?",
        vec![sql::int(i64::from(limit.min(KEPT)))?],
    )?;
    rows.iter().map(|row| decode(&row.body)).collect()
}

/// The move an announcement tells; none where it carries no evidence (one from before evidence was kept).
fn price_move(change: &PriceChange) -> Option<PriceMove> {
    let new = change.new.money()?;
    Some(PriceMove {
        id: change.id.clone(),
        market: change.market,
        old: change.old,
        new,
        basis: change.new.basis().unwrap_or(FeeBasis::Unknown),
        percent_hundredths: change.percent_hundredths,
        direction: if new.amount_minor < change.old.amount_minor { Direction::Down } else { Direction::Up },
        lowest_ever: change.lowest_ever,
        within_band: change.within_band,
        evidence: change.evidence.clone()?,
        confirmed_at: change.confirmed_at,
    })
}

/// Evidence as messages and answers carry it.
pub fn evidence(found: &Evidence) -> MoveEvidence {
    let sight = |seen: prices::moves::Sight| Sight { at: seen.at, price: seen.price };
    MoveEvidence {
        before: found.before.map(sight),
        sights: found.first.into_iter().chain([found.second]).map(sight).collect(),
        band_minor: found.band_minor,
        polls: found.polls,
    }
}
