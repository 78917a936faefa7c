-- Owner: webhooks. What senders told us and what we made of it. Read by nobody else.
-- Times ending in _ms are epoch milliseconds of the wall clock.

-- Every verified delivery of a webhook, once: received first, acted upon, then done. No payload is kept: the state we
-- act on is always fetched from the sender, and bodies hold personal data.
CREATE TABLE webhook_events (
  provider       TEXT NOT NULL CHECK (provider IN ('stripe', 'resend', 'twilio')),
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
CREATE INDEX webhook_events_unfinished ON webhook_events (received_at_ms) WHERE state = 'received';

-- One row that orders what happens here: D1 runs one statement at a time, so a higher tick is later.
CREATE TABLE billing_clock (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  tick INTEGER NOT NULL
) STRICT;
INSERT INTO billing_clock (id, tick) VALUES (1, 0);

-- Which of Stripe's customers a person is.
CREATE TABLE billing_customers (
  customer_id TEXT PRIMARY KEY,
  user_id     TEXT NOT NULL                    -- auth's; no foreign key, the payment outlives the account
) STRICT, WITHOUT ROWID;
CREATE INDEX billing_customers_by_user ON billing_customers (user_id);

-- Subscriptions as Stripe showed them when last asked.
CREATE TABLE subscriptions (
  id                      TEXT PRIMARY KEY,
  customer_id             TEXT NOT NULL,
  user_id                 TEXT,                -- NULL: nobody known yet
  status                  TEXT NOT NULL,       -- Stripe's word
  current_period_start_ms INTEGER,
  current_period_end_ms   INTEGER,
  cancel_at_period_end    INTEGER NOT NULL CHECK (cancel_at_period_end IN (0, 1)),
  asked_at_tick           INTEGER NOT NULL     -- the tick before Stripe was asked: an older answer never replaces a newer
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_by_user ON subscriptions (user_id);
CREATE INDEX subscriptions_by_customer ON subscriptions (customer_id);
