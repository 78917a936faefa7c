-- Regions by their codes and genres by their families: every event's place in the search index is made anew.
INSERT INTO search_dirty (event_id) SELECT id FROM events WHERE true ON CONFLICT DO NOTHING;
