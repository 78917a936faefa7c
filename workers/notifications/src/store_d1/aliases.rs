//! Events that are read as another: alerts set on them before they were merged hear of the other's prices.

use contract::queues::CatalogChange;
use edge::d1::{self, int, text};
use edge::failure::Result;
use edge::json::encode;
use worker::D1Database;

/// Takes in what events are read as from now on; an older word changes nothing.
pub async fn hear(db: &D1Database, change: &CatalogChange) -> Result<()> {
    d1::run(
        db,
        "INSERT INTO alert_aliases (alias_id, event_id, version)
         SELECT value ->> 'event_id', value ->> 'canonical_id', ?2 FROM json_each(?1) WHERE true
         ON CONFLICT DO UPDATE SET event_id = excluded.event_id, version = excluded.version
         WHERE excluded.version > alert_aliases.version",
        &[text(encode(&change.redirects)?), int(change.version)?],
    )
    .await
    .map(drop)
}
