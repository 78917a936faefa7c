// A catalogue of any size, invented from a seed: venues over a continent, performers with invented names, events of a year.
import assert from 'node:assert/strict';

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SYLLABLES = 'ba be bi bo bra ca ce co cra da de di do dra fa fe fi fo fra ga ge go gra ha he hi ho ja je jo ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe pi po pra ra re ri ro sa se si so sta ta te ti to tra va ve vi vo wa we wi'.split(' ');
const KNOWN = ['Portland Trail Blazers', 'Los Angeles Lakers', 'Golden State Warriors', 'Seattle Kraken', 'Taylor Swift', 'Bruce Springsteen', 'The National', 'Utah Jazz', 'Pink Martini', 'U2'];
const PLACES = [['Portland', 'OR', 45.52, -122.68], ['Seattle', 'WA', 47.61, -122.33], ['Los Angeles', 'CA', 34.05, -118.24], ['St. Louis', 'MO', 38.63, -90.2], ['Portland', 'ME', 43.66, -70.26], ['Salt Lake City', 'UT', 40.76, -111.89]];
const KINDS = ['Center', 'Arena', 'Theatre', 'Hall', 'Stadium', 'Ballroom', 'Park'];
const GENRES = ['sports', 'concert', 'theater', 'comedy', 'family'];
const MARKETS = ['ticketmaster', 'seatgeek', 'stubhub', 'eventbrite'];
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const hex = (kind, index) => `${kind}_${Math.imul(index + 1, 2654435761).toString(16).replace('-', '').padStart(8, '0').slice(-8)}${index.toString(16).padStart(24, '0')}`;

/** @returns {{ venues: object[], events: object[], links: object[] }} rows as the tables have them */
export function catalogue({ events: count, seed = 7, from = Date.now(), days = 365 }) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const word = () => Array.from({ length: 2 + Math.floor(next() * 3) }, () => pick(SYLLABLES)).join('') + pick(['', '', 'n', 's', 'r', 'x']);
  const size = Math.max(20, Math.ceil(count / 20));
  const performers = [...KNOWN, ...Array.from({ length: size }, () =>
    Array.from({ length: 1 + Math.floor(next() * 3) }, () => capital(word())).join(' '))];
  const places = [...PLACES, ...Array.from({ length: Math.max(5, Math.ceil(count / 300)) }, () =>
    [capital(word()), pick(['CA', 'OR', 'WA', 'NY', 'TX', 'FL', 'IL', 'OH']), 26 + next() * 22, -122 + next() * 50])];
  const venues = Array.from({ length: Math.max(12, Math.ceil(count / 50)) }, (_, at) => {
    const [city, region, latitude, longitude] = at < PLACES.length ? PLACES[at] : pick(places);
    return { id: hex('ven', at), name: at === 0 ? 'Moda Center' : `${capital(word())} ${pick(KINDS)}`, city, region, country: 'US',
      latitude: latitude + (next() - 0.5) / 5, longitude: longitude + (next() - 0.5) / 5, timezone: 'America/Los_Angeles' };
  });
  const events = [];
  const links = [];
  for (let at = 0; at < count; at += 1) {
    const game = next() < 0.4;
    // Some are on tour all year, most play a few times.
    const who = () => performers[Math.floor(next() ** 2 * performers.length)];
    const acts = game ? [who(), who()] : [who()];
    const open = next() < 0.01;
    const start = Math.floor((from + next() * days * 86_400_000) / 1_800_000) * 1_800_000;
    const event = { id: hex('evt', at), venue_id: pick(venues).id, name: game ? `${acts[0]} at ${acts[1]}` : `${acts[0]}${pick(['', ' Live', ': The Tour', ' with special guests'])}`,
      performers: JSON.stringify(acts), starts_at_ms: open ? null : start, local_start: open ? null : new Date(start - 8 * 3_600_000).toISOString().slice(0, 19),
      date_tbd: Number(open), time_tbd: Number(open), status: 'scheduled', genre: game ? 'sports' : pick(GENRES), addon: Number(next() < 0.02),
      lead_market: 'ticketmaster', sort_at_ms: open ? from + 365 * 86_400_000 : start, created_at_ms: from };
    events.push(event);
    for (const market of MARKETS.filter(() => next() < 0.5)) {
      const price = next() < 0.9 ? Math.floor(1500 + next() ** 3 * 60_000) : null;
      links.push({ market, source_event_id: `${at}`, event_id: event.id, confidence_permille: 1000, reasons: '[]', facts: '{}', amount_minor: price, all_in_minor: price,
        all_in: price && JSON.stringify({ amount_minor: price, currency: 'USD', low_minor: price, high_minor: price, kind: 'exact' }),
        currency: price && 'USD', basis: price && 'all_in', absent_reason: price ? null : 'unknown', checked_at_ms: from });
    }
  }
  return { venues, events, links };
}

/** Writes rows into a table, 2,000 to a statement. */
export async function insert(harness, table, rows) {
  const columns = Object.keys(rows[0]);
  const values = columns.map((column) => `value ->> '${column}'`).join(', ');
  for (let at = 0; at < rows.length; at += 2_000) {
    await harness.rows(`INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values} FROM json_each(?)`, JSON.stringify(rows.slice(at, at + 2_000)));
  }
}

/** Writes a catalogue and lets cron index it to the end. */
export async function fill(harness, { venues, events, links }) {
  await insert(harness, 'venues', venues.map((venue) => ({ ...venue, created_at_ms: 0 })));
  await insert(harness, 'events', events);
  await insert(harness, 'event_links', links);
  await indexed(harness);
}

/** Lets cron run until no event waits for the index. */
export async function indexed(harness) {
  for (let left = Infinity; left > 0;) {
    await harness.cron('aggregator');
    const [{ waiting }] = await harness.rows('SELECT count(*) AS waiting FROM search_dirty');
    assert.ok(waiting < left || waiting === 0, `the index stands still at ${waiting}`);
    left = waiting;
  }
}
