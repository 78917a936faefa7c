-- Owner: aggregator. What sources' fees come to, and what quotes come to with them.

-- The newest pair (a ticket stated with and without fees) of each market listing: a listing counts once, however often
-- it is polled, so a repeated page changes nothing.
CREATE TABLE fee_pairs (
  market          TEXT NOT NULL,
  source_event_id TEXT NOT NULL,
  venue_id        TEXT NOT NULL,
  ratio           INTEGER NOT NULL,    -- all-in / before fees, ten-thousandths, in steps of 25 (prices::fees)
  seen_at_ms      INTEGER NOT NULL,    -- market time
  PRIMARY KEY (market, source_event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX fee_pairs_by_age ON fee_pairs (market, seen_at_ms);

-- Models computed from them by cron: one row a source (venue_id '') and one for each venue that has enough.
CREATE TABLE fee_models (
  market    TEXT NOT NULL,
  venue_id  TEXT NOT NULL,             -- '' is the source as a whole
  model     TEXT NOT NULL,             -- JSON of prices::FeeModel
  count     INTEGER NOT NULL,
  computed_at_ms INTEGER NOT NULL,     -- market time
  PRIMARY KEY (market, venue_id)
) STRICT, WITHOUT ROWID;

-- What the listing's price comes to all-in (estimates included), so that lists compare like with like.
ALTER TABLE event_links ADD COLUMN all_in_minor INTEGER;
ALTER TABLE event_links ADD COLUMN all_in TEXT;            -- JSON of prices::AllIn
CREATE INDEX event_links_by_all_in ON event_links (event_id, all_in_minor);
