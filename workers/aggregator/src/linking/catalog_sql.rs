//! The statements of one linking. Each takes its rows as one JSON array.

pub const INSERT_VENUES: &str = "INSERT INTO venues
  (id, name, city, region, country, latitude, longitude, timezone, created_at_ms)
  SELECT value ->> 'id', value ->> 'name', value ->> 'city', value ->> 'region', value ->> 'country',
         value ->> 'latitude', value ->> 'longitude', value ->> 'timezone', value ->> 'created_at_ms'
  FROM json_each(?)";

pub const INSERT_VENUE_NAMES: &str = "INSERT INTO venue_names (name_key, venue_id)
  SELECT value ->> 'name_key', value ->> 'venue_id' FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

pub const INSERT_VENUE_BLOCKS: &str = "INSERT INTO venue_blocks (block, venue_id)
  SELECT value ->> 'block', value ->> 'venue_id' FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

pub const INSERT_PERFORMERS: &str = "INSERT INTO performers (id, name, created_at_ms)
  SELECT value ->> 'id', value ->> 'name', value ->> 'created_at_ms' FROM json_each(?)";

pub const INSERT_PERFORMER_NAMES: &str = "INSERT INTO performer_names (name_key, performer_id)
  SELECT value ->> 'name_key', value ->> 'id' FROM json_each(?)";

pub const DELETE_BILLINGS: &str =
    "DELETE FROM event_performers WHERE event_id IN (SELECT value ->> 'id' FROM json_each(?))";

pub const INSERT_BILLINGS: &str = "INSERT INTO event_performers (event_id, performer_id, billing)
  SELECT value ->> 'event_id', value ->> 'performer_id', value ->> 'billing' FROM json_each(?) WHERE true
  ON CONFLICT DO NOTHING";

pub const UPSERT_EVENTS: &str = "INSERT INTO events
  (id, venue_id, name, performers, starts_at_ms, local_start, date_tbd, time_tbd, status, genre, addon, lead_market,
   sort_at_ms, created_at_ms)
  SELECT value ->> 'id', value ->> 'venue_id', value ->> 'name', value -> 'performers', value ->> 'starts_at_ms',
         value ->> 'local_start', value ->> 'date_tbd', value ->> 'time_tbd', value ->> 'status', value ->> 'genre',
         value ->> 'addon', value ->> 'lead_market', value ->> 'sort_at_ms', value ->> 'created_at_ms'
  FROM json_each(?) WHERE true
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, performers = excluded.performers,
    starts_at_ms = excluded.starts_at_ms, local_start = excluded.local_start, date_tbd = excluded.date_tbd,
    time_tbd = excluded.time_tbd, status = excluded.status, sort_at_ms = excluded.sort_at_ms";

pub const INSERT_BLOCKS: &str = "INSERT INTO event_blocks (block, event_id)
  SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

pub const UPSERT_LINKS: &str = "INSERT INTO event_links
  (market, source_event_id, event_id, confidence_permille, reasons, facts, checked_at_ms)
  SELECT value ->> 'market', value ->> 'source_event_id', value ->> 'event_id', value ->> 'confidence_permille',
         value ->> 'reasons', value ->> 'facts', value ->> 'checked_at_ms'
  FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET event_id = excluded.event_id, facts = excluded.facts,
    reasons = CASE WHEN event_links.event_id = excluded.event_id THEN event_links.reasons ELSE excluded.reasons END,
    confidence_permille = CASE WHEN event_links.event_id = excluded.event_id
      THEN event_links.confidence_permille ELSE excluded.confidence_permille END";
