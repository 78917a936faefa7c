-- Owner: pricing. What is remembered of the listings of each event, by which later events of the venue are judged.

CREATE TABLE seat_memories (
  event_id      TEXT PRIMARY KEY,
  venue_id      TEXT NOT NULL,
  learned_at_ms INTEGER NOT NULL,     -- market time
  memory        TEXT NOT NULL         -- JSON of prices::seats::Memory, at most 800 places of about 50 bytes
) STRICT;
CREATE INDEX seat_memories_by_venue ON seat_memories (venue_id, learned_at_ms);
