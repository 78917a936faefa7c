-- Owner: aggregator. Which events are worth polling often, and what the operator is told.

-- Why somebody cares for an event now. Times ending in _ms are epoch milliseconds of market time.
CREATE TABLE event_attention (
  event_id     TEXT PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
  watched      INTEGER NOT NULL DEFAULT 0,  -- armed alerts and watchlists, as notifications and auth last said
  viewed_at_ms INTEGER NOT NULL DEFAULT 0,  -- somebody opened it, to a few minutes
  moved_at_ms  INTEGER NOT NULL DEFAULT 0   -- a price of it changed
) STRICT, WITHOUT ROWID;
CREATE INDEX event_attention_watched ON event_attention (event_id) WHERE watched > 0;
CREATE INDEX event_attention_viewed ON event_attention (viewed_at_ms);
CREATE INDEX event_attention_moved ON event_attention (moved_at_ms);

-- What the operator is told. A row before it is a message; the key makes a repeat the same row. Times are of the wall clock.
CREATE TABLE operator_messages (
  key           TEXT PRIMARY KEY,           -- market, beginning of the trouble, number of the message
  market        TEXT NOT NULL,
  topic         TEXT NOT NULL,              -- contract::health::OperatorTopic
  subject       TEXT NOT NULL,
  body          TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  handed_over_at_ms INTEGER                 -- NULL: notifications does not have it yet
) STRICT, WITHOUT ROWID;
CREATE INDEX operator_messages_by_time ON operator_messages (created_at_ms);
CREATE INDEX operator_messages_waiting ON operator_messages (created_at_ms) WHERE handed_over_at_ms IS NULL;
