//! The statements of merges, splits and their undoing. Run in order, in one transaction, all with the same parameters, of
//! which each takes as many as it names.

use edge::d1;
use edge::failure::Result;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement};

/// `sql` with the first of `values`, up to the highest it names: D1 refuses more than that.
pub fn bound(db: &D1Database, sql: &str, values: &[JsValue]) -> Result<D1PreparedStatement> {
    let named = (1..=values.len()).rev().find(|number| sql.contains(&format!("?{number}"))).unwrap_or(0);
    d1::statement(db, sql, values.get(..named).unwrap_or_default())
}

/// Makes ?2 part of ?3. ?1 is the merge, ?4 the catalogue's version, ?5 who, ?6 why, ?7 when (wall clock).
pub const MERGE: [&str; 4] = [
    "INSERT INTO event_merges (id, kind, from_event_id, into_event_id, listings, redirected, made_by, note, made_at_ms,
                               version)
     VALUES (?1, 'merge', ?2, ?3,
       (SELECT json_group_array(json_object('market', market, 'source_event_id', source_event_id))
        FROM event_links WHERE event_id = ?2),
       (SELECT json_group_array(id) FROM events WHERE merged_into = ?2), ?5, ?6, ?7, ?4)",
    "INSERT INTO link_moves (market, source_event_id, from_event_id, to_event_id, moved_at_ms)
     SELECT market, source_event_id, ?2, ?3, ?7 FROM event_links WHERE event_id = ?2",
    "UPDATE event_links SET event_id = ?3 WHERE event_id = ?2",
    "UPDATE events SET merged_into = ?3 WHERE id = ?2 OR merged_into = ?2",
];

/// Settles the open doubts of the two: ?8 is the pair that was decided, if one was.
pub const DECIDE: &str =
    "UPDATE reviews SET state = CASE WHEN id = ?8 THEN 'same' ELSE 'closed' END, merge_id = ?1,
    decided_by = ?5, note = ?6, decided_at_ms = ?7
  WHERE state = 'open' AND (id = ?8 OR (event_id = min(?2, ?3) AND other_event_id = max(?2, ?3)))";

/// Takes the listing ?9 of market ?8 from ?2 into the new event ?3, and remembers as ?10 that the two are different. An
/// event whose lead is gone follows one of the markets that are left.
pub const SPLIT: [&str; 5] = [
    "INSERT INTO event_merges (id, kind, from_event_id, into_event_id, listings, redirected, made_by, note, made_at_ms,
                               version)
     SELECT ?1, 'split', ?2, ?3, json_array(json_object('market', ?8, 'source_event_id', ?9)), '[]', ?5, ?6, ?7, ?4",
    "INSERT INTO link_moves (market, source_event_id, from_event_id, to_event_id, moved_at_ms)
     SELECT market, source_event_id, ?2, ?3, ?7 FROM event_links
     WHERE market = ?8 AND source_event_id = ?9 AND event_id = ?2",
    "UPDATE event_links SET event_id = ?3 WHERE market = ?8 AND source_event_id = ?9 AND event_id = ?2",
    "UPDATE events SET lead_market = (SELECT market FROM event_links WHERE event_id = ?2 ORDER BY market LIMIT 1)
     WHERE id = ?2 AND NOT EXISTS (SELECT 1 FROM event_links l WHERE l.event_id = ?2 AND l.market = events.lead_market)",
    "INSERT INTO reviews (id, event_id, other_event_id, market, source_event_id, confidence_permille, reasons, state,
                          note, decided_by, merge_id, raised_at_ms, decided_at_ms)
     VALUES (?10, min(?2, ?3), max(?2, ?3), ?8, ?9, 0, '[]', 'different', ?6, ?5, ?1, ?7, ?7)",
];

/// Undoes the merge ?1 at version ?2 and time ?3: its listings, wherever they are read now, go back to the event they
/// came from, which stands for itself again, and so do the events that were part of it. The doubts it settled are open.
pub const UNDO_MERGE: [&str; 6] = [
    "INSERT INTO link_moves (market, source_event_id, from_event_id, to_event_id, moved_at_ms)
     SELECT l.market, l.source_event_id, l.event_id, m.from_event_id, ?3
     FROM event_merges m, json_each(m.listings) w JOIN event_links l
       ON l.market = w.value ->> 'market' AND l.source_event_id = w.value ->> 'source_event_id'
     WHERE m.id = ?1
       AND l.event_id = (SELECT coalesce(e.merged_into, e.id) FROM events e WHERE e.id = m.into_event_id)",
    "UPDATE event_links SET event_id = (SELECT from_event_id FROM event_merges WHERE id = ?1)
     WHERE (market, source_event_id) IN (SELECT w.value ->> 'market', w.value ->> 'source_event_id'
                                         FROM event_merges m, json_each(m.listings) w WHERE m.id = ?1)
       AND event_id = (SELECT coalesce(e.merged_into, e.id) FROM events e JOIN event_merges m
                       ON e.id = m.into_event_id WHERE m.id = ?1)",
    "UPDATE events SET merged_into = NULL WHERE id = (SELECT from_event_id FROM event_merges WHERE id = ?1)",
    "UPDATE events SET merged_into = (SELECT from_event_id FROM event_merges WHERE id = ?1)
     WHERE id IN (SELECT w.value FROM event_merges m, json_each(m.redirected) w WHERE m.id = ?1)
       AND merged_into = (SELECT coalesce(e.merged_into, e.id) FROM events e JOIN event_merges m
                          ON e.id = m.into_event_id WHERE m.id = ?1)",
    "UPDATE reviews SET state = 'open', merge_id = NULL, decided_by = NULL, decided_at_ms = NULL, note = NULL
     WHERE merge_id = ?1",
    UNDONE,
];

/// Undoes the split ?1: the listing goes back, the event made for it becomes part of the one it came from.
pub const UNDO_SPLIT: [&str; 5] = [
    "INSERT INTO link_moves (market, source_event_id, from_event_id, to_event_id, moved_at_ms)
     SELECT l.market, l.source_event_id, l.event_id,
            (SELECT coalesce(e.merged_into, e.id) FROM events e WHERE e.id = m.from_event_id), ?3
     FROM event_merges m JOIN event_links l ON l.event_id = m.into_event_id WHERE m.id = ?1",
    "UPDATE event_links SET event_id = (SELECT coalesce(e.merged_into, e.id) FROM events e JOIN event_merges m
                                        ON e.id = m.from_event_id WHERE m.id = ?1)
     WHERE event_id = (SELECT into_event_id FROM event_merges WHERE id = ?1)",
    "UPDATE events SET merged_into = (SELECT coalesce(e.merged_into, e.id) FROM events e JOIN event_merges m
                                      ON e.id = m.from_event_id WHERE m.id = ?1)
     WHERE (id = (SELECT into_event_id FROM event_merges WHERE id = ?1)
        OR merged_into = (SELECT into_event_id FROM event_merges WHERE id = ?1))",
    "UPDATE reviews SET state = 'closed', decided_at_ms = ?3 WHERE merge_id = ?1",
    UNDONE,
];

const UNDONE: &str =
    "UPDATE event_merges SET undone_at_ms = ?3, version = ?2, told_at_ms = NULL WHERE id = ?1";
