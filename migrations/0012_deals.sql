-- Owner: pricing, but for the last two tables. What deals are found by, what events like one another cost, what people watch.

-- What a deal is found and ordered by. Amounts are those the score compares: all-in where that is known, minor units.
-- Rows of before have none until they are written anew, within the hour.
ALTER TABLE deals ADD COLUMN price_minor INTEGER;
ALTER TABLE deals ADD COLUMN saving_minor INTEGER;     -- fair price less price
ALTER TABLE deals ADD COLUMN currency TEXT;
ALTER TABLE deals ADD COLUMN market TEXT;
ALTER TABLE deals ADD COLUMN venue_id TEXT;
ALTER TABLE deals ADD COLUMN city_key TEXT;            -- folded
ALTER TABLE deals ADD COLUMN region_key TEXT;          -- folded, empty: not known
ALTER TABLE deals ADD COLUMN genre TEXT;

-- Each answers one filter in the order of scores, or one order; all end in the id, so that a page goes on where the last ended.
DROP INDEX deals_by_score;
CREATE INDEX deals_in_order ON deals (score DESC, event_id);
CREATE INDEX deals_by_city ON deals (city_key, score DESC, event_id);
CREATE INDEX deals_by_genre ON deals (genre, score DESC, event_id);
CREATE INDEX deals_by_venue ON deals (venue_id, score DESC, event_id);
CREATE INDEX deals_by_market ON deals (market, score DESC, event_id);
CREATE INDEX deals_by_price ON deals (currency, price_minor, event_id);
CREATE INDEX deals_by_saving ON deals (currency, saving_minor DESC, event_id);
CREATE INDEX deals_by_start ON deals (starts_at_ms, event_id);

-- Every event whose price was scored, with what events like it cost.
CREATE TABLE priced_events (
  event_id       TEXT PRIMARY KEY,
  card           TEXT NOT NULL,        -- JSON of contract::catalog::EventCard
  comparable     TEXT,                 -- JSON of prices::score::Comparable; NULL: nothing comparable is known
  compared_at_ms INTEGER               -- market time; NULL: never
) STRICT, WITHOUT ROWID;

-- What makes events comparable: who plays at which venue, who plays, which genre in which city. At most seven rows an event.
CREATE TABLE event_keys (
  key          TEXT NOT NULL,
  starts_at_ms INTEGER NOT NULL,       -- market time; 0: not known
  event_id     TEXT NOT NULL,
  venue_id     TEXT NOT NULL,          -- empty: not known
  PRIMARY KEY (key, starts_at_ms, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_keys_by_event ON event_keys (event_id);

-- What an event cost at each distance from its start, all-in. Five rows an event at most, kept: 100,000 events a year are 50 MB.
CREATE TABLE event_levels (
  event_id    TEXT NOT NULL,
  stage       INTEGER NOT NULL,        -- prices::score::stage
  currency    TEXT NOT NULL,
  level_minor INTEGER NOT NULL,
  seen_at_ms  INTEGER NOT NULL,        -- market time
  PRIMARY KEY (event_id, stage, currency)
) STRICT, WITHOUT ROWID;

-- Owner: auth. Performers and venues that people watch, beside the events of `watchlists`.
CREATE TABLE watched_performers (
  user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  performer_key TEXT NOT NULL,         -- catalog::place::performer_key
  name          TEXT NOT NULL,         -- as it was given
  added_at_ms   INTEGER NOT NULL,
  PRIMARY KEY (user_id, performer_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE watched_venues (
  user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  venue_id    TEXT NOT NULL REFERENCES venues (id) ON DELETE CASCADE,
  added_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, venue_id)
) STRICT, WITHOUT ROWID;
