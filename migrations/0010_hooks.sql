-- Owner: webhooks. StubHub's hooks are recorded too. A CHECK cannot be widened in place, so the table is written anew.
CREATE TABLE webhook_events_new (
  provider       TEXT NOT NULL CHECK (provider IN ('stripe', 'resend', 'twilio', 'stubhub')),
  event_id       TEXT NOT NULL,                -- the sender's, or what identifies it where the sender gives none
  type           TEXT NOT NULL,
  object_id      TEXT,                         -- what it is about, at the sender
  state          TEXT NOT NULL CHECK (state IN ('received', 'done')),
  outcome        TEXT,                         -- what came of it, once done
  attempts       INTEGER NOT NULL,
  received_at_ms INTEGER NOT NULL,
  done_at_ms     INTEGER,
  PRIMARY KEY (provider, event_id)
) STRICT, WITHOUT ROWID;
INSERT INTO webhook_events_new
SELECT provider, event_id, type, object_id, state, outcome, attempts, received_at_ms, done_at_ms FROM webhook_events;
DROP TABLE webhook_events;
ALTER TABLE webhook_events_new RENAME TO webhook_events;
CREATE INDEX webhook_events_unfinished ON webhook_events (received_at_ms) WHERE state = 'received';
