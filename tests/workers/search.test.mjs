// Search on the runtime, over an invented catalogue: words and slips, filters, facets, paging, suggestions, venues.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { catalogue, fill, indexed } from '../lib/catalogue.mjs';
import { startHarness } from '../lib/harness.mjs';
import { problem, read } from '../lib/market.mjs';

const DAY = 86_400_000;
let harness;
let rows;
/** What should be found: events that are searched, with venue and links, in the order of dates. */
let all;
before(async () => {
  harness = await startHarness({ sandbox: false });
  rows = catalogue({ events: 1_500, from: Date.now() + DAY });
  const venues = new Map(rows.venues.map((venue) => [venue.id, venue]));
  const links = Map.groupBy(rows.links, ({ event_id: id }) => id);
  all = rows.events.filter(({ addon }) => !addon)
    .map((event) => ({ ...event, venue: venues.get(event.venue_id), links: links.get(event.id) ?? [], acts: JSON.parse(event.performers) }));
  await fill(harness, rows);
});
after(() => harness?.stop());

const search = (query) => read(harness, `/v1/search?${new URLSearchParams(query)}`);
async function pages(query) {
  const found = [];
  for (let cursor; cursor !== null;) {
    const page = await search({ ...query, limit: query.limit ?? 100, ...(cursor && { cursor }) });
    found.push(...page.events);
    cursor = page.next_cursor ?? null;
  }
  return found;
}
const idsOf = (events) => events.map(({ id }) => id).sort();
const cheapest = ({ links }) => Math.min(...links.map(({ amount_minor: amount }) => amount ?? Infinity));
const metres = (a, b) => {
  const half = (one, two) => Math.sin(((two - one) * Math.PI) / 360) ** 2;
  const between = half(a[0], b[0]) + Math.cos((a[0] * Math.PI) / 180) * Math.cos((b[0] * Math.PI) / 180) * half(a[1], b[1]);
  return 2 * 6_371_009 * Math.asin(Math.sqrt(between));
};

describe('words', () => {
  test('find what has all of them in name, performers or place, and nothing else', async () => {
    for (const q of ['blazers', 'Taylor SWIFT', 'moda center', 'portland', 'at lakers']) {
      const words = q.toLowerCase().split(' ');
      const text = (event) => [event.name, ...event.acts, event.venue.name, event.venue.city, event.venue.region].join(' ').toLowerCase().split(/[^a-z0-9]+/);
      const meant = all.filter((event) => words.every((word) => text(event).some((one) => one.startsWith(word))));
      assert.ok(meant.length > 0, q);
      assert.deepEqual(idsOf(await pages({ q })), idsOf(meant), q);
    }
  });

  test('come by relevance: who plays before where it is, each soonest first', async () => {
    const found = await pages({ q: 'portland' });
    const who = found.map((event) => /portland/i.test(`${event.name} ${all.find(({ id }) => id === event.id).performers}`));
    assert.ok(who.includes(true) && who.includes(false));
    assert.equal(who.lastIndexOf(true) < who.indexOf(false), true);
    const dated = await pages({ q: 'portland', sort: 'date' });
    const starts = dated.map(({ id }) => all.find((event) => event.id === id).sort_at_ms);
    assert.deepEqual(starts, [...starts].sort((a, b) => a - b));
    assert.deepEqual(idsOf(dated), idsOf(found));
  });

  test('may be misspelt, run together or torn apart: the answer says what was searched instead', async () => {
    for (const [q, corrected] of [['trial balzers', 'trail blazers'], ['tayler swfit', 'taylor swift'], ['sprinsteen', 'springsteen'], ['trailblazers', 'trail blazers'], ['bla zers', 'blazers'], ['lakres', 'lakers']]) {
      const found = await search({ q, limit: 3 });
      assert.equal(found.corrected, corrected, q);
      const right = await search({ q: corrected, limit: 3 });
      assert.deepEqual(found.events, right.events);
      if (found.next_cursor) {
        const more = await search({ q, limit: 3, cursor: found.next_cursor });
        assert.deepEqual(more.events, (await search({ q: corrected, limit: 3, cursor: right.next_cursor })).events, 'the next page is of the same search');
      }
    }
  });

  test('are not corrected when they find something, or nothing is near them, or the filters are to blame', async () => {
    assert.equal((await search({ q: 'blazers' })).corrected, null);
    assert.deepEqual((await search({ q: 'qqqqxxzzyy' })).events, []);
    const none = await search({ q: 'blazers', max_price: 0 });
    assert.deepEqual([none.events, none.corrected], [[], null]);
  });

  test('are never syntax', async () => {
    for (const q of ['"', '*', 'NEAR(a b, 5)', 'a AND', '-', 'name:x', '^', '{a b}:c', '%', '\\', '\u0000', '🎫', "'; DROP TABLE events; --", 'ä'.repeat(100), 'a b c d e f g h i j']) {
      await search({ q });
      await read(harness, `/v1/search/suggest?q=${encodeURIComponent(q)}`);
    }
  });
});

describe('filters', () => {
  test('by performer, venue, city, genre, month, market and price find exactly that', async () => {
    const event = all.find(({ acts, date_tbd: open }) => acts.includes('Utah Jazz') && !open);
    const cases = [
      [{ performer: 'utah jazz' }, ({ acts }) => acts.includes('Utah Jazz')],
      [{ venue: event.venue_id }, ({ venue_id: id }) => id === event.venue_id],
      [{ city: 'portland, or' }, ({ venue }) => venue.city === 'Portland' && venue.region === 'OR'],
      [{ city: 'Portland' }, ({ venue }) => venue.city === 'Portland'],
      [{ city: 'Saint Louis' }, ({ venue }) => venue.city === 'St. Louis'],
      [{ genre: 'comedy' }, ({ genre }) => genre === 'comedy'],
      [{ month: event.local_start.slice(0, 7) }, ({ local_start: local }) => local?.startsWith(event.local_start.slice(0, 7))],
      [{ markets: 'stubhub' }, ({ links }) => links.some(({ market }) => market === 'stubhub')],
      [{ markets: 'stubhub,eventbrite' }, ({ links }) => links.some(({ market }) => ['stubhub', 'eventbrite'].includes(market))],
      [{ max_price: 3000 }, (one) => cheapest(one) <= 3000],
      [{ min_price: 5000, max_price: 9999 }, (one) => cheapest(one) >= 5000 && cheapest(one) <= 9999],
      [{ max_price: 3000, markets: 'seatgeek' }, ({ links }) => links.some(({ market, amount_minor: amount }) => market === 'seatgeek' && amount && amount <= 3000)],
      [{ max_price: 3000, currency: 'EUR' }, () => false],
      [{ q: 'portland', genre: 'sports', max_price: 5000 }, (one) => one.genre === 'sports' && cheapest(one) <= 5000 && /portland/i.test(`${one.name} ${one.venue.city}`)],
    ];
    for (const [query, fits] of cases) {
      assert.deepEqual(idsOf(await pages(query)), idsOf(all.filter(fits)), JSON.stringify(query));
    }
  });

  test('by performer find them under every name the catalogue knows', async () => {
    const id = `prf_${'a'.repeat(32)}`;
    await harness.rows('INSERT INTO performers (id, name, created_at_ms) VALUES (?, ?, 0)', id, 'Golden State Warriors');
    await harness.rows('INSERT INTO performer_names (name_key, performer_id) VALUES (?, ?), (?, ?)', 'golden state warriors', id, 'dubs', id);
    const meant = all.filter(({ acts }) => acts.includes('Golden State Warriors'));
    assert.deepEqual(idsOf(await pages({ performer: 'The Dubs' })), idsOf(meant));
    assert.deepEqual(idsOf(await pages({ performer: 'National' })), idsOf(all.filter(({ acts }) => acts.includes('The National'))));
  });

  test('by time hold at both ends', async () => {
    const dated = all.filter(({ date_tbd: open }) => !open).sort((a, b) => a.sort_at_ms - b.sort_at_ms);
    const [from, to] = [dated[100].sort_at_ms, dated[200].sort_at_ms];
    const found = await pages({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    assert.deepEqual(idsOf(found), idsOf(all.filter(({ sort_at_ms: at }) => at >= from && at <= to)));
  });

  test('near a point say how far it is', async () => {
    const point = [45.52, -122.68];
    const away = ({ venue }) => metres(point, [venue.latitude, venue.longitude]);
    const found = await pages({ near: point.join(','), km: 200 });
    const meant = all.filter((event) => away(event) <= 200_000);
    assert.ok(meant.length > 0 && meant.length < all.length);
    assert.deepEqual(idsOf(found), idsOf(meant));
    for (const { id, distance_m: distance } of found) {
      assert.ok(Math.abs(distance - away(all.find((event) => event.id === id))) < 2);
    }
  });

  test('that cannot be meant are refused by name', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'from=tomorrow', 'to=1', 'cursor=x', 'cursor=1.2.', 'near=95,0', 'near=here', 'km=10', 'near=1,1&km=0', 'near=1,1&km=501',
      'max_price=-1', 'max_price=1.5', 'max_price=99999999999', 'currency=DOLLARS', 'markets=ebay', 'sort=price', 'month=2026-13', 'month=december', 'venue=moda', 'city=,', 'performer=!!', 'colour=red', `q=${'x'.repeat(201)}`]) {
      const answer = await harness.open(`/v1/search?${query}`);
      const { errors } = await answer.clone().json();
      assert.deepEqual(await problem(answer), [400, 'invalid_parameter'], query);
      const named = query.split('&').at(-1).split('=')[0];
      assert.equal(errors[0].field, named, query);
    }
    const backwards = await harness.open('/v1/search?from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z');
    assert.deepEqual(await problem(backwards), [400, 'invalid_parameter']);
  });
});

describe('paging', () => {
  test('shows everything once, whatever the page', async () => {
    for (const query of [{}, { q: 'portland' }, { genre: 'sports', sort: 'date' }, { near: '45.52,-122.68', km: 300 }]) {
      const whole = await pages(query);
      assert.deepEqual((await pages({ ...query, limit: 7 })).map(({ id }) => id), whole.map(({ id }) => id), JSON.stringify(query));
      assert.equal(new Set(whole.map(({ id }) => id)).size, whole.length);
    }
  });

  test('goes on where it was while events come and go', async () => {
    const first = await search({ city: 'Portland, OR', limit: 5 });
    const rest = await search({ city: 'Portland, OR', limit: 5, cursor: first.next_cursor });
    const early = { ...rows.events[0], id: `evt_${'e'.repeat(32)}`, venue_id: rows.venues[0].id, addon: 0, sort_at_ms: Date.now() + 1000, starts_at_ms: Date.now() + 1000 };
    await harness.rows('INSERT INTO events (id, venue_id, name, performers, starts_at_ms, date_tbd, time_tbd, status, addon, lead_market, sort_at_ms, created_at_ms) VALUES (?, ?, ?, ?, ?, 0, 0, ?, 0, ?, ?, 0)',
      early.id, early.venue_id, early.name, early.performers, early.starts_at_ms, early.status, early.lead_market, early.sort_at_ms);
    await indexed(harness);
    const again = await search({ city: 'Portland, OR', limit: 5, cursor: first.next_cursor });
    assert.deepEqual(again.events, rest.events);
    assert.equal((await search({ city: 'Portland, OR', limit: 1 })).events[0].id, early.id);
    await harness.rows('DELETE FROM events WHERE id = ?', early.id);
    await indexed(harness);
    assert.notEqual((await search({ city: 'Portland, OR', limit: 1 })).events[0].id, early.id);
  });
});

describe('facets', () => {
  test('count the hits of the search they come with, and lead to exactly so many', async () => {
    const { facets } = await search({ q: 'portland' });
    const found = await pages({ q: 'portland' });
    assert.deepEqual([facets.facets_of, facets.complete], [found.length, true]);
    for (const [name, values] of [['city', facets.cities], ['markets', facets.markets], ['genre', facets.genres], ['month', facets.months]]) {
      assert.ok(values.length > 0, name);
      for (const { value, count, label } of values) {
        assert.ok(label);
        assert.equal((await pages({ q: 'portland', [name]: value })).length, count, `${name} ${value}`);
      }
    }
    for (const { from_minor: least, to_minor: most, count } of facets.prices) {
      assert.equal((await pages({ q: 'portland', min_price: least, ...(most && { max_price: most }) })).length, count, `${least} to ${most}`);
    }
    assert.equal(facets.prices.reduce((sum, { count }) => sum + count, 0), found.filter((event) => event.from_price).length);
  });

  test('come with the first page only', async () => {
    const first = await search({ limit: 5 });
    assert.equal(first.facets.facets_of, all.length);
    assert.equal((await search({ limit: 5, cursor: first.next_cursor })).facets, null);
  });
});

describe('suggestions', () => {
  const suggest = (q, limit = 10) => read(harness, `/v1/search/suggest?q=${encodeURIComponent(q)}&limit=${limit}`);

  test('are performers, venues, cities and events that begin so, and each leads somewhere', async () => {
    const { suggestions } = await suggest('por');
    const kinds = new Set(suggestions.map(({ kind }) => kind));
    assert.ok(kinds.has('performer') && kinds.has('city') && kinds.has('event'), [...kinds].join());
    for (const { kind, value, events } of suggestions) {
      if (kind === 'event') assert.equal((await read(harness, `/v1/events/${value}`)).id, value);
      else assert.equal((await pages({ [kind]: value })).length, events, `${kind} ${value}`);
    }
    assert.equal((await suggest('moda c')).suggestions[0].kind, 'venue');
    const counts = suggestions.filter(({ events }) => events).map(({ events }) => events);
    assert.deepEqual(counts, [...counts].sort((a, b) => b - a), 'those with most events first');
  });

  test('come from one letter on, forgive slips, and stay within their limit', async () => {
    assert.ok((await suggest('p')).suggestions.length > 0);
    assert.ok((await suggest('PO', 3)).suggestions.length <= 3);
    const forgiven = await suggest('balzers');
    assert.equal(forgiven.corrected, 'blazers');
    assert.equal(forgiven.suggestions[0].text, 'Portland Trail Blazers');
    assert.deepEqual(await suggest(''), { suggestions: [], corrected: null });
    assert.deepEqual(await problem(await harness.open('/v1/search/suggest?q=a&limit=21')), [400, 'invalid_parameter']);
  });
});

describe('the index', () => {
  test('follows a renaming, a move and a removal, whoever wrote it', async () => {
    const event = all.find(({ acts }) => acts[0] === 'Pink Martini');
    await harness.rows('UPDATE events SET name = ?, performers = ?, sort_at_ms = sort_at_ms + 86400000 WHERE id = ?', 'Zyzzogeton Unplugged', '["Zyzzogeton"]', event.id);
    await harness.rows('UPDATE venues SET name = ? WHERE id = ?', 'Grand Quuxatorium', event.venue_id);
    await indexed(harness);
    assert.deepEqual((await pages({ q: 'zyzzogeton' })).map(({ id }) => id), [event.id]);
    assert.equal((await pages({ performer: 'Zyzzogeton' })).length, 1);
    assert.deepEqual(idsOf(await pages({ q: 'quuxatorium' })), idsOf(all.filter(({ venue_id: id }) => id === event.venue_id)));
    const [{ docs }] = await harness.rows('SELECT docs FROM search_terms WHERE term = ?', 'zyzzogeton');
    assert.equal(docs, 1);
    await harness.rows('UPDATE events SET name = ?, performers = ?, sort_at_ms = sort_at_ms - 86400000 WHERE id = ?', event.name, event.performers, event.id);
    await indexed(harness);
    assert.deepEqual(await harness.rows('SELECT 1 FROM search_terms WHERE term = ?', 'zyzzogeton'), [], 'a word nobody uses is known no more');
    assert.deepEqual(await harness.rows("SELECT 1 FROM search_names WHERE key = 'zyzzogeton'"), []);
  });

  test('holds every event that is searched once, and counts words and names as they are', async () => {
    await harness.rows('UPDATE events SET name = name || ? WHERE genre = ?', ' again', 'comedy');
    await Promise.all([harness.cron('aggregator'), harness.cron('aggregator'), harness.cron('aggregator')]);
    await indexed(harness);
    const [{ docs, texts, wanted }] = await harness.rows(`SELECT (SELECT count(*) FROM search_docs) AS docs, (SELECT count(*) FROM event_search) AS texts,
      (SELECT count(*) FROM events WHERE addon = 0) AS wanted`);
    assert.deepEqual([docs, texts], [wanted, wanted]);
    const [{ comedies }] = await harness.rows("SELECT count(*) AS comedies FROM events WHERE genre = 'comedy' AND addon = 0");
    const [{ docs: counted }] = await harness.rows("SELECT docs FROM search_terms WHERE term = 'again'");
    assert.equal(counted, comedies, 'three at once counted nothing twice');
    const wrong = await harness.rows(`SELECT n.key, n.events, (SELECT count(*) FROM search_docs d WHERE d.venue_id = n.key) AS truly
      FROM search_names n WHERE n.kind = 'venue' AND n.events <> truly`);
    assert.deepEqual(wrong, []);
  });
});

describe('venues', () => {
  test('near a point come nearest first; one can be read alone', async () => {
    const { venues } = await read(harness, '/v1/venues?near=45.52,-122.68&km=300');
    assert.ok(venues.length > 0);
    const distances = venues.map(({ distance_m: distance }) => distance);
    assert.deepEqual(distances, [...distances].sort((a, b) => a - b));
    const { distance_m: _, ...alone } = await read(harness, `/v1/venues/${venues[0].id}`);
    assert.deepEqual({ ...alone, distance_m: distances[0] }, venues[0]);
    assert.deepEqual(await problem(await harness.open('/v1/venues')), [400, 'invalid_parameter']);
    assert.deepEqual(await problem(await harness.open('/v1/venues/nowhere')), [404, 'not_found']);
  });
});
