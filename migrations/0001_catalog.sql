-- Owner: aggregator. What exists, and which listings of which market are it.
-- Times ending in _ms are epoch milliseconds of market time. Money is minor units.

CREATE TABLE venues (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  city       TEXT,
  region     TEXT,
  country    TEXT,
  latitude   REAL,
  longitude  REAL,
  timezone   TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  id          TEXT PRIMARY KEY,
  venue_id    TEXT NOT NULL REFERENCES venues (id),
  name        TEXT NOT NULL,
  performers  TEXT NOT NULL,           -- JSON array of names, billing order
  starts_at_ms INTEGER,                -- NULL: the instant is not known
  local_start TEXT,                    -- venue's wall clock, ISO 8601 without offset
  date_tbd    INTEGER NOT NULL,
  time_tbd    INTEGER NOT NULL,
  status      TEXT NOT NULL,           -- sources::EventStatus
  genre       TEXT,
  addon       INTEGER NOT NULL,        -- 1: parking and the like, kept apart from the event
  lead_market TEXT NOT NULL,           -- the market whose word on name and time we follow: the first to list it
  sort_at_ms  INTEGER NOT NULL,        -- start, or the best guess of it, for order and paging
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_start ON events (addon, sort_at_ms, id);
CREATE INDEX events_by_venue ON events (venue_id);

-- A venue under every name it is known by (catalog::venue_key).
CREATE TABLE venue_names (
  name_key TEXT PRIMARY KEY,
  venue_id TEXT NOT NULL REFERENCES venues (id)
) STRICT, WITHOUT ROWID;

-- The index matching looks candidates up in: an event stands under every block (place and date) it could be found by.
CREATE TABLE event_blocks (
  block    TEXT NOT NULL,
  event_id TEXT NOT NULL REFERENCES events (id),
  PRIMARY KEY (block, event_id)
) STRICT, WITHOUT ROWID;

-- One row a market listing: which event it is, why we think so, and what it costs now.
CREATE TABLE event_links (
  market          TEXT NOT NULL,
  source_event_id TEXT NOT NULL,
  event_id        TEXT NOT NULL REFERENCES events (id),
  confidence_permille INTEGER NOT NULL,
  reasons         TEXT NOT NULL,       -- JSON array of words
  facts           TEXT NOT NULL,       -- JSON: what the market said, so that matching can be run again
  amount_minor    INTEGER,             -- NULL: no price, see absent_reason
  currency        TEXT,
  basis           TEXT,
  absent_reason   TEXT,
  checked_at_ms   INTEGER NOT NULL,
  PRIMARY KEY (market, source_event_id)
) STRICT;
CREATE INDEX event_links_by_event ON event_links (event_id, amount_minor);

-- Optimistic lock of the catalogue: who links inserts the version after the one read; of two at once, the second
-- fails with its whole batch, reads again and finds what the first created. Old rows are deleted on the way.
CREATE TABLE catalog_versions (
  version INTEGER PRIMARY KEY
) STRICT;

-- Words of an event for search by prefix; event_id joins back.
CREATE VIRTUAL TABLE event_words USING fts5 (event_id UNINDEXED, words, tokenize = 'unicode61 remove_diacritics 2');

-- The state of each source, written by its planner after every walk.
CREATE TABLE sources (
  market      TEXT PRIMARY KEY,
  health      TEXT NOT NULL,           -- JSON of contract::catalog::SourceHealth
  updated_at_ms INTEGER NOT NULL
) STRICT;

-- One row a walk through a source's catalogue; kept for 30 days.
CREATE TABLE source_runs (
  request_id  TEXT PRIMARY KEY,
  market      TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,      -- wall clock
  finished_at_ms INTEGER NOT NULL,     -- wall clock
  outcome     TEXT NOT NULL,           -- ok, or the short code of the failure
  requests    INTEGER NOT NULL,
  events      INTEGER NOT NULL,
  changes     INTEGER NOT NULL,
  rejected    INTEGER NOT NULL
) STRICT;
CREATE INDEX source_runs_by_market ON source_runs (market, started_at_ms);
