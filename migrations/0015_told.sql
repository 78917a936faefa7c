-- Owner: pricing. Which answer of an event's history its rows are of.

-- The number of the last answer written down, a deal or that there is none; an older one that comes later changes nothing.
-- 0: from before there were numbers.
ALTER TABLE priced_events ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
