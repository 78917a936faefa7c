-- Owner: pricing. The register of outlook models, and the public record of what was said and what came of it.
-- Times ending in _ms are epoch milliseconds of market time unless a comment says wall clock. Money is minor units.

CREATE TABLE outlook_models (
  version    TEXT PRIMARY KEY,
  sha256     TEXT NOT NULL,             -- of the artefact, hexadecimal; its key in the bucket has it too
  bytes      INTEGER NOT NULL,
  state      TEXT NOT NULL,             -- contract::outlook::ModelState
  report     TEXT NOT NULL,             -- JSON of prices::accuracy::TrainingReport, without its list of advice
  registered_at_ms INTEGER NOT NULL,    -- wall clock
  activated_at_ms INTEGER               -- wall clock; NULL: never
) STRICT;

-- What an operator did to models. Only ever added to.
CREATE TABLE outlook_model_actions (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms      INTEGER NOT NULL,          -- wall clock
  version    TEXT NOT NULL,
  action     TEXT NOT NULL,             -- registered, activated, rolled_back
  before     TEXT,                      -- version in service before
  after      TEXT,                      -- and since
  request_id TEXT NOT NULL
) STRICT;

-- One row an event: what the outlook of other events needs of it, and when it was last looked at.
CREATE TABLE outlook_events (
  event_id   TEXT PRIMARY KEY,
  card       TEXT NOT NULL,             -- JSON of contract::catalog::EventCard
  starts_at_ms INTEGER,                 -- NULL: not known
  tended_at_ms INTEGER NOT NULL,        -- when it was last looked at
  sights     TEXT NOT NULL,             -- JSON: [[seconds, minor units], ...], the last week's moves
  labels     TEXT NOT NULL              -- JSON: what came of its own days, for past rates
) STRICT;
CREATE INDEX outlook_events_by_tended ON outlook_events (tended_at_ms);
CREATE INDEX outlook_events_by_start ON outlook_events (starts_at_ms);

-- What was said of an event on a day of market time (UTC). Written once.
CREATE TABLE forecasts (
  event_id   TEXT NOT NULL,
  said_on    TEXT NOT NULL,             -- 2026-05-12
  said_at_ms INTEGER NOT NULL,
  event      TEXT NOT NULL,             -- its name then
  genre      TEXT,
  starts_at_ms INTEGER,
  price_minor INTEGER NOT NULL,
  currency   TEXT NOT NULL,
  basis      TEXT NOT NULL,
  told       TEXT NOT NULL,             -- JSON: [[hours, probability, [five quantiles over the price]], ...]
  waits      INTEGER,                   -- 1: said wait, 0: said buy, NULL: a model that gives no advice spoke
  saving_minor INTEGER,                 -- expected of waiting
  shown      INTEGER NOT NULL,          -- 0: the advice was withheld
  model      TEXT NOT NULL,             -- version, or past_rates
  digest     TEXT,                      -- SHA-256 of the artefact
  PRIMARY KEY (event_id, said_on)
) STRICT;
CREATE INDEX forecasts_by_day ON forecasts (said_at_ms);
CREATE TRIGGER forecasts_are_never_edited BEFORE UPDATE ON forecasts
BEGIN SELECT RAISE(ABORT, 'what was said is never edited'); END;

-- What came of it, one row a horizon (24, 72, 168) and one for the advice (0). Written once.
CREATE TABLE forecast_outcomes (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id   TEXT NOT NULL,
  said_on    TEXT NOT NULL,
  hours      INTEGER NOT NULL,
  settled_at_ms INTEGER NOT NULL,
  fell       INTEGER,                   -- NULL: it was not seen well enough to tell
  came_minor INTEGER,                   -- the price at the horizon
  lowest_minor INTEGER,                 -- of the seven days after, or until the start (hours = 0)
  paid_minor INTEGER,                   -- by one who followed the advice of these days (hours = 0)
  verdict    TEXT,                      -- prices::accuracy::Verdict (hours = 0)
  UNIQUE (event_id, said_on, hours)
) STRICT;
CREATE INDEX forecast_outcomes_by_verdict ON forecast_outcomes (hours, verdict);
CREATE TRIGGER forecast_outcomes_are_never_edited BEFORE UPDATE ON forecast_outcomes
BEGIN SELECT RAISE(ABORT, 'what came is never edited'); END;

-- What one paid who followed the advice from the first day on record, once the event is over. Written once.
CREATE TABLE followed_events (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id   TEXT NOT NULL UNIQUE,
  genre      TEXT,
  currency   TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  at_once_minor INTEGER NOT NULL,       -- the price of the first day
  paid_minor INTEGER NOT NULL,
  best_minor INTEGER NOT NULL,          -- the lowest of all days
  waited_days INTEGER NOT NULL
) STRICT;

-- Sums that are made anew now and then, by name: past_rates, record.
CREATE TABLE outlook_sums (
  name       TEXT PRIMARY KEY,
  made_at_ms INTEGER NOT NULL,
  body       TEXT NOT NULL              -- JSON
) STRICT;
