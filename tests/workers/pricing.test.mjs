// Pricing on the runtime, fed by its queue: what it keeps, what it announces, what it answers.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

/** Market seconds to a second: half an hour, after which a history is flushed, is the five seconds of its least gap. */
const SCALE = 360;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let harness;
/** Market time, whole seconds, because that is what is stored. */
let now;
before(async () => {
  const clock = clockOf(SCALE);
  const [realMs, marketMs] = clock.split(':').map(Number);
  now = () => Math.floor((marketMs + (Date.now() - realMs) * SCALE) / 1_000) * 1_000;
  // How long the queue waits for company is the platform's; waiting for it here would take two minutes.
  const atOnce = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n');
  harness = await startHarness({ clock, sandbox: false, edit: { pricing: atOnce } });
  await writeHistories();
});
after(() => harness?.stop());

const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};

const newEvent = (more = {}) => ({
  id: id('evt'), name: 'A night', venue: 'Hall', city: 'Portland',
  starts_at: new Date(now() + 20 * DAY_MS).toISOString(), local_start: null, date_tbd: false, time_tbd: false, ...more,
});
const usd = (amount) => (amount === null ? { kind: 'absent', reason: 'unknown' } : { kind: 'quoted', amount_minor: amount, currency: 'USD', basis: 'all_in' });

/** Observations of one listing: `[at, amount in cents or null, confirms]`, numbered from `first`. */
const course = (event, sights, { first = 1, source = '1' } = {}) => sights.map(([at, amount, confirms = false], i) => ({
  event, source_event_id: source, seq: first + i, observed_at: at, price: usd(amount), listings: 3, tickets: 9, confirms, url: null,
}));
const batch = (items, market = 'seatgeek') => ({ request_id: id('req'), seen_at_ms: Date.now(), market, items });

const put = (...batches) => harness.bound.OBSERVATIONS.sendBatch(batches.map((body) => ({
  body: typeof body === 'string' ? body : JSON.stringify(body), contentType: 'text',
})));
/** Puts batches on the queue and waits until pricing has dealt with each. */
async function taken(...batches) {
  await put(...batches);
  await eventually('pricing took it in', () => {
    const done = harness.logs().filter((line) => line.event === 'appended').map((line) => line.request_id);
    return batches.every((one) => done.filter((request) => request === one.request_id).length
      >= batches.filter(({ request_id: request }) => request === one.request_id).length);
  }, 20_000);
}
const history = (event, query = '') => read(harness, `/v1/prices/${event.id}${query}`);
const points = async (event) => (await history(event)).series.flatMap((series) => series.points.map(({ at, price }) => [Date.parse(at), price.amount_minor ?? null]));
const moves = (event) => harness.logs().filter((line) => line.event === 'change_weighed' && line.event_id === event.id).map((line) => line.change_id);
/** Time for a message that should not come: the queue delivers at once. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 400));
let fresh = 20;
/** Deals as they are now: each limit has an answer of its own in the cache. */
const deals = async (query = '') => (await read(harness, `/v1/deals?limit=${(fresh += 1)}${query}`)).deals;

/** An event whose price changed every three days and stands at the last amount. */
async function standing(...amounts) {
  const event = newEvent();
  const start = now() - amounts.length * 3 * DAY_MS;
  const sights = amounts.flatMap((amount, i) => {
    const at = start + i * 3 * DAY_MS;
    return [[at, amount, false], [at + HOUR_MS, amount, true], [at + 2 * DAY_MS, amount, true], [at + 3 * DAY_MS - HOUR_MS, amount, true]];
  });
  await taken(batch(course(event, sights)));
  return { event, next: sights.length + 1 };
}

/** Written first, because a flush comes 15 s later: a short history, and more than a segment older than the hot window. */
const long = { sights: [] };
let short;
async function writeHistories() {
  short = (await standing(5_000, 4_500, 4_000)).event;
  long.event = newEvent();
  const start = now() - 120 * DAY_MS;
  long.sights = Array.from({ length: 4_200 }, (_, i) => [start + i * 900_000, 5_000 + (i % 37) * 10]);
  const items = course(long.event, long.sights);
  const parts = Array.from({ length: Math.ceil(items.length / 300) }, (_, i) => batch(items.slice(i * 300, i * 300 + 300)));
  for (const part of parts) await taken(part);
}

describe('a history', () => {
  test('is answered as it was seen, by the hour and by the day', async () => {
    const event = newEvent();
    const day = Math.floor((now() - 3 * DAY_MS) / DAY_MS) * DAY_MS;
    const sights = [[day + HOUR_MS, 5_000], [day + HOUR_MS + 60_000, 4_800], [day + HOUR_MS + 120_000, 4_900], [day + 5 * HOUR_MS, null], [day + DAY_MS, 4_000], [day + DAY_MS + HOUR_MS, 4_400]];
    await taken(batch(course(event, sights)));
    const raw = await history(event);
    assert.deepEqual([raw.resolution, raw.series.length, raw.series[0].market, raw.series[0].basis], ['raw', 1, 'seatgeek', 'all_in']);
    assert.deepEqual(await points(event), sights.map(([at, amount]) => [at, amount]));
    const candles = async (resolution) => (await history(event, `?resolution=${resolution}`)).series[0].candles
      .map((candle) => [Date.parse(candle.start), candle.open_minor, candle.low_minor, candle.high_minor, candle.close_minor]);
    assert.deepEqual((await candles('hour'))[0], [day + HOUR_MS, 5_000, 4_800, 5_000, 4_900]);
    const days = await candles('day');
    assert.deepEqual(days.find(([start]) => start === day), [day, 5_000, 4_800, 5_000, 4_900]);
    assert.deepEqual(days.find(([start]) => start === day + DAY_MS).slice(2), [4_000, 4_400, 4_400]);
    const part = await history(event, `?from=${new Date(sights[1][0]).toISOString()}&to=${new Date(sights[3][0]).toISOString()}`);
    assert.equal(part.series[0].points.length, 3);
    assert.equal(raw.summary.observations, sights.length);
  });

  test('of an event nobody knows is not found; of odd questions is refused', async () => {
    for (const path of [`evt_${'0'.repeat(32)}`, 'evt_1', '%27', `usr_${'0'.repeat(32)}`]) {
      assert.deepEqual(await problem(await harness.open(`/v1/prices/${path}`)), [404, 'not_found'], path);
    }
    const { event } = await standing(5_000);
    for (const query of ['resolution=minute', 'from=yesterday', 'to=1']) {
      assert.deepEqual(await problem(await harness.open(`/v1/prices/${event.id}?${query}`)), [400, 'invalid_parameter'], query);
    }
  });

  test('changes nothing when a message comes twice, three times, or both at once', async () => {
    const event = newEvent();
    const first = batch(course(event, [[now() - HOUR_MS, 5_000], [now() - HOUR_MS / 2, 5_000, true]]));
    await taken(first);
    const before = await history(event);
    await taken(first, first, { ...first, request_id: id('req') });
    const { as_of: _, ...after } = await history(event);
    assert.deepEqual(after, (({ as_of: _now, ...rest }) => rest)(before));
  });

  test('loses nothing when messages overtake each other, and takes late ones for what they are', async () => {
    const event = newEvent();
    const start = now() - 6 * HOUR_MS;
    const sights = [5_000, 5_000, 4_900, 4_900, 4_800, 4_800].map((amount, i) => [start + i * HOUR_MS, amount, i % 2 === 1]);
    const messages = course(event, sights).map((item) => batch([item]));
    for (const i of [0, 3, 1, 5, 4, 2, 3, 0]) await taken(messages[i]);
    assert.deepEqual(await points(event), sights.map(([at, amount]) => [at, amount]));
    const { summary } = await history(event);
    assert.equal(summary.now.amount_minor, 4_800);
  });

  test('of two markets is kept market by market', async () => {
    const event = newEvent();
    await taken(batch(course(event, [[now() - HOUR_MS, 5_000], [now() - HOUR_MS / 2, 5_000, true]])),
      batch(course(event, [[now() - HOUR_MS, 4_500], [now() - HOUR_MS / 2, 4_500, true]]), 'stubhub'));
    const { series, summary } = await history(event);
    assert.deepEqual(series.map(({ market, points: own }) => [market, own.length]).sort(), [['seatgeek', 2], ['stubhub', 2]]);
    assert.deepEqual([summary.now.amount_minor, summary.now_market], [4_500, 'stubhub']);
  });
});

describe('a price change', () => {
  test('is announced once when it was seen twice, however often its message comes', async () => {
    const { event, next } = await standing(5_000);
    const drop = batch(course(event, [[now() - 1_200_000, 4_000], [now() - 600_000, 4_000, true]], { first: next }));
    await taken(drop);
    await eventually('the move is announced', () => moves(event).length > 0);
    await taken(drop, drop);
    await harness.evict('pricing', 'PriceHistory', event.id);
    await taken(drop);
    await quiet();
    assert.equal(moves(event).length, 1);
    const line = harness.logs().find((one) => one.event === 'change_weighed' && one.event_id === event.id);
    assert.equal(line.request_id, drop.request_id, 'the request id of the poll goes on to notifications');
  });

  test('is not announced for an outlier of one poll or for a missing price', async () => {
    for (const [what, ...sights] of [
      ['an outlier', [200], [5_000], [5_000, true]],
      ['a missing price', [null], [null, true], [5_000], [5_000, true]],
      ['a missing price between two outliers', [200], [null], [200]],
    ]) {
      const { event, next } = await standing(5_000);
      const start = now() - 40 * 60_000;
      await taken(batch(course(event, sights.map(([amount, confirms], i) => [start + i * 300_000, amount, confirms]), { first: next })));
      await quiet();
      assert.deepEqual(moves(event), [], what);
    }
  });
});

describe('a message that is none', () => {
  test('becomes a row that says why, and the rest of its batch is taken in', async () => {
    const event = newEvent();
    const good = batch(course(event, [[now() - HOUR_MS, 5_000], [now() - HOUR_MS / 2, 5_000, true]]));
    const item = good.items[0];
    const bad = {
      'no JSON': '{"request_id":', 'nothing': '', 'another shape': '{"hello":"world"}', 'an array': '[]', 'null': 'null',
      'a wrong id': JSON.stringify({ ...good, request_id: 'req_1' }),
      'an unknown market': JSON.stringify({ ...good, market: 'moon' }),
      'a price as text': JSON.stringify({ ...good, items: [{ ...item, price: '45.00' }] }),
      'a price as a fraction': JSON.stringify({ ...good, items: [{ ...item, price: { ...item.price, amount_minor: 45.5 } }] }),
      'a price of nothing': JSON.stringify({ ...good, items: [item, { ...item, seq: 2, price: { ...item.price, amount_minor: 0 } }] }),
      'a price below nothing': JSON.stringify({ ...good, items: [{ ...item, price: { ...item.price, amount_minor: -100 } }] }),
      'a negative number': JSON.stringify({ ...good, items: [{ ...item, seq: -1 }] }),
      '100 KB of rubbish': `x${'{"'.repeat(50_000)}`,
    };
    const [{ before }] = await harness.rows('SELECT count(*) AS before FROM dead_letters_pricing');
    const bodies = Object.values(bad);
    await put(...bodies.slice(0, 5), good, ...bodies.slice(5));
    await harness.bound.OBSERVATIONS.send({ sent: 'as an object' });
    await eventually('every bad message is a row', async () => {
      const [{ found }] = await harness.rows('SELECT count(*) AS found FROM dead_letters_pricing');
      return found - before >= bodies.length + 1;
    });
    const rows = await harness.rows('SELECT queue, body, reason FROM dead_letters_pricing');
    for (const [what, body] of Object.entries(bad)) assert.ok(rows.some((row) => row.body === body), what);
    assert.ok(rows.some((row) => row.body === '{"sent":"as an object"}'));
    for (const { queue, reason } of rows) assert.ok(queue === 'observations' && reason.length > 5, reason);
    assert.equal((await points(event)).length, 2);
    assert.deepEqual(moves(event), []);
  });
});

describe('deals', () => {
  test('are the surest first, add up, and show no price that is missing', async () => {
    const falls = await Promise.all([[5_000, 5_000, 2_500], [5_000, 4_900, 4_500], [5_000, 6_000, 7_000]].map((amounts) => standing(...amounts)));
    const gone = await standing(5_000, 5_000, 2_000);
    const there = await deals();
    assert.ok(there.some(({ event }) => event.id === gone.event.id));
    await taken(batch(course(gone.event, [[now() - 120_000, null], [now() - 60_000, null, true]], { first: gone.next })));
    const list = await deals();
    const ours = list.filter(({ event }) => falls.some((one) => one.event.id === event.id));
    assert.deepEqual(ours.map(({ event }) => event.id), falls.map(({ event }) => event.id));
    assert.ok(!list.some(({ event }) => event.id === gone.event.id));
    const least = list.map(({ score }) => score.uncertainty.value_low);
    assert.deepEqual(least, [...least].sort((a, b) => b - a));
    for (const { price, score, event } of list) {
      assert.ok(price.kind === 'quoted' && price.amount_minor > 0, event.id);
      assert.equal(score.price.amount_minor, price.amount_minor);
      const sum = score.reasons.reduce((total, { amount }) => total + amount.amount_minor, 0);
      assert.equal(sum, score.fair_price.amount_minor - score.price.amount_minor, JSON.stringify(score));
      for (const { text } of score.reasons) assert.ok(text.length > 10);
    }
    const best = Math.max(...list.map(({ score }) => score.value));
    const good = await deals(`&min_score=${best}`);
    assert.ok(good.length >= 1 && good.every(({ score }) => score.value >= best));
  });

  test('never rank what was seen once, and never what has begun', async () => {
    const event = newEvent();
    await taken(batch(course(event, [[now() - HOUR_MS, 5_000], [now() - 1_800_000, 5_000, true], [now() - 60_000, 100]])));
    const deal = (await deals()).find((one) => one.event.id === event.id);
    assert.ok(!deal || deal.price.amount_minor === 5_000, JSON.stringify(deal?.price));
    const begun = newEvent({ starts_at: new Date(now() - HOUR_MS).toISOString() });
    await taken(batch(course(begun, [[now() - 2 * HOUR_MS, 5_000], [now() - 1.5 * HOUR_MS, 2_000], [now() - HOUR_MS, 2_000, true]])));
    assert.ok(!(await deals()).some((one) => one.event.id === begun.id));
  });

  test('refuse limits that are none', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'min_score=101', 'min_score=-1', 'min_score=300']) {
      assert.deepEqual(await problem(await harness.open(`/v1/deals?${query}`)), [400, 'invalid_parameter'], query);
    }
  });
});

test('a change is known by what it changes: its id comes from event, market, listing and number', async () => {
  const { event, next } = await standing(5_000);
  await taken(batch(course(event, [[now() - 1_200_000, 4_000], [now() - 600_000, 4_000, true]], { first: next })));
  const [found] = await eventually('the move', () => moves(event).length > 0 && moves(event));
  const digest = createHash('sha256').update(`${event.id}|seatgeek|1|${next + 1}`).digest('hex').slice(0, 32);
  assert.equal(found.slice(4, 16), digest.slice(0, 12));
});

describe('the bucket', () => {
  const objectsOf = (event) => harness.bound.HISTORY.list({ prefix: `v1/${event.id}/` });

  test('gets each history, says how much it holds, and the answer stays the same through eviction', async () => {
    const event = short;
    /** Without what moves with the clock. */
    const seen = async () => {
      const { series, summary: { lowest, lowest_at: at, highest, observations } } = await history(event);
      return { series, lowest, at, highest, observations };
    };
    const before = await seen();
    const [object] = await eventually('the flush', async () => {
      const objects = await objectsOf(event);
      return objects.length > 0 && objects;
    }, 20_000);
    assert.deepEqual([object.key, object.customMetadata], [`v1/${event.id}/000000.prices`, { observations: '12' }]);
    assert.ok(object.size > 10 && object.size < 150, `${object.size} bytes`);
    await harness.evict('pricing', 'PriceHistory', event.id);
    assert.deepEqual(await seen(), before);
  });

  test('holds alone what is older than the hot window, and people do not see the seam', async () => {
    const { event, sights } = long;
    await eventually('the first segment', async () => (await objectsOf(event)).length === 1, 20_000);
    const recent = Array.from({ length: 10 }, (_, i) => [now() - (20 - i) * 60_000, 4_000]);
    await taken(batch(course(event, recent, { first: sights.length + 1 })));
    await eventually('the second segment, after which the first is let go', async () => {
      const answer = await harness.bound.PRICE_HISTORY.getByName(event.id)
        .fetch('http://object/read', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'null' });
      return (await answer.json()).segments.length === 1;
    }, 20_000);
    await harness.evict('pricing', 'PriceHistory', event.id);
    assert.deepEqual(await points(event), [...sights, ...recent]);
  });

  test('is added up for the operator, and for nobody else', async () => {
    for (const headers of [{}, { authorization: 'Bearer guessed' }]) {
      assert.deepEqual(await problem(await harness.open('/v1/prices', { headers })), [401, 'unauthenticated']);
    }
    const answer = await harness.open('/v1/prices', { headers: { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` } });
    const stats = await answer.json();
    const objects = await harness.bound.HISTORY.list();
    assert.deepEqual([stats.objects, stats.bytes], [objects.length, objects.reduce((sum, { size }) => sum + size, 0)]);
    assert.equal(stats.observations, objects.reduce((sum, { customMetadata }) => sum + Number(customMetadata.observations), 0));
    assert.ok(stats.bytes_per_observation_hundredths > 0 && stats.dead_letters > 0);
  });
});
