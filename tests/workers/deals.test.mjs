// Deals and moves on the runtime, fed by pricing's queue: what is a good price, for whom, and how a price has moved.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import { problem, read } from '../lib/market.mjs';
import { answered, bearer, newPerson } from '../lib/people.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let harness;
before(async () => {
  // How long the queue waits for company is the platform's; waiting for it here would take minutes.
  const atOnce = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n');
  harness = await startHarness({ edit: { pricing: atOnce } });
});
after(() => harness?.stop());

const now = () => Math.floor(Date.now() / 1_000) * 1_000;
const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const newEvent = (more = {}) => ({
  id: id('evt'), name: 'A night', venue: 'Hall', city: 'Portland',
  starts_at: new Date(now() + 20 * DAY_MS).toISOString(), local_start: null, date_tbd: false, time_tbd: false, ...more,
});
const usd = (amount, basis = 'all_in') => (amount === null ? { kind: 'absent', reason: 'unknown' } : { kind: 'quoted', amount_minor: amount, currency: 'USD', basis });

/** Observations of one listing: `[at, amount in cents or null, confirms]`, numbered from `first`. */
const course = (event, sights, { first = 1, source = '1', basis = 'all_in', ...more } = {}) => sights.map(([at, amount, confirms = false], i) => ({
  event, source_event_id: source, seq: first + i, observed_at: at, price: usd(amount, basis), listings: 3, tickets: 9, confirms, url: null, ...more,
}));
const batch = (items, market = 'seatgeek') => ({ request_id: id('req'), seen_at_ms: Date.now(), market, items });

/** Puts batches on the queue, each once or oftener, and waits until pricing has dealt with each. */
async function taken(...batches) {
  await harness.bound.OBSERVATIONS.sendBatch(batches.map((body) => ({ body: JSON.stringify(body), contentType: 'text' })));
  await eventually('pricing took it in', () => {
    const done = harness.logs().filter((line) => line.event === 'appended').map((line) => line.request_id);
    return batches.every((one) => done.filter((request) => request === one.request_id).length
      >= batches.filter(({ request_id: request }) => request === one.request_id).length);
  }, 20_000);
}
const told = (event) => harness.logs().filter((line) => line.event === 'change_weighed' && line.event_id === event.id).map((line) => line.change_id);
const moves = (event, query = '') => read(harness, `/v1/prices/${event.id}/moves${query}`);
const levels = async (event) => (await moves(event)).moves.map(({ old, new: now_, within_band: small }) => [old.amount_minor, now_.amount_minor, small]);
/** Sights five minutes apart that end now. */
const paced = (...amounts) => amounts.map((amount, i) => [now() - (amounts.length - i) * 5 * MINUTE_MS, amount]);

let city = 0;
/** A city of a test's own, so that its deals are alone. */
const newCity = () => `Town ${(city += 1)}`;
const deals = (query) => read(harness, `/v1/deals?${new URLSearchParams(query)}`);
const idsOf = (list) => list.deals.map(({ event }) => event.id);
/** An event that stood at one price for so many days and is now at another, seen twice. */
async function standing(before_, amount, { days = 10, market = 'seatgeek', card = {}, ...more } = {}) {
  const event = newEvent(card);
  await taken(batch(course(event, [
    [now() - days * DAY_MS, before_], [now() - days * DAY_MS + HOUR_MS, before_, true],
    [now() - 10 * MINUTE_MS, amount], [now() - 5 * MINUTE_MS, amount, true],
  ], more), market));
  return event;
}

describe('deals', () => {
  test('are filtered by city, region, genre, who plays, venue, market, price, start, band and score', async () => {
    const [town, elsewhere] = [newCity(), newCity()];
    const venue = id('ven');
    const one = await standing(10_000, 5_000, { card: { city: town, region: 'OR', genre: 'sports', venue_id: venue, line_up: ['The Blazers', 'Lakers', 'A third', 'A fourth'], starts_at: new Date(now() + 5 * DAY_MS).toISOString() } });
    const two = await standing(10_000, 10_000, { card: { city: town, region: 'Washington', genre: 'music', line_up: ['Beyoncé'] }, market: 'feed' });
    const far = await standing(10_000, 9_000, { card: { city: elsewhere } });
    const cases = {
      nothing: [{ city: town }, [one, two]],
      'a city in other letters': [{ city: town.toUpperCase() }, [one, two]],
      'a region by its name': [{ city: `${town}, Oregon` }, [one]],
      'a region by its code': [{ city: `${town}, WA` }, [two]],
      genre: [{ city: town, genre: 'Sports' }, [one]],
      'who plays': [{ performer: 'blazers', city: town }, [one]],
      'who plays, named last': [{ performer: 'A Fourth', city: town }, [one]],
      'who plays, with an accent': [{ performer: 'BEYONCE', city: town }, [two]],
      venue: [{ venue }, [one]],
      market: [{ city: town, market: 'feed' }, [two]],
      'highest price': [{ city: town, max_price: 5_000 }, [one]],
      'another currency': [{ city: town, currency: 'EUR' }, []],
      'earliest start': [{ city: town, from: new Date(now() + 10 * DAY_MS).toISOString() }, [two]],
      'latest start': [{ city: town, to: new Date(now() + 10 * DAY_MS).toISOString() }, [one]],
      'days ahead': [{ city: town, days: 6 }, [one]],
      band: [{ city: town, band: 'great' }, [one]],
      score: [{ city: town, min_score: 70 }, [one]],
      'the other city': [{ city: elsewhere }, [far]],
    };
    for (const [what, [query, expected]] of Object.entries(cases)) {
      assert.deepEqual(idsOf(await deals(query)).sort(), expected.map((event) => event.id).sort(), what);
    }
  });

  test('are paged in every order without a gap or a repeat, equals included', async () => {
    const town = newCity();
    const events = [];
    for (const [price, days] of [[7_000, 3], [7_000, 3], [7_000, 3], [9_000, 2], [5_000, 9], [9_000, null]]) {
      const start = days === null ? null : new Date(Math.floor(now() / DAY_MS) * DAY_MS + (days + 1) * DAY_MS).toISOString();
      events.push(await standing(10_000, price, { card: { city: town, starts_at: start } }));
    }
    const value = {
      sure: ({ score }) => -score.uncertainty.value_low,
      score: ({ score }) => -score.value, price: ({ score }) => score.price.amount_minor,
      saving: ({ score }) => score.price.amount_minor - score.fair_price.amount_minor, date: ({ event }) => Date.parse(event.starts_at),
    };
    for (const [sort, of] of Object.entries(value)) {
      const found = [];
      let cursor;
      do {
        const page = await deals({ city: town, sort, limit: 2, ...(cursor && { cursor }) });
        assert.ok(page.deals.length > 0, sort);
        found.push(...page.deals);
        cursor = page.next_cursor;
      } while (cursor);
      assert.equal(found.length, sort === 'date' ? 5 : 6, sort);
      const order = found.map((deal) => [of(deal), deal.event.id]);
      assert.deepEqual(order, [...order].sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)), sort);
    }
  });

  test('refuse what cannot be meant, by name', async () => {
    const refused = {
      limit: ['0', '101', 'x'], min_score: ['-1', '101', '300'], band: ['cheap'], sort: ['name'], days: ['0', '731', '1.5'],
      max_price: ['0', '-5', '12.50'], currency: ['dollar'], from: ['tomorrow'], venue: ['ven_1'], market: ['moon'], city: ['!', `${'x'.repeat(201)}`],
      performer: ['?!'], genre: ['-'], cursor: ['next', 's1', 's1.zz', 'p7000.00000000000040008000000000000000', '%00', 's.'], page: ['2'],
    };
    for (const [name, values] of Object.entries(refused)) {
      for (const value of values) {
        const response = await harness.open(`/v1/deals?${name}=${encodeURIComponent(value)}`);
        const body = await response.clone().json();
        assert.deepEqual(await problem(response), [400, 'invalid_parameter'], `${name}=${value}`);
        assert.equal(body.errors[0].field, name);
      }
    }
    assert.deepEqual(await problem(await harness.open('/v1/deals?from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z')), [400, 'invalid_parameter']);
    assert.deepEqual(await problem(await harness.open('/v1/deals', { method: 'PUT' })), [405, 'method_not_allowed']);
  });

  test('are kept for 15 s under what was asked, however it was written, and have a weak ETag', async () => {
    const town = newCity();
    await standing(10_000, 8_000, { card: { city: town } });
    const ask = (query, headers = {}) => harness.open(`/v1/deals?${query}`, { headers });
    const first = await ask(new URLSearchParams({ city: town, sort: 'sure', limit: '20' }));
    const tag = first.headers.get('etag');
    assert.match(tag, /^W\/"[0-9a-f]{32}"$/);
    assert.match(first.headers.get('cache-control'), /^public, max-age=\d+$/);
    const body = await first.text();
    assert.equal(await (await ask(`limit=20&city=${encodeURIComponent(town.toLowerCase())}&genre=`)).text(), body, 'the same question is the same answer');
    const again = await ask(new URLSearchParams({ city: town }), { 'if-none-match': `"other", ${tag}` });
    assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', tag]);
    assert.equal((await ask(new URLSearchParams({ city: town }), { 'if-none-match': '"other"' })).status, 200);
  });

  test('of the cache are given again while young, and never what it still shows a minute later elsewhere', async () => {
    const asked = {
      city: 'nowhere', region: null, genre: null, performer: null, venue: null, market: null, min_score: 7, max_minor: null,
      currency: null, from: null, to: null, days: null, sort: 'sure', limit: 13, after: null,
    };
    const key = `deals/v3/${createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 32)}`;
    const marked = (age_ms) => JSON.stringify({ stored_at_ms: Date.now() - age_ms, tag: 'W/"1"', body: JSON.stringify({ deals: [], as_of: '2000-01-01T00:00:00Z' }) });
    const year = async () => new Date((await deals({ city: 'Nowhere', min_score: 7, limit: 13 })).as_of).getUTCFullYear();
    for (const [what, value, cached] of [
      ['a young answer', marked(10_000), true], ['an answer past its time', marked(16_000), false],
      ['what a location far away still has', marked(75_000), false], ['rubbish', '{"stored_at_ms":"x"', false], ['another shape', '{}', false],
    ]) {
      await harness.bound.RESPONSES.put(key, value);
      assert.equal((await year()) === 2000, cached, what);
    }
    const stored = JSON.parse(await harness.bound.RESPONSES.get(key));
    assert.ok(Date.now() - stored.stored_at_ms < 15_000);
  });

  test('say all-in what a market states before fees, how sure that is, and rank by it', async () => {
    const fees = { ratio: 13_000, low: 12_500, high: 13_500, count: 90, as_of: '2026-11-01' };
    const card = { city: newCity() };
    const event = await standing(8_000, 6_000, { card, basis: 'before_fees', fees });
    // The same on another market: $85 all-in is dearer than $60 and fees.
    await taken(batch(course(event, paced(8_500, 8_500)), 'stubhub'));
    const { deals: [deal] } = await deals({ city: card.city });
    assert.deepEqual([deal.market, deal.price.amount_minor, deal.price.basis], ['seatgeek', 6_000, 'before_fees']);
    const { score } = deal;
    assert.deepEqual([score.price.amount_minor, score.basis], [7_800, 'all_in']);
    assert.deepEqual([score.all_in.kind, score.all_in.low_minor, score.all_in.high_minor], ['converted', 7_500, 8_100]);
    assert.ok(score.unknown.includes('fees_estimated'));
    assert.ok(score.reasons.some(({ code, text }) => code === 'other_markets' && text === '8 % under what other markets ask now ($85)'), JSON.stringify(score.reasons));
    const { uncertainty: { value_low: low, value_high: high, fair_low: least, fair_high: most } } = score;
    assert.ok(low <= score.value && score.value <= high && least.amount_minor < most.amount_minor);
    assert.deepEqual(idsOf(await deals({ city: card.city, max_price: 7_799 })), []);
    const { score: shown } = await read(harness, `/v1/prices/${event.id}`);
    assert.deepEqual([shown.price.amount_minor, shown.all_in.kind], [7_800, 'converted'], 'the event page says the same');
  });

  test('history and outlook are about the price that is scored, not about what a market states without fees', async () => {
    const fees = { ratio: 13_000, low: 12_500, high: 13_500, count: 90, as_of: '2026-11-01' };
    const event = await standing(7_000, 6_000, { card: { city: newCity() }, basis: 'before_fees', fees });
    await taken(batch(course(event, paced(9_000, 9_000, 7_700, 7_700).map(([at, amount], i) => [at, amount, i % 2 === 1])), 'stubhub'));
    const { summary, score, best } = await read(harness, `/v1/prices/${event.id}?series=best`);
    const { outlook, history } = await read(harness, `/v1/outlook/${event.id}`);
    assert.deepEqual([score.market, score.price.amount_minor, score.basis], ['stubhub', 7_700, 'all_in'], '$60 comes to $78');
    for (const told of [summary, history.summary]) {
      assert.deepEqual([told.now.amount_minor, told.now_market, told.basis, told.estimated], [7_700, 'stubhub', 'all_in', true]);
      assert.deepEqual([told.lowest.amount_minor, told.highest.amount_minor], [7_700, 9_100], 'of both markets, all-in');
    }
    assert.deepEqual([best.basis, best.estimated, best.left_out, best.points.at(-1).amount_minor], ['all_in', true, [], 7_700]);
    assert.deepEqual([outlook.price.amount_minor, outlook.market, outlook.basis], [7_700, 'stubhub', 'all_in']);
  });

  test('rest on comparable events as near to their start, never on the event itself, and say how many', async () => {
    const venue = id('ven');
    const card = { city: newCity(), venue_id: venue, line_up: ['Comets', 'Others'], genre: 'sports' };
    const alone = await standing(10_000, 10_000, { card });
    const reason = async (event) => (await read(harness, `/v1/prices/${event.id}`)).score.reasons.find(({ code }) => code === 'comparable_events');
    assert.equal(await reason(alone), undefined, 'it is not compared with itself');
    for (const amount of [10_000, 10_200, 10_400]) await standing(amount, amount, { card: { ...card, line_up: ['Comets', `Guest ${amount}`] } });
    const cheap = await standing(5_000, 5_000, { days: 1, card: { ...card, line_up: ['Comets', 'Guest'] } });
    const found = await reason(cheap);
    assert.equal(found.rests_on, 4, 'each counts once, though all are of the genre in the city too');
    assert.match(found.text, /^5\d % under what comparable events cost this near to their start \(\$10\d(\.\d\d)?, 4 events\)$/);
    assert.ok(found.amount.amount_minor > 0);
    const later = await standing(5_000, 5_000, { days: 1, card: { ...card, line_up: ['Comets', 'Guest'], starts_at: new Date(now() + 50 * DAY_MS).toISOString() } });
    assert.equal(await reason(later), undefined, 'none of them was known so long before its start');
  });

  test('are found by an index in every order, never by reading all of them', async () => {
    const fresh = 'd.observed_at_ms >= 1 AND coalesce(d.starts_at_ms, 9e15) > 1';
    for (const [sql, index] of [
      [`SELECT d.deal FROM deals d WHERE ${fresh} ORDER BY d.sure_score DESC, d.event_id LIMIT 21`, 'deals_by_sure_score'],
      [`SELECT d.deal FROM deals d WHERE ${fresh} ORDER BY d.score DESC, d.event_id LIMIT 21`, 'deals_in_order'],
      [`SELECT d.deal FROM deals d WHERE d.city_key = 'x' AND d.score >= 1 AND ${fresh} AND d.sure_score <= 5 AND (d.sure_score < 5 OR d.event_id > 'e') ORDER BY d.sure_score DESC, d.event_id LIMIT 21`, 'deals_by_city'],
      [`SELECT d.deal FROM deals d WHERE d.genre = 'x' AND ${fresh} ORDER BY d.sure_score DESC, d.event_id LIMIT 21`, 'deals_by_genre'],
      [`SELECT d.deal FROM deals d WHERE d.venue_id = 'x' AND ${fresh} ORDER BY d.sure_score DESC, d.event_id LIMIT 21`, 'deals_by_venue'],
      [`SELECT d.deal FROM deals d WHERE d.market = 'x' AND ${fresh} ORDER BY d.sure_score DESC, d.event_id LIMIT 21`, 'deals_by_market'],
      [`SELECT d.deal FROM deals d WHERE d.currency = 'USD' AND ${fresh} ORDER BY d.price_minor ASC, d.event_id LIMIT 21`, 'deals_by_price'],
      [`SELECT d.deal FROM deals d WHERE d.currency = 'USD' AND ${fresh} ORDER BY d.saving_minor DESC, d.event_id LIMIT 21`, 'deals_by_saving'],
      ['SELECT d.deal FROM deals d WHERE d.observed_at_ms >= 1 AND d.starts_at_ms > 1 ORDER BY d.starts_at_ms ASC, d.event_id LIMIT 21', 'deals_by_start'],
    ]) {
      const plan = (await harness.rows(`EXPLAIN QUERY PLAN ${sql}`)).map(({ detail }) => detail);
      assert.ok(plan.some((detail) => detail.includes(`USING INDEX ${index}`)), `${sql}: ${plan}`);
      assert.ok(!plan.some((detail) => detail.includes('TEMP B-TREE')), `${sql}: ${plan}`);
    }
    const by = (sql) => harness.rows(`EXPLAIN QUERY PLAN ${sql}`).then((plan) => plan.map(({ detail }) => detail).join('; '));
    assert.match(await by(`SELECT d.deal FROM event_keys k CROSS JOIN deals d ON d.event_id = k.event_id WHERE k.key = 'x' AND ${fresh} ORDER BY d.sure_score DESC, d.event_id LIMIT 21`),
      /SEARCH k USING PRIMARY KEY \(key=\?\); SEARCH d USING INDEX/);
  });
});

describe('deals for me', () => {
  /** An event that auth knows as well: what people watch must be in the catalogue. */
  async function catalogued(before_, amount, card) {
    const event = await standing(before_, amount, { card });
    await harness.rows(`INSERT INTO venues (id, name, created_at_ms) VALUES (?, 'Hall', 1) ON CONFLICT DO NOTHING`, card.venue_id);
    await harness.rows(`INSERT INTO events (id, venue_id, name, performers, date_tbd, time_tbd, status, addon, lead_market, sort_at_ms, created_at_ms)
      VALUES (?, ?, 'A night', '[]', 0, 0, 'scheduled', 0, 'feed', 1, 1)`, event.id, card.venue_id);
    return event;
  }
  const mine = (session, query = '') => answered(harness.open(`/v1/deals/me${query}`, { headers: bearer(session) }), 200);
  const send = (session, method, path, status = 204) => answered(harness.open(path, { method, headers: bearer(session) }), status);

  test('come from what is watched, each with the reason, the nearest and best first, and of nobody else', async () => {
    const [town, elsewhere] = [newCity(), newCity()];
    const [here, there, third] = [id('ven'), id('ven'), id('ven')];
    const common = { region: 'OR', genre: 'sports' };
    const watched = await catalogued(10_000, 9_000, { ...common, name: 'Owls at Hawks', city: town, venue_id: here, line_up: ['Hawks', 'Owls'] });
    const same = await standing(10_000, 9_000, { card: { ...common, city: elsewhere, venue_id: there, line_up: ['Owls', 'Terns'] } });
    const venue = await standing(10_000, 9_000, { card: { ...common, city: town, venue_id: here, line_up: ['Band'], genre: 'music' } });
    const nearby = await standing(10_000, 9_000, { card: { ...common, city: town, venue_id: third, line_up: ['Larks'] } });
    const far = await standing(10_000, 5_000, { card: { ...common, city: elsewhere, venue_id: there, line_up: ['Larks'] } });
    const [{ session }, { session: other }] = [await newPerson(harness), await newPerson(harness)];
    assert.deepEqual((await mine(session)).deals, []);
    await send(session, 'PUT', `/v1/watchlists/${watched.id}`);
    const { deals: list, taste } = await mine(session);
    assert.deepEqual(list.map(({ event, why }) => [event.id, why[0].code, why[0].text]), [
      [watched.id, 'watched_event', 'You watch this event'],
      [same.id, 'same_performer', 'Same performer as Owls at Hawks, which you watch'],
      [venue.id, 'same_venue', 'At Hall, like Owls at Hawks, which you watch'],
      [nearby.id, 'same_genre_nearby', `sports in ${town}, like Owls at Hawks, which you watch`],
    ]);
    assert.equal(list[1].why[0].event_id, watched.id);
    assert.deepEqual(taste, { watched_events: 1, watched_performers: 0, watched_venues: 0, alert_events: 0 });
    assert.ok(!list.some(({ event }) => event.id === far.id));
    assert.deepEqual((await mine(session, '?limit=1')).deals.map(({ event }) => event.id), [watched.id]);
    assert.ok((await mine(session, '?min_score=55')).deals.every(({ score }) => score.value >= 55));
    assert.deepEqual((await mine(other)).deals, [], 'nobody sees what is for another');

    await send(session, 'PUT', '/v1/watchlists/performers?name=The%20LARKS');
    await send(session, 'PUT', '/v1/watchlists/performers?name=larks');
    await send(session, 'PUT', `/v1/watchlists/venues/${here}`);
    const watchlist = await answered(harness.open('/v1/watchlists', { headers: bearer(session) }), 200);
    assert.deepEqual([watchlist.performers.map(({ name }) => name), watchlist.venues.map((one) => one.venue_id)], [['The LARKS'], [here]]);
    const more = (await mine(session)).deals;
    const why = (event) => more.find((deal) => deal.event.id === event.id)?.why.map(({ code, text }) => [code, text]);
    assert.deepEqual(why(far), [['watched_performer', 'You watch The LARKS']]);
    assert.deepEqual(why(nearby), [['watched_performer', 'You watch The LARKS'], ['same_genre_nearby', `sports in ${town}, like Owls at Hawks, which you watch`]]);
    assert.deepEqual(why(venue)[0], ['watched_venue', 'You watch Hall']);

    await send(session, 'DELETE', `/v1/watchlists/${watched.id}`);
    await send(session, 'DELETE', `/v1/watchlists/venues/${here}`);
    await send(session, 'DELETE', '/v1/watchlists/performers?name=LARKS');
    assert.deepEqual((await mine(session)).deals, []);
  });

  test('come from alerts as well, but not from stopped ones', async () => {
    const { session } = await newPerson(harness);
    const card = { city: newCity(), name: 'Two at One', venue_id: id('ven'), line_up: ['One', 'Two'] };
    const [event, like] = [await standing(10_000, 9_000, { card }), await standing(10_000, 8_000, { card: { ...card, name: 'Three at One', line_up: ['One', 'Three'] } })];
    await harness.rows('INSERT INTO watched_events (event_id, card) VALUES (?, ?)', event.id, JSON.stringify(event));
    await harness.rows(`INSERT INTO alerts (id, user_id, event_id, rule, channels, state, memory, version, firings, created_at_ms)
      VALUES (?, ?, ?, '{"kind":"lowest_ever"}', '["email"]', 'armed', '{}', 1, 0, 1)`, id('alr'), session.user.id, event.id);
    const { deals: list, taste } = await mine(session);
    assert.equal(taste.alert_events, 1);
    assert.deepEqual(list.map((deal) => [deal.event.id, deal.why[0].text]), [
      [event.id, 'You have an alert on this event'], [like.id, 'Same performer as Two at One, which you have an alert on'],
    ]);
    await harness.rows(`UPDATE alerts SET state = 'stopped' WHERE user_id = ?`, session.user.id);
    assert.deepEqual((await mine(session)).deals, []);
  });

  test('are kept by nobody, and refused to who is not signed in or asks oddly', async () => {
    const { session } = await newPerson(harness);
    const answer = await harness.open('/v1/deals/me', { headers: bearer(session) });
    assert.equal(answer.headers.get('cache-control'), 'private, no-store');
    await answer.text();
    for (const headers of [{}, { authorization: 'Bearer guessed' }]) {
      assert.deepEqual(await problem(await harness.open('/v1/deals/me', { headers })), [401, 'unauthenticated']);
      assert.deepEqual(await problem(await harness.open('/v1/watchlists/performers?name=x', { method: 'PUT', headers })), [401, 'unauthenticated']);
    }
    const asked = (path, method = 'PUT') => harness.open(path, { method, headers: bearer(session) }).then(problem);
    assert.deepEqual(await asked('/v1/deals/me?limit=0', 'GET'), [400, 'invalid_parameter']);
    assert.deepEqual(await asked('/v1/watchlists/performers'), [400, 'invalid_parameter']);
    assert.deepEqual(await asked('/v1/watchlists/performers?name=%21'), [400, 'invalid_parameter']);
    assert.deepEqual(await asked(`/v1/watchlists/venues/${id('ven')}`), [404, 'not_found']);
    assert.deepEqual(await asked('/v1/deals/me', 'POST'), [405, 'method_not_allowed']);
  });
});

describe('moves of an event', () => {
  test('carry what bears them out, newest first', async () => {
    const event = newEvent();
    const sights = paced(10_000, 10_000, 300, 8_500, 8_450, 9_900, 9_900);
    await taken(batch(course(event, sights)));
    const { moves: [rise, fall, ...others], event_id: of } = await moves(event);
    assert.deepEqual([of, others], [event.id, []]);
    assert.deepEqual([fall.old.amount_minor, fall.new.amount_minor, fall.percent_hundredths, fall.direction], [10_000, 8_500, -1_500, 'down']);
    assert.deepEqual([fall.market, fall.basis, fall.lowest_ever, fall.within_band], ['seatgeek', 'all_in', true, false]);
    const { before: last, sights: seen, band_minor: band, polls } = fall.evidence;
    const flat = ({ at, price }) => [Date.parse(at), price.amount_minor];
    assert.deepEqual([flat(last), seen.map(flat)], [sights[1], [sights[3], sights[4]]]);
    assert.deepEqual([band, polls], [100, 3], 'one odd poll lies between');
    assert.equal(Date.parse(fall.confirmed_at), sights[4][0]);
    assert.deepEqual([rise.direction, rise.lowest_ever], ['up', false]);
    assert.equal((await moves(event, '?limit=1')).moves[0].id, rise.id);
    await eventually('both were announced by the same ids', () => told(event).length === 2);
    assert.deepEqual(told(event).sort(), [rise.id, fall.id].sort());
  });

  test('are the lowest ever of the event: of every market, of what was imported, and by what prices come to', async () => {
    const event = newEvent();
    await taken(batch(course(event, paced(9_000, 9_000))));
    const past = [[40, 7_500], [39, 7_500], [38, 100], [37, 9_000]].map(([days, amount]) =>
      `${event.id},stubhub,${new Date(now() - days * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z')},USD,all_in,${amount},,3,9`);
    const body = ['event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets', ...past, ''].join('\n');
    await answered(harness.open('/v1/prices/import', {
      method: 'POST', body, headers: { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}`, 'content-type': 'text/csv' },
    }), 200);
    const fees = { ratio: 13_000, low: 12_500, high: 13_500, count: 90, as_of: '2026-11-01' };
    const later = [8_000, 8_000, 7_000, 7_000].map((amount, i) => [now() - (4 - i) * MINUTE_MS, amount]);
    await taken(batch(course(event, later, { first: 3 })));
    await taken(batch(course(event, [[-9, 6_000], [-8, 6_000], [-7, 5_500], [-6, 5_500], [-5, 5_200], [-4, 5_200]].map(([seconds, amount]) => [now() + seconds * 1_000, amount]), { basis: 'before_fees', fees }), 'ticketmaster'));
    const told = (await moves(event)).moves.map(({ market, new: level, lowest_ever: lowest }) => [market, level.amount_minor, lowest]);
    assert.deepEqual(told, [['ticketmaster', 5_200, true], ['ticketmaster', 5_500, false], ['seatgeek', 7_000, true], ['seatgeek', 8_000, false]],
      '$80 was undercut by $75 in the past, and $55 comes to more than $70');
  });

  test('are one for flapping inside the band, none for an outlier, and tell a drift once it adds up', async () => {
    const cases = {
      flapping: [[5_050, 5_050, 5_000, 5_000, 5_050, 5_050, 5_000, 5_000, 5_050, 5_050], [[5_050, 5_000, true]]],
      outlier: [[5_000, 5_000, 900, 5_000, 5_000, null, 5_000, 5_000], []],
      drift: [[10_000, 10_000, 10_040, 10_040, 10_080, 10_080, 10_120, 10_120, 10_160, 10_160], [[10_000, 10_120, false]]],
    };
    for (const [what, [amounts, expected]] of Object.entries(cases)) {
      const event = newEvent();
      await taken(batch(course(event, paced(...amounts))));
      assert.deepEqual(await levels(event), expected, what);
    }
  });

  test('are announced at most once each, whatever comes twice, late or after the object ended', async () => {
    const event = newEvent();
    const items = course(event, paced(9_000, 9_000, 8_000, 8_000, 7_000, 7_000, 8_500, 8_500));
    const messages = items.map((item) => batch([item]));
    for (const i of [0, 1, 1, 3, 2, 3, 4, 0, 5]) await taken(messages[i]);
    await harness.evict('pricing', 'PriceHistory', event.id);
    for (const i of [7, 6, 5, 4, 7]) await taken(messages[i]);
    const { moves: list } = await moves(event);
    const ids = list.map((one) => one.id);
    assert.equal(new Set(ids).size, ids.length);
    await eventually('all are announced', () => ids.every((one) => told(event).includes(one)));
    assert.deepEqual(told(event).sort(), ids.sort());
  });

  test('are an empty list where nothing has moved; an event nobody has observed is not found, and odd questions are refused', async () => {
    const event = newEvent();
    await taken(batch(course(event, paced(9_000))));
    assert.deepEqual((await moves(event)).moves, []);
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${id('evt')}/moves`)), [404, 'not_found']);
    for (const query of ['limit=0', 'limit=201', 'limit=x']) {
      assert.deepEqual(await problem(await harness.open(`/v1/prices/${id('evt')}/moves?${query}`)), [400, 'invalid_parameter'], query);
    }
    assert.deepEqual(await problem(await harness.open('/v1/prices/evt_1/moves')), [404, 'not_found']);
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${id('evt')}/moves`, { method: 'POST' })), [405, 'method_not_allowed']);
  });
});
