// Price history on the runtime when something is odd: ids that nobody knows, imports that meet the alarm, damaged pieces in the
// bucket, a queue that does not take messages, and more rows than anybody sends.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

/** Market seconds to a second: half an hour, after which a history is flushed, is the fifteen seconds of its least gap. */
const SCALE = 120;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HEADER = 'event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets';

let harness;
let now;
before(async () => {
  const clock = clockOf(SCALE);
  const [realMs, marketMs] = clock.split(':').map(Number);
  now = () => Math.floor((marketMs + (Date.now() - realMs) * SCALE) / 1_000) * 1_000;
  const faulty = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n')
    .replace('main = "build/index.js"', `main = ${JSON.stringify(inRoot('tests', 'lib', 'faulty-pricing.mjs'))}`);
  harness = await startHarness({ clock, sandbox: false, edit: { pricing: faulty } });
});
after(() => harness?.stop());

const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const stamp = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const row = (event, market, at, amount) => `${event},${market},${stamp(at)},USD,all_in,${amount},,3,9`;
const send = (rows) => harness.open('/v1/prices/import', {
  method: 'POST', body: `${[HEADER, ...rows].join('\n')}\n`,
  headers: { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}`, 'content-type': 'text/csv' },
});
async function imported(rows) {
  const answer = await send(rows);
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}
const newEvent = () => ({
  id: id('evt'), name: 'A night', venue: 'Hall', city: null, starts_at: new Date(now() + 200 * DAY).toISOString(), local_start: null, date_tbd: false, time_tbd: false,
});
/** What polls of a listing saw: `[at, amount, confirms]` each. */
const sights = (event, seen, { source = '1', first = 1 } = {}) => seen.map(([at, amount_minor, confirms = false], i) => ({
  event, source_event_id: source, seq: first + i, observed_at: at, price: { kind: 'quoted', amount_minor, currency: 'USD', basis: 'all_in' },
  listings: 3, tickets: 9, confirms, url: null,
}));
/** Sends observations and waits until they are taken. */
async function taken(items) {
  const batch = { request_id: id('req'), seen_at_ms: Date.now(), market: 'seatgeek', items };
  await harness.bound.OBSERVATIONS.send(JSON.stringify(batch), { contentType: 'text' });
  await eventually('the observations are taken', () => harness.logs().some((line) => line.event === 'appended' && line.request_id === batch.request_id), 20_000);
}
const arm = (faults) => harness.call('pricing', '/__fault', { method: 'POST', body: JSON.stringify(faults) });
const struck = async (key) => (await (await harness.call('pricing', '/__fault')).json()).struck.includes(key);
const lines = (event) => harness.logs().filter((line) => line.event === event);
const exported = async (event) => (await (await harness.open(`/v1/prices/${event}/export`)).text()).trim().split('\n').slice(1);

/** What the object of an event has stored. */
const tables = async (event) => (await harness.call('pricing', `/__tables?id=${event}`)).json();

describe('an id that nobody knows', () => {
  test('is answered 404 wherever an event is asked for, and nothing is stored for it', async () => {
    const OTHERS = [['aggregator', 'EventInventory'], ['aggregator', 'SourcePlanner'], ['auth', 'RateLimiter'], ['notifications', 'Dispatcher']];
    const others = () => Promise.all(OTHERS.map(async ([worker, name]) => [name, (await harness.objectIds(worker, name)).length]));
    const before = await others();
    for (const path of ['/v1/prices/{}', '/v1/prices/{}/export', '/v1/prices/{}/export?format=json', '/v1/prices/{}/moves', '/v1/prices/{}/seats',
      '/v1/prices/{}?series=best', '/v1/prices/{}?as_of=2026-11-20T00:00:00Z', '/v1/outlook/{}', '/v1/events/{}', '/v1/events/{}?fresh=true', '/v1/events/{}/listings', '/internal/best/{}']) {
      const event = id('evt');
      const ask = (headers = {}) => (path.startsWith('/internal') ? harness.internal('pricing', path.replace('{}', event), { headers }) : harness.open(path.replace('{}', event), { headers }));
      assert.deepEqual(await problem(await ask()), [404, 'not_found'], path);
      // Whoever has an answer in hand asks another way.
      assert.equal((await ask({ 'if-none-match': 'W/"0"' })).status, 404, path);
      assert.deepEqual(await tables(event), [], path);
    }
    assert.deepEqual(await others(), before, 'the other objects were not even asked');
  });

  test('is an object like any other once something was observed of it, and after a restart too', async () => {
    const event = id('evt');
    assert.equal((await harness.open(`/v1/prices/${event}`)).status, 404);
    assert.deepEqual(await tables(event), []);
    await imported([row(event, 'feed', now() - DAY, 5_000)]);
    for (const _ of [1, 2]) {
      assert.equal((await exported(event)).length, 1);
      assert.ok((await tables(event)).includes('observations'));
      const [head, get] = [await harness.open(`/v1/prices/${event}/export`, { method: 'HEAD' }), await harness.open(`/v1/prices/${event}/export`)];
      assert.equal(await head.text(), '');
      for (const name of ['etag', 'content-type', 'content-disposition']) assert.equal(head.headers.get(name), get.headers.get(name));
      await get.arrayBuffer();
      assert.deepEqual((await read(harness, `/v1/prices/${event}/moves`)).moves, [], 'known, though nothing has moved');
      await harness.evict('pricing', 'PriceHistory', event);
    }
  });
});

describe('an import', () => {
  test('that waits for the bucket while the alarm flushes and lets go of rows doubles none', { timeout: 150_000 }, async () => {
    const event = newEvent();
    const begin = now() - 60 * DAY;
    // A whole segment of two months ago, held hot until something newer is flushed, and a piece that an import must
    // read. Amounts lie so near to each other that nothing moves.
    const seen = Array.from({ length: 4_200 }, (_, i) => [begin + i * 2 * MINUTE, 5_000 + (i % 50)]);
    for (let at = 0; at < seen.length; at += 200) await taken(sights(event, seen.slice(at, at + 200), { first: at + 1 }));
    await imported([row(event.id, 'stubhub', begin - 300 * DAY, 100)]);
    const flushed = () => lines('flush').length;
    await eventually('the first flush', () => lines('flush').some((line) => line.segment === 0 && line.observations >= 4_096), 60_000);
    await taken(sights(event, [[now(), 9_000], [now() + 1_000, 9_000, true]], { first: 4_201 }));
    const before = flushed();
    await arm([{ key: `${event.id}/import-`, call: 'get', when: 'before', then: 'wait' }]);
    // Its caller does not wait so long, the object goes on.
    send(seen.slice(0, 3_000).map(([at, amount]) => row(event.id, 'seatgeek', at, amount))).catch(() => {});
    await eventually('the import waits for the bucket', () => struck(`${event.id}/import-`));
    await eventually('the alarm has flushed meanwhile', () => flushed() > before, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await arm([]);
    const done = () => lines('imported').filter((line) => line.event_id === event.id).map((line) => line.inserted);
    await eventually('the import is done', () => done().length === 2);
    assert.deepEqual(done(), [1, 0]);
    const moments = (await exported(event.id)).map((line) => line.split(',').slice(1, 3).join());
    assert.equal(moments.length, 4_203);
    assert.equal(new Set(moments).size, moments.length);
  });
});

describe('an import that is too large', () => {
  test('speaks of more events than one request may do, or of amounts that no ticket costs: refused before anything is written', async () => {
    const events = Array.from({ length: 501 }, () => id('evt'));
    const rows = events.map((event) => row(event, 'feed', now() - DAY, 5_000));
    const refused = await send(rows);
    assert.match((await refused.clone().json()).detail, /at most 500 events/);
    assert.deepEqual(await problem(refused), [413, 'body_too_large']);
    for (const amount of ['1000000000001', '9223372036854775807', '99999999999999999999']) {
      assert.deepEqual(await problem(await send([rows[0], row(events[1], 'feed', now() - DAY, amount)])), [422, 'validation_failed'], amount);
    }
    for (const event of events.slice(0, 2)) assert.deepEqual(await tables(event), []);
    assert.deepEqual(await imported([...rows.slice(0, 20), ...rows.slice(0, 20)]), { events: 20, inserted: 20, held: 20, differing: 0 });
    assert.deepEqual(await imported([row(events[0], 'stubhub', now() - DAY, 1_000_000_000_000)]), { events: 1, inserted: 1, held: 0, differing: 0 });
  });
});

describe('a damaged piece', () => {
  const [FIRST, SECOND] = [300, 200];
  /** An event with two cold pieces, a day each. */
  async function twoPieces() {
    const event = id('evt');
    const day = (ago) => Array.from({ length: 20 }, (_, i) => row(event, 'stubhub', now() - ago * DAY + i * HOUR, 5_000 + i));
    const rows = { first: day(FIRST), second: day(SECOND), recent: [row(event, 'stubhub', now() - HOUR, 4_000)] };
    await imported(rows.recent);
    await imported(rows.first);
    await imported(rows.second);
    const keys = (await harness.bound.HISTORY.list({ prefix: `v1/${event}/import-` })).map(({ key }) => key).sort();
    assert.equal(keys.length, 2);
    return { event, rows, keys };
  }
  const mend = (event, headers = { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` }) => harness.open(`/v1/prices/${event}/mend`, { method: 'POST', headers });

  for (const [how, harm] of [
    ['fails its checksum', async ({ keys: [key] }) => harness.bound.HISTORY.put(key, 'nonsense')],
    ['is missing', async ({ keys: [key] }) => harness.bound.HISTORY.delete(key)],
    ['is whole, but of another event', async ({ keys: [key] }) => {
      const { keys: [other] } = await twoPieces();
      await harness.bound.HISTORY.copy(other, key);
    }],
  ]) {
    test(`that ${how} is named, never left out in silence, and can be given up and imported again`, async () => {
      const history = await twoPieces();
      const { event, rows, keys } = history;
      await harm(history);
      for (const path of [`/v1/prices/${event}`, `/v1/prices/${event}/export`, `/v1/prices/${event}?series=best`]) {
        assert.deepEqual(await problem(await harness.open(path)), [500, 'history_damaged'], path);
      }
      for (const _ of [1, 2]) {
        const refused = await send(rows.first);
        const { detail } = await refused.clone().json();
        assert.deepEqual(await problem(refused), [500, 'history_damaged'], 'today as tomorrow');
        assert.ok(detail.includes(keys[0]) && detail.includes(`/v1/prices/${event}/mend`), detail);
      }
      assert.deepEqual(await problem(await mend(event, {})), [401, 'unauthenticated']);
      const { readable, given_up: lost } = await (await mend(event)).json();
      assert.deepEqual([readable, lost.map(({ key, observations }) => [key, observations])], [1, [[keys[0], 20]]]);
      const without = [...rows.second, ...rows.recent];
      assert.deepEqual(await exported(event), without);
      assert.deepEqual(await (await mend(event)).json(), { readable: 1, given_up: [] }, 'a second time there is nothing to give up');
      assert.deepEqual(await imported([...rows.first, ...without]), { events: 1, inserted: 20, held: 21, differing: 0 });
      assert.deepEqual(await exported(event), [...rows.first, ...without]);
    });
  }

  test('of an event nobody knows there is nothing to mend', async () => {
    const event = id('evt');
    assert.deepEqual(await problem(await mend(event)), [404, 'not_found']);
    assert.deepEqual(await tables(event), []);
  });
});

describe('an object that has much to do at once', () => {
  test('announces all moves of one message, however many', async () => {
    const event = newEvent();
    const markets = Array.from({ length: 70 }, (_, i) => `listing-${i}`);
    const seen = (sight, first) => markets.flatMap((source, i) => sights(event, sight(i), { source, first }));
    await taken(seen((i) => [[now() - 60 * MINUTE, 9_000 + i], [now() - 55 * MINUTE, 9_000 + i, true]], 1));
    await taken(seen((i) => [[now() - 12 * MINUTE, 5_000 + i], [now() - 10 * MINUTE, 5_000 + i, true]], 3));
    const told = () => new Set(lines('change_weighed').filter((line) => line.event_id === event.id).map((line) => line.change_id));
    await eventually('every move is told', () => told().size === 70, 60_000);
    const { moves } = await read(harness, `/v1/prices/${event.id}/moves?limit=200`);
    assert.deepEqual(new Set(moves.map((move) => move.id)), told());
  });

  test('tries again later and later while the bucket fails, and goes on when it does not', { timeout: 120_000 }, async () => {
    const event = id('evt');
    await arm(Array.from({ length: 3 }, () => ({ key: `${event}/000000`, call: 'put', when: 'before', then: 'fail' })));
    const failed = () => harness.logs().filter((line) => line.event === 'flush_failed' && /as the test wished/.test(line.cause));
    const before = failed().length;
    const heard = [];
    await imported([row(event, 'feed', now() - HOUR, 5_000)]);
    await eventually('three tries failed and the fourth did not', async () => {
      while (heard.length < failed().length - before) heard.push(Date.now());
      return heard.length === 3 && (await harness.bound.HISTORY.list({ prefix: `v1/${event}/` })).length === 1;
    }, 90_000);
    assert.deepEqual(failed().slice(before).map((line) => line.failures), [1, 2, 3]);
    const [first, second] = [heard[1] - heard[0], heard[2] - heard[1]];
    assert.ok(first > 2_000 && second > 4_500, `after ${first} and ${second} ms`);
    assert.equal((await exported(event)).length, 1);
  });

  test('holds no more than eight segments hot, whatever an import brings within the hot window, and reads all of it', { timeout: 240_000 }, async () => {
    const event = newEvent();
    await taken(sights(event, [[now() - 3 * HOUR, 9_000], [now() - 2 * HOUR, 9_000, true]]));
    const begin = now() - 30 * DAY;
    const rows = Array.from({ length: 50_000 }, (_, i) => row(event.id, 'stubhub', begin + i * 40_000, 5_000 + (i % 97)));
    for (const from of [0, 25_000]) await imported(rows.slice(from, from + 25_000));
    const held = async () => {
      const answer = await harness.bound.PRICE_HISTORY.getByName(event.id).fetch('https://object/read', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'null' });
      return (await answer.json()).rows.flatMap((text) => JSON.parse(text)).map(([market, seen]) => [market, seen.at ?? seen]);
    };
    let hot;
    await eventually('the alarm lets go of what is too much', async () => (hot = await held()).length < 10 * 4_096, 120_000);
    assert.ok(hot.some(([market]) => market === 'seatgeek'), 'the newest stays, though it came first');
    const all = (await exported(event.id)).filter((line) => line.includes('stubhub'));
    assert.deepEqual(all, rows);
    assert.deepEqual(await imported(rows.slice(10_000, 20_000)), { events: 1, inserted: 0, held: 10_000, differing: 0 });
  });
});
