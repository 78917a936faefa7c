//! Events whose history is part of another's: what the catalogue merged.

use std::collections::BTreeMap;

use contract::ids::EventId;
use contract::queues::CatalogChange;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use serde::Deserialize;
use worker::Env;

/// An event with those that were merged into it.
pub struct Family {
    /// The event that all of them are read as.
    pub canonical: EventId,
    /// The others.
    pub aliases: Vec<EventId>,
}

#[derive(Deserialize)]
struct AliasRow {
    alias_id: EventId,
    event_id: EventId,
}

/// Takes in what events are read as from now on; an older word changes nothing. An alias has no deal of its own, is no event
/// that others are compared with, and is not looked at by the outlook: the event it is read as takes its place there.
pub async fn hear(env: &Env, change: &CatalogChange) -> Result<()> {
    let db = d1::database(env)?;
    let forget = |table: &str| {
        let sql = format!(
            "DELETE FROM {table} WHERE event_id IN
               (SELECT a.alias_id FROM json_each(?) w JOIN history_aliases a
                ON a.alias_id = w.value ->> 'event_id' WHERE a.event_id <> a.alias_id)"
        );
        d1::statement(&db, &sql, &[d1::text(encode(&change.redirects)?)])
    };
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "INSERT INTO history_aliases (alias_id, event_id, version)
                 SELECT value ->> 'event_id', value ->> 'canonical_id', ?2 FROM json_each(?1) WHERE true
                 ON CONFLICT DO UPDATE SET event_id = excluded.event_id, version = excluded.version
                 WHERE excluded.version > history_aliases.version",
                &[d1::text(encode(&change.redirects)?), d1::int(change.version)?],
            )?,
            forget("event_keys")?,
            forget("deals")?,
            d1::statement(
                &db,
                "INSERT INTO outlook_events (event_id, card, starts_at_ms, tended_at_ms, sights, labels)
                 SELECT a.event_id, json_set(e.card, '$.id', a.event_id), e.starts_at_ms, e.tended_at_ms, e.sights, e.labels
                 FROM json_each(?) w JOIN history_aliases a ON a.alias_id = w.value ->> 'event_id'
                 JOIN outlook_events e ON e.event_id = a.alias_id WHERE a.event_id <> a.alias_id AND json_valid(e.card)
                 ON CONFLICT DO NOTHING",
                &[d1::text(encode(&change.redirects)?)],
            )?,
            forget("outlook_events")?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}

/// Whom the history of `id` is read with.
pub async fn family(env: &Env, id: &EventId) -> Result<Family> {
    let rows: Vec<AliasRow> = d1::rows(
        &d1::database(env)?,
        "SELECT alias_id, event_id FROM history_aliases
         WHERE event_id = coalesce((SELECT event_id FROM history_aliases WHERE alias_id = ?1), ?1)
         ORDER BY alias_id",
        &[d1::text(id.as_str())],
    )
    .await?;
    let canonical = rows.first().map_or_else(|| id.clone(), |row| row.event_id.clone());
    let aliases = rows.into_iter().map(|row| row.alias_id).filter(|alias| *alias != canonical).collect();
    Ok(Family { canonical, aliases })
}

/// What each of `ids` is read as, those that are read as themselves left out.
pub async fn canonical(env: &Env, ids: &[&EventId]) -> Result<BTreeMap<EventId, EventId>> {
    let rows: Vec<AliasRow> = d1::rows(
        &d1::database(env)?,
        "SELECT alias_id, event_id FROM history_aliases
         WHERE alias_id IN (SELECT value FROM json_each(?)) AND event_id <> alias_id",
        &[d1::text(encode(&ids)?)],
    )
    .await?;
    Ok(rows.into_iter().map(|row| (row.alias_id, row.event_id)).collect())
}
