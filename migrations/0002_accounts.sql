-- Owner: auth. Who somebody is and what they may. Read by nobody else: other Workers ask auth.
-- Times ending in _ms are epoch milliseconds of the wall clock. Hashes are hex; no token and no password is stored.

CREATE TABLE users (
  id                   TEXT PRIMARY KEY,
  email                TEXT NOT NULL UNIQUE,   -- identity::EmailAddress: trimmed, lower case
  email_verified_at_ms INTEGER,                -- NULL: not proved yet
  created_at_ms        INTEGER NOT NULL
) STRICT;

CREATE TABLE credentials (
  user_id       TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  password_hash TEXT NOT NULL,                 -- PHC string, argon2id with the pepper as secret
  changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A link sent to an address. It carries the password chosen when it was asked for: whoever registers somebody else's
-- address gains nothing when its owner registers and follows their own link.
CREATE TABLE verifications (
  token_hash    TEXT PRIMARY KEY,
  user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  password_hash TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX verifications_by_user ON verifications (user_id);

-- A sign-in on one device, and the family of refresh tokens that came from it.
CREATE TABLE sessions (
  id              TEXT PRIMARY KEY,
  user_id         TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device_hash     TEXT NOT NULL,               -- keyed hash of the user agent that signed in
  created_at_ms   INTEGER NOT NULL,
  last_used_at_ms INTEGER NOT NULL,
  ends_at_ms      INTEGER NOT NULL,            -- over then, however much it is used
  ended_at_ms     INTEGER,                     -- over since, by signing out or by reuse of a token
  end_reason      TEXT CHECK (end_reason IN ('signed_out', 'token_reused', 'password_changed'))
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE access_tokens (
  token_hash    TEXT PRIMARY KEY,
  session_id    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_tokens_by_session ON access_tokens (session_id);

-- Used ones stay until they would have expired: a second use must be recognised.
CREATE TABLE refresh_tokens (
  token_hash    TEXT PRIMARY KEY,
  session_id    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  expires_at_ms INTEGER NOT NULL,
  used_at_ms    INTEGER,
  next_seed     TEXT,                          -- 32 random bytes in hex, from which the next pair was derived
  next_hash     TEXT                           -- the refresh token that followed
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- What was paid for, as webhooks says; a lower version never replaces a higher one.
CREATE TABLE entitlements (
  user_id        TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  plan           TEXT NOT NULL,                -- identity::Plan
  valid_until_ms INTEGER,                      -- NULL: until told otherwise
  version        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE watchlists (
  user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  event_id    TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  added_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX watchlists_by_event ON watchlists (event_id);
