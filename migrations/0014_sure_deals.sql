-- Owner: pricing. Deals in the order of what they are worth at least: a high score that rests on little does not lead.

-- The lower end of the score's span. Rows of before have 0 until they are written anew, within the hour.
ALTER TABLE deals ADD COLUMN sure_score INTEGER NOT NULL DEFAULT 0;

-- The usual order is that of sure scores now; filters follow it. `deals_in_order` stays for the order of scores.
DROP INDEX deals_by_city;
DROP INDEX deals_by_genre;
DROP INDEX deals_by_venue;
DROP INDEX deals_by_market;
CREATE INDEX deals_by_sure_score ON deals (sure_score DESC, event_id);
CREATE INDEX deals_by_city ON deals (city_key, sure_score DESC, event_id);
CREATE INDEX deals_by_genre ON deals (genre, sure_score DESC, event_id);
CREATE INDEX deals_by_venue ON deals (venue_id, sure_score DESC, event_id);
CREATE INDEX deals_by_market ON deals (market, sure_score DESC, event_id);
