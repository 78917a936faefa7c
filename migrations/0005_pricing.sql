-- Owner: pricing. The best current offer of each event with its score, and messages that could not be read.

CREATE TABLE deals (
  event_id     TEXT PRIMARY KEY,
  score        INTEGER NOT NULL,      -- 0 to 100
  starts_at_ms INTEGER,               -- market time; NULL: not known
  observed_at_ms INTEGER NOT NULL,    -- market time of the last sight of the price
  deal         TEXT NOT NULL          -- JSON of contract::pricing::Deal
) STRICT;
CREATE INDEX deals_by_score ON deals (score, observed_at_ms);

CREATE TABLE dead_letters_pricing (
  id         TEXT PRIMARY KEY,        -- the queue's message id
  queue      TEXT NOT NULL,
  body       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL      -- wall clock
) STRICT;
