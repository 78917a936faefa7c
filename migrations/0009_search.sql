-- Owner: aggregator. What search reads. All of it is derived from `events` and `venues`: triggers note what changed in
-- search_dirty, whoever changed it, and the aggregator brings the index up to date from there (search_index.rs).
-- `event_words` of 0001 is neither written nor read any more; a later migration drops it once no Worker of before runs.

-- Events whose place in the index is to be made anew.
CREATE TABLE search_dirty (
  event_id TEXT PRIMARY KEY,
  claimed_until_ms INTEGER NOT NULL DEFAULT 0   -- wall clock; whoever claims a row has it to itself until then
) STRICT, WITHOUT ROWID;
CREATE INDEX search_dirty_by_claim ON search_dirty (claimed_until_ms);

-- One row an event (add-ons are not searched, nor is what was merged into another). `doc` is the minute of its place in time above 27 bits of its id: the
-- order of the key is the order of the calendar, so a search by date reads the index in order and stops when it has enough.
CREATE TABLE search_docs (
  doc        INTEGER PRIMARY KEY,
  event_id   TEXT NOT NULL UNIQUE,
  venue_id   TEXT NOT NULL,
  place_key  TEXT NOT NULL,            -- "portland|or"; empty: the city is not known
  genre      TEXT,
  month      TEXT,                     -- 2026-12, by the venue's calendar; NULL: the date is open
  sort_at_ms INTEGER NOT NULL,
  names      TEXT NOT NULL             -- JSON array of [kind, key]: the names in search_names it counts for
) STRICT;
CREATE INDEX search_docs_by_venue ON search_docs (venue_id, doc);
CREATE INDEX search_docs_by_place ON search_docs (place_key, doc);
CREATE INDEX search_docs_by_genre ON search_docs (genre, doc);
CREATE INDEX search_docs_by_month ON search_docs (month, doc);

-- Who plays in it, by the words of the name.
CREATE TABLE search_performers (
  performer_key TEXT NOT NULL,
  doc           INTEGER NOT NULL,
  PRIMARY KEY (performer_key, doc)
) STRICT, WITHOUT ROWID;

-- The words themselves, folded as catalog::normalise folds them; rowid is search_docs.doc.
CREATE VIRTUAL TABLE event_search USING fts5 (name, performers, place, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

-- Every word of the index with the number of documents that hold it: what a misspelt word is compared with.
CREATE TABLE search_terms (
  term TEXT PRIMARY KEY,
  docs INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every word less one or two letters of its beginning: two words within two slips of each other share a key.
CREATE TABLE search_deletes (
  key  TEXT NOT NULL,
  term TEXT NOT NULL,
  PRIMARY KEY (key, term)
) STRICT, WITHOUT ROWID;

-- What can be suggested: performers, venues and cities, with the number of events each has.
CREATE TABLE search_names (
  id     INTEGER PRIMARY KEY,
  kind   TEXT NOT NULL CHECK (kind IN ('performer', 'venue', 'city')),
  key    TEXT NOT NULL,                -- performer: its words; venue: its id; city: place_key
  name   TEXT NOT NULL,                -- as people read it
  folded TEXT NOT NULL,                -- its words, folded
  detail TEXT,                         -- venue: its city; city: its region
  events INTEGER NOT NULL,
  UNIQUE (kind, key)
) STRICT;
-- One or two letters are answered from these, in order of weight; three and more from the words.
CREATE INDEX search_names_by_letter ON search_names (substr(folded, 1, 1), events DESC);
CREATE INDEX search_names_by_two_letters ON search_names (substr(folded, 1, 2), events DESC);
CREATE VIRTUAL TABLE name_search USING fts5 (folded, tokenize = 'unicode61 remove_diacritics 2', prefix = '3');

-- Who plays under which names: all of them are searched when one is asked for.
CREATE INDEX performer_names_by_performer ON performer_names (performer_id);

CREATE TRIGGER search_names_added AFTER INSERT ON search_names BEGIN
  INSERT INTO name_search (rowid, folded) VALUES (new.id, new.folded);
END;
CREATE TRIGGER search_names_removed AFTER DELETE ON search_names BEGIN
  DELETE FROM name_search WHERE rowid = old.id;
END;
CREATE TRIGGER search_names_renamed AFTER UPDATE OF folded ON search_names WHEN new.folded <> old.folded BEGIN
  UPDATE name_search SET folded = new.folded WHERE rowid = new.id;
END;

CREATE TRIGGER events_added_to_search AFTER INSERT ON events BEGIN
  INSERT INTO search_dirty (event_id) VALUES (new.id) ON CONFLICT DO UPDATE SET claimed_until_ms = 0;
END;
CREATE TRIGGER events_changed_for_search
AFTER UPDATE OF venue_id, name, performers, starts_at_ms, local_start, date_tbd, genre, addon, sort_at_ms, merged_into
ON events BEGIN
  INSERT INTO search_dirty (event_id) VALUES (new.id) ON CONFLICT DO UPDATE SET claimed_until_ms = 0;
END;
CREATE TRIGGER events_removed_from_search AFTER DELETE ON events BEGIN
  INSERT INTO search_dirty (event_id) VALUES (old.id) ON CONFLICT DO UPDATE SET claimed_until_ms = 0;
END;
CREATE TRIGGER venues_changed_for_search AFTER UPDATE OF name, city, region, country ON venues BEGIN
  INSERT INTO search_dirty (event_id) SELECT id FROM events WHERE venue_id = new.id
    ON CONFLICT DO UPDATE SET claimed_until_ms = 0;
END;

CREATE INDEX venues_by_place ON venues (latitude, longitude);

-- What is there already.
INSERT INTO search_dirty (event_id) SELECT id FROM events;
