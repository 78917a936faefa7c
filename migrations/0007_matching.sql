-- Owner: aggregator, but for the last two tables. Performers, doubtful pairs, merges and splits.
-- Times ending in _ms are epoch milliseconds of the wall clock.

-- Set on an event that turned out to be another: readers of it are answered the other. Never a chain: what was merged
-- into a merged event points at the last one. Such an event keeps its rows, so that undoing is one update.
ALTER TABLE events ADD COLUMN merged_into TEXT REFERENCES events (id);
CREATE INDEX events_merged ON events (merged_into) WHERE merged_into IS NOT NULL;

-- Who plays. One under all their names (catalog::performer_key).
CREATE TABLE performers (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL,         -- as the first market wrote it
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE performer_names (
  name_key     TEXT PRIMARY KEY,
  performer_id TEXT NOT NULL REFERENCES performers (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_performers (
  event_id     TEXT NOT NULL REFERENCES events (id),
  performer_id TEXT NOT NULL REFERENCES performers (id),
  billing      INTEGER NOT NULL,       -- 0 is named first
  PRIMARY KEY (event_id, performer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_performers_by_performer ON event_performers (performer_id, event_id);

-- Where a venue may be found under another name: by a telling word of its name in its city, and by the square of the
-- map it lies in (catalog::place). What is found so is compared before it is believed.
CREATE TABLE venue_blocks (
  block    TEXT NOT NULL,
  venue_id TEXT NOT NULL REFERENCES venues (id),
  PRIMARY KEY (block, venue_id)
) STRICT, WITHOUT ROWID;

-- Two events that may be one. event_id is the smaller id, so that a pair is one row whichever came first. A decision is
-- remembered: a pair decided to be different is never proposed and never linked again.
CREATE TABLE reviews (
  id                  TEXT PRIMARY KEY,
  event_id            TEXT NOT NULL REFERENCES events (id),
  other_event_id      TEXT NOT NULL REFERENCES events (id),
  market              TEXT NOT NULL,   -- the listing that raised the doubt
  source_event_id     TEXT NOT NULL,
  confidence_permille INTEGER NOT NULL,
  reasons             TEXT NOT NULL,   -- JSON array of catalog::Reason
  state               TEXT NOT NULL CHECK (state IN ('open', 'same', 'different', 'closed')),
  note                TEXT,
  decided_by          TEXT,            -- operator; matching, when facts made it clear later
  merge_id            TEXT,            -- of the merge that followed
  raised_at_ms        INTEGER NOT NULL,
  decided_at_ms       INTEGER,
  UNIQUE (event_id, other_event_id)
) STRICT;
CREATE INDEX reviews_by_state ON reviews (state, raised_at_ms, id);
CREATE INDEX reviews_by_other ON reviews (other_event_id);

-- Every merge and split, with what is needed to undo it.
CREATE TABLE event_merges (
  id            TEXT PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('merge', 'split')),
  from_event_id TEXT NOT NULL REFERENCES events (id),
  into_event_id TEXT NOT NULL REFERENCES events (id),
  listings      TEXT NOT NULL,         -- JSON array of {market, source_event_id}: the links that were moved
  redirected    TEXT NOT NULL,         -- JSON array of event ids that pointed at from_event_id before
  note          TEXT,
  made_by       TEXT NOT NULL,         -- operator or matching
  made_at_ms    INTEGER NOT NULL,
  undone_at_ms  INTEGER,
  version       INTEGER NOT NULL,      -- of the catalogue, at the last change of this row: orders what is told
  told_at_ms    INTEGER                -- NULL: pricing and notifications have not been told of that version yet
) STRICT;
CREATE INDEX event_merges_by_time ON event_merges (made_at_ms, id);
CREATE INDEX event_merges_untold ON event_merges (version) WHERE told_at_ms IS NULL;

-- A listing that belongs to another event now. Each planner reads on from the number it has followed.
CREATE TABLE link_moves (
  number          INTEGER PRIMARY KEY AUTOINCREMENT,
  market          TEXT NOT NULL,
  source_event_id TEXT NOT NULL,
  from_event_id   TEXT NOT NULL,
  to_event_id     TEXT NOT NULL,
  moved_at_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX link_moves_by_market ON link_moves (market, number);

-- Owner: pricing. Events whose history is part of another's: event_id is the one it belongs to, itself after an undoing.
CREATE TABLE history_aliases (
  alias_id TEXT PRIMARY KEY,
  event_id TEXT NOT NULL,
  version  INTEGER NOT NULL            -- of the catalogue: an older word changes nothing
) STRICT, WITHOUT ROWID;
CREATE INDEX history_aliases_by_event ON history_aliases (event_id);

-- Owner: notifications. The same, for alerts set on an event before it was merged.
CREATE TABLE alert_aliases (
  alias_id TEXT PRIMARY KEY,
  event_id TEXT NOT NULL,
  version  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_aliases_by_event ON alert_aliases (event_id);
