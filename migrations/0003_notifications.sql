-- Owner: notifications. Who wants to know what, what has been told, and what became of each message.
-- Times ending in _ms are epoch milliseconds: of market time in watched_events, market_sights, alerts and firings
-- (they stand beside prices), of the wall clock elsewhere. Money is minor units with its currency.

-- One row an event that somebody has set an alert on: what a message to them needs to say of it.
CREATE TABLE watched_events (
  event_id     TEXT PRIMARY KEY,
  card         TEXT NOT NULL,          -- JSON of contract::catalog::EventCard, as last heard
  starts_at_ms INTEGER                 -- NULL: not known, so the event is never taken to be over
) STRICT;

-- The newest word of each market on a watched event, so that a late word cannot pass for news.
CREATE TABLE market_sights (
  event_id        TEXT NOT NULL REFERENCES watched_events (event_id),
  market          TEXT NOT NULL,
  confirmed_at_ms INTEGER NOT NULL,
  best_minor      INTEGER,             -- cheapest on any market at that moment; NULL: none quoted a price
  best_currency   TEXT,
  PRIMARY KEY (event_id, market)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL,
  event_id   TEXT NOT NULL REFERENCES watched_events (event_id),
  rule       TEXT NOT NULL,            -- JSON of alerts::Rule
  channels   TEXT NOT NULL,            -- JSON array of alerts::Channel
  state      TEXT NOT NULL CHECK (state IN ('armed', 'fired', 'stopped')),  -- that an event is over is told by its start
  memory     TEXT NOT NULL,            -- JSON of alerts::Memory
  version    INTEGER NOT NULL,         -- grows with every change: who decided on an older one decides again
  firings    INTEGER NOT NULL,
  last_fired_at_ms INTEGER,
  last_fired_minor INTEGER,
  last_fired_currency TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_by_event ON alerts (event_id, user_id, id) WHERE state <> 'stopped';
CREATE INDEX alerts_by_person ON alerts (user_id, created_at_ms);

-- One row each time an alert fired. The change it fired on names it: the same change never fires it twice.
CREATE TABLE firings (
  id           TEXT PRIMARY KEY,
  alert_id     TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  change_id    TEXT NOT NULL,          -- of the price change; of the alert itself when it was true as it was set
  reason       TEXT NOT NULL,          -- alerts::Reason
  amount_minor INTEGER NOT NULL,
  currency     TEXT NOT NULL,
  fired_at_ms  INTEGER NOT NULL,
  UNIQUE (alert_id, change_id)
) STRICT;
CREATE INDEX firings_by_change ON firings (change_id);

-- An address of a person; one a kind.
CREATE TABLE channels (
  id             TEXT PRIMARY KEY,
  user_id        TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('email', 'sms')),
  address        TEXT NOT NULL,        -- needed to send; never logged
  address_hash   TEXT NOT NULL,        -- keyed; what suppressions are looked up by
  verified_at_ms INTEGER,              -- NULL: not proven, nothing but the code is sent there
  code_hash      TEXT,                 -- keyed hash of the code under way
  code_expires_at_ms INTEGER,
  code_tries     INTEGER NOT NULL DEFAULT 0,
  created_at_ms  INTEGER NOT NULL,
  UNIQUE (user_id, kind)
) STRICT;

-- What will be sent, before it is sent. The id is the idempotency key towards the provider.
CREATE TABLE outbox (
  id           TEXT PRIMARY KEY,
  shard        TEXT NOT NULL,          -- name of the Dispatcher that sends it: email-0…3, sms-0…1
  kind         TEXT NOT NULL CHECK (kind IN ('alert', 'account', 'code')),
  channel      TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
  user_id      TEXT,                   -- NULL: an account mail to an address that is nobody's channel yet
  event_id     TEXT,                   -- of an alert message
  change_id    TEXT,                   -- of an alert message: with user_id it names the firings it speaks of
  address      TEXT NOT NULL,          -- never logged
  address_hash TEXT NOT NULL,
  subject      TEXT NOT NULL,          -- empty for a text message
  body         TEXT NOT NULL,          -- plain text; emptied once sent where it holds a code or a link that opens something
  html         TEXT NOT NULL,          -- empty for a text message
  stop_url     TEXT,                   -- one-click address for the List-Unsubscribe header of an alert mail
  request_id   TEXT NOT NULL,          -- what it came from
  -- pending: to be sent at next_attempt_at_ms. sending: claimed. unknown: given to a provider whose answer was lost and
  -- that has no idempotency key; tried again at next_attempt_at_ms if no callback has come by then. The rest are final.
  state        TEXT NOT NULL
    CHECK (state IN ('pending', 'sending', 'unknown', 'sent', 'failed', 'suppressed', 'cancelled')),
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_attempt_at_ms INTEGER NOT NULL, -- of a row in sending: when it is taken to be lost
  last_error   TEXT,                   -- short code of the last failure
  seen_at_ms   INTEGER,                -- when the price was seen that it tells of; lag is measured from here
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (shard, next_attempt_at_ms) WHERE state IN ('pending', 'sending', 'unknown');
CREATE INDEX outbox_by_change ON outbox (change_id, state) WHERE change_id IS NOT NULL;
CREATE INDEX outbox_by_person ON outbox (user_id, created_at_ms) WHERE user_id IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (state);

-- What a provider took, and what became of it.
CREATE TABLE deliveries (
  message_id   TEXT PRIMARY KEY REFERENCES outbox (id),
  provider     TEXT NOT NULL,          -- contract::internal::MessageProvider
  provider_message_id TEXT NOT NULL,
  status       TEXT NOT NULL,          -- contract::internal::DeliveryOutcome
  status_rank  INTEGER NOT NULL,       -- its rank: it only grows
  code         TEXT,                   -- the provider's code of a failure
  lag_ms       INTEGER,                -- from the sight of the price to the acceptance; NULL: not about a price
  accepted_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (provider, provider_message_id)
) STRICT;
CREATE INDEX deliveries_by_acceptance ON deliveries (accepted_at_ms) WHERE lag_ms IS NOT NULL;
CREATE INDEX deliveries_by_status ON deliveries (status);

-- Addresses to which nothing more is sent.
CREATE TABLE suppressions (
  address_hash TEXT NOT NULL,
  channel      TEXT NOT NULL,
  reason       TEXT NOT NULL,          -- bounced, complained, opted_out
  since_ms     INTEGER NOT NULL,
  PRIMARY KEY (address_hash, channel)
) STRICT, WITHOUT ROWID;

-- Queue messages that could not be read or handled, until an operator looks.
CREATE TABLE dead_letters_notifications (
  id            TEXT PRIMARY KEY,      -- the queue's id of the message
  queue         TEXT NOT NULL,
  body          TEXT NOT NULL,
  reason        TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
