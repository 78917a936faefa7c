-- Owner: pricing. The public record is only ever added to, whoever writes; and what it is listed and counted by.

-- What was said, what came, what was paid and what an operator did are neither edited (0011 has two of these guards) nor
-- deleted nor replaced. Of a second row under one key nothing is kept, so that saying and settling twice is the same as once.
CREATE TRIGGER forecasts_are_never_deleted BEFORE DELETE ON forecasts
BEGIN SELECT RAISE(ABORT, 'what was said is never deleted'); END;
CREATE TRIGGER forecasts_are_never_replaced BEFORE INSERT ON forecasts
WHEN EXISTS (SELECT 1 FROM forecasts WHERE event_id = NEW.event_id AND said_on = NEW.said_on)
  OR EXISTS (SELECT 1 FROM forecasts WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER forecast_outcomes_are_never_deleted BEFORE DELETE ON forecast_outcomes
BEGIN SELECT RAISE(ABORT, 'what came is never deleted'); END;
CREATE TRIGGER forecast_outcomes_are_never_replaced BEFORE INSERT ON forecast_outcomes
WHEN EXISTS (SELECT 1 FROM forecast_outcomes WHERE event_id = NEW.event_id AND said_on = NEW.said_on AND hours = NEW.hours)
  OR EXISTS (SELECT 1 FROM forecast_outcomes WHERE id = NEW.id)
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER followed_events_are_never_edited BEFORE UPDATE ON followed_events
BEGIN SELECT RAISE(ABORT, 'what was paid is never edited'); END;
CREATE TRIGGER followed_events_are_never_deleted BEFORE DELETE ON followed_events
BEGIN SELECT RAISE(ABORT, 'what was paid is never deleted'); END;
CREATE TRIGGER followed_events_are_never_replaced BEFORE INSERT ON followed_events
WHEN EXISTS (SELECT 1 FROM followed_events WHERE event_id = NEW.event_id)
  OR EXISTS (SELECT 1 FROM followed_events WHERE id = NEW.id)
BEGIN SELECT RAISE(IGNORE); END;

CREATE TRIGGER outlook_model_actions_are_never_edited BEFORE UPDATE ON outlook_model_actions
BEGIN SELECT RAISE(ABORT, 'what was done is never edited'); END;
CREATE TRIGGER outlook_model_actions_are_never_deleted BEFORE DELETE ON outlook_model_actions
BEGIN SELECT RAISE(ABORT, 'what was done is never deleted'); END;
CREATE TRIGGER outlook_model_actions_are_never_replaced BEFORE INSERT ON outlook_model_actions
WHEN EXISTS (SELECT 1 FROM outlook_model_actions WHERE id = NEW.id)
BEGIN SELECT RAISE(IGNORE); END;

-- What past advice is found and ordered by: one row an advice, made from the record by its triggers. It is no part of the record.
CREATE TABLE advice_order (
  event_id   TEXT NOT NULL,
  said_on    TEXT NOT NULL,
  said_at_ms INTEGER NOT NULL,
  genre      TEXT,
  failed     INTEGER NOT NULL,          -- 1: it cost money, or missed a fall (prices::accuracy::Verdict::is_failure)
  PRIMARY KEY (event_id, said_on)
) STRICT, WITHOUT ROWID;
INSERT INTO advice_order (event_id, said_on, said_at_ms, genre, failed)
SELECT f.event_id, f.said_on, f.said_at_ms, f.genre, coalesce(o.verdict IN ('paid_more', 'missed_a_fall'), 0)
FROM forecasts f LEFT JOIN forecast_outcomes o ON o.event_id = f.event_id AND o.said_on = f.said_on AND o.hours = 0
WHERE f.waits IS NOT NULL;

-- Each answers one filter in one order; all end in the id, so that a page goes on where the last ended.
CREATE INDEX advice_by_day ON advice_order (said_at_ms DESC, event_id);
CREATE INDEX advice_by_genre ON advice_order (genre, said_at_ms DESC, event_id);
CREATE INDEX advice_by_failure ON advice_order (failed, said_at_ms DESC, event_id);
CREATE INDEX advice_by_genre_and_failure ON advice_order (genre, failed, said_at_ms DESC, event_id);

-- How much is on record, so that nobody counts it. One row.
CREATE TABLE forecast_counts (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  said    INTEGER NOT NULL,
  settled INTEGER NOT NULL              -- of these, whose advice was judged (hours = 0)
) STRICT;
INSERT INTO forecast_counts (id, said, settled)
SELECT 1, (SELECT count(*) FROM forecasts), (SELECT count(*) FROM forecast_outcomes WHERE hours = 0);

CREATE TRIGGER forecasts_are_listed AFTER INSERT ON forecasts
BEGIN
  UPDATE forecast_counts SET said = said + 1;
  INSERT INTO advice_order (event_id, said_on, said_at_ms, genre, failed)
  SELECT NEW.event_id, NEW.said_on, NEW.said_at_ms, NEW.genre, 0 WHERE NEW.waits IS NOT NULL;
END;
CREATE TRIGGER forecast_outcomes_are_listed AFTER INSERT ON forecast_outcomes WHEN NEW.hours = 0
BEGIN
  UPDATE forecast_counts SET settled = settled + 1;
  UPDATE advice_order SET failed = 1
  WHERE event_id = NEW.event_id AND said_on = NEW.said_on AND NEW.verdict IN ('paid_more', 'missed_a_fall');
END;
CREATE INDEX followed_events_by_decision ON followed_events (decided_at_ms);

-- The queue of events to look at: what was merged leaves it, and the event it is read as takes its place if it has none.
INSERT INTO outlook_events (event_id, card, starts_at_ms, tended_at_ms, sights, labels)
SELECT a.event_id, json_set(e.card, '$.id', a.event_id), e.starts_at_ms, e.tended_at_ms, e.sights, e.labels
FROM outlook_events e JOIN history_aliases a ON a.alias_id = e.event_id WHERE a.event_id <> a.alias_id AND json_valid(e.card)
ON CONFLICT DO NOTHING;
DELETE FROM outlook_events WHERE event_id IN (SELECT alias_id FROM history_aliases WHERE event_id <> alias_id);

-- A model's whole training report lies in the bucket under its own digest. NULL: registered before, nothing vouches for it.
ALTER TABLE outlook_models ADD COLUMN report_sha256 TEXT;
