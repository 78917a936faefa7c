// Price history on the runtime: what is imported, compacted and read back, and what a crash in between leaves.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

/** Market seconds to a second: half an hour, after which a history is flushed, is the five seconds of its least gap. */
const SCALE = 360;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HEADER = 'event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets';

let harness;
/** Market time, whole seconds, because that is what is stored. */
let now;
before(async () => {
  const clock = clockOf(SCALE);
  const [realMs, marketMs] = clock.split(':').map(Number);
  now = () => Math.floor((marketMs + (Date.now() - realMs) * SCALE) / 1_000) * 1_000;
  const faulty = (toml) => toml.replace('main = "build/index.js"', `main = ${JSON.stringify(inRoot('tests', 'lib', 'faulty-pricing.mjs'))}`);
  harness = await startHarness({ clock, sandbox: false, edit: { pricing: faulty } });
});
after(() => harness?.stop());

const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const stamp = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
/** A row of a table; an amount of `null` is no price. */
const row = (event, market, at, amount, { listings = 3, tickets = 9 } = {}) => (amount === null
  ? `${event},${market},${stamp(at)},,,,sold_out,${listings},${tickets}`
  : `${event},${market},${stamp(at)},USD,all_in,${amount},,${listings},${tickets}`);
const table = (rows) => `${[HEADER, ...rows].join('\n')}\n`;
const operator = () => ({ authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` });
const send = (body, headers = {}) => harness.open('/v1/prices/import', {
  method: 'POST', body, headers: { ...operator(), 'content-type': 'text/csv', ...headers },
});
async function imported(rows) {
  const answer = await send(table(rows));
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}
const history = (event, query = '') => read(harness, `/v1/prices/${event}${query}`);
const points = async (event, query = '') => (await history(event, query)).series
  .flatMap(({ market, points: own }) => own.map(({ at, price }) => [market, Date.parse(at), price.amount_minor ?? null]));

describe('an import', () => {
  test('is read back as it was given, whole and in parts, and a repeat changes nothing', async () => {
    const event = id('evt');
    const start = now() - 200 * DAY;
    const sights = Array.from({ length: 400 }, (_, i) => [i % 2 ? 'stubhub' : 'seatgeek', start + i * 11 * HOUR, i % 50 === 0 ? null : 5_000 + (i % 37) * 10]);
    const rows = sights.map(([market, at, amount]) => row(event, market, at, amount));
    assert.deepEqual(await imported(rows), { events: 1, inserted: 400, held: 0, differing: 0 });
    const expected = [...sights].sort(([a, x], [b, y]) => a.localeCompare(b) || x - y);
    assert.deepEqual(await points(event), expected);
    assert.deepEqual(await imported(rows.slice(100, 300)), { events: 1, inserted: 0, held: 200, differing: 0 });
    assert.deepEqual(await imported([row(event, 'seatgeek', start + HOUR, 4_000), row(event, 'seatgeek', start, 4_000)]), { events: 1, inserted: 1, held: 0, differing: 1 });
    await harness.evict('pricing', 'PriceHistory', event);
    assert.deepEqual(await points(event), [expected[0], ['seatgeek', start + HOUR, 4_000], ...expected.slice(1)]);
    assert.ok(!harness.logs().some((line) => line.event === 'moves'), 'announces nothing');
  });

  test('is refused as a whole when a row of it is bad, says which, and is for the operator only', async () => {
    const event = id('evt');
    const good = row(event, 'seatgeek', now() - DAY, 5_000);
    const cases = [
      [table([good, good.replace('seatgeek', 'moon')]), 422, 'validation_failed'],
      [table([good, good.replace(event, 'evt_1')]), 422, 'validation_failed'],
      [table([good, row(event, 'seatgeek', now() + DAY, 5_000)]), 422, 'validation_failed'],
      [good, 422, 'validation_failed'],
      [Buffer.from([0xff, 0xfe]), 400, 'invalid_body'],
      ['x'.repeat(6_000_001), 413, 'body_too_large'],
    ];
    for (const [body, ...expected] of cases) assert.deepEqual(await problem(await send(body)), expected, String(body).slice(0, 300));
    const { detail } = await (await send(cases[0][0])).json();
    assert.match(detail, /line 3: expected a market we know/);
    assert.deepEqual(await problem(await send(table([good]), { authorization: 'Bearer guessed' })), [401, 'unauthenticated']);
    assert.deepEqual(await problem(await send(table([good]), { 'content-type': 'application/json' })), [415, 'unsupported_media_type']);
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${event}`)), [404, 'not_found']);
    assert.deepEqual(await imported([]), { events: 0, inserted: 0, held: 0, differing: 0 });
  });

  test('of seventy events with 1,500 observations each is done in well under a minute', async () => {
    const events = Array.from({ length: 70 }, () => id('evt'));
    const start = now() - 60 * DAY;
    const began = Date.now();
    for (let i = 0; i < events.length; i += 20) {
      const rows = events.slice(i, i + 20).flatMap((event) => Array.from({ length: 1_500 }, (_, n) => row(event, 'stubhub', start + n * 55 * 60_000, 5_000 + (n % 90) * 10)));
      const { inserted } = await imported(rows);
      assert.equal(inserted, rows.length);
    }
    const seconds = (Date.now() - began) / 1_000;
    assert.ok(seconds < 30, `${seconds} s`);
    assert.equal((await points(events[69])).length, 1_500);
  });
});

describe('reading', () => {
  const start = () => Math.floor((now() - 20 * DAY) / DAY) * DAY;
  /** Two markets on one basis, a third on another, over five days. */
  async function markets() {
    const event = id('evt');
    const at = start();
    const sights = [
      ['seatgeek', at, 5_000], ['seatgeek', at + HOUR, 5_000], ['stubhub', at + 2 * HOUR, 4_500], ['stubhub', at + 3 * HOUR, 4_500],
      ['seatgeek', at + DAY, 4_000], ['seatgeek', at + DAY + HOUR, 4_000], ['seatgeek', at + 2 * DAY, null], ['seatgeek', at + 2 * DAY + HOUR, null],
      ['stubhub', at + 4 * DAY, 6_000], ['stubhub', at + 4 * DAY + HOUR, 6_000],
    ];
    const rows = sights.map(([market, when, amount]) => row(event, market, when, amount));
    rows.push(`${event},feed,${stamp(at)},USD,before_fees,3000,,,`);
    await imported(rows);
    return { event, at, sights };
  }

  test('answers as of a past moment what would have been answered then', async () => {
    const { event, at, sights } = await markets();
    const when = at + DAY + 2 * HOUR;
    const then = await history(event, `?as_of=${stamp(when)}`);
    assert.equal(Date.parse(then.as_of), when);
    assert.deepEqual(then.series.filter(({ market }) => market !== 'feed').flatMap(({ market, points: own }) => own.map(({ at: seen }) => [market, Date.parse(seen)])),
      sights.filter(([, seen]) => seen <= when).map(([market, seen]) => [market, seen]).sort(([a, x], [b, y]) => a.localeCompare(b) || x - y));
    assert.deepEqual([then.summary.now.amount_minor, then.summary.basis, then.summary.estimated, then.summary.observations], [4_000, 'all_in', false, 7], 'what is scored');
    assert.deepEqual([then.score.market, then.score.price.amount_minor, then.score.basis], ['seatgeek', 4_000, 'all_in'], 'one sight of the feed is no price');
    assert.equal((await history(event, `?as_of=${stamp(at + 3 * HOUR)}`)).score.price.amount_minor, 4_500);
    assert.equal((await history(event)).score, null, 'nothing has been confirmed for days');
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${event}?as_of=${stamp(at - HOUR)}`)), [404, 'not_found']);
  });

  test('tells the best price over all markets, in one unit, and says who is left out', async () => {
    const { event, at } = await markets();
    const { series, best } = await history(event, '?series=best');
    assert.deepEqual([series, best.currency, best.basis, best.markets, best.left_out], [[], 'USD', 'all_in', ['seatgeek', 'stubhub'], ['feed']]);
    const two = await history(event, `?series=best&from=${stamp(at + 2 * HOUR)}&market=seatgeek`);
    assert.deepEqual(two.best.points.map((point) => [Date.parse(point.at), point.amount_minor]), [[at + 2 * HOUR, 5_000], [at + DAY, 4_000], [at + 2 * DAY, null]]);
    const other = id('evt');
    await imported([['seatgeek', 0, 5_000], ['stubhub', 5, 4_500], ['seatgeek', 26, 4_000], ['stubhub', 27, 4_600], ['seatgeek', 30, null]].map(([market, hour, amount]) => row(other, market, at + hour * HOUR, amount)));
    const day = await history(other, '?series=best&resolution=day');
    assert.deepEqual(day.best.candles.map(({ start: from, ...candle }) => [Date.parse(from), ...Object.values(candle)]), [[at, 5_000, 4_500, 5_000, 4_500], [at + DAY, 4_000, 4_000, 4_600, 4_600]]);
    assert.deepEqual((await history(other, '?series=best')).best.points.map(({ market, amount_minor: amount }) => [market, amount]), [['seatgeek', 5_000], ['stubhub', 4_500], ['seatgeek', 4_000], ['stubhub', 4_600]]);
  });

  test('exports a table that an import takes, and the same as JSON', async () => {
    const { event, at } = await markets();
    const answer = await harness.open(`/v1/prices/${event}/export`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/csv; charset=utf-8/);
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${event}.csv"`);
    const text = await answer.text();
    assert.equal(text.split('\n')[0], HEADER);
    assert.equal(text.trim().split('\n').length, 12);
    for (const cell of text.split(/[\n,]/)) assert.ok(!/^[=+\-@\t\r"']/.test(cell), cell);
    assert.deepEqual(await (await send(text)).json(), { events: 1, inserted: 0, held: 11, differing: 0 });
    const copy = id('evt');
    await send(text.replaceAll(event, copy));
    assert.equal((await (await harness.open(`/v1/prices/${copy}/export?format=csv`)).text()).replaceAll(copy, event), text);
    const json = await read(harness, `/v1/prices/${event}/export?format=json&market=seatgeek&to=${stamp(at + HOUR)}`);
    assert.deepEqual(json, { event_id: event, observations: [at, at + HOUR].map((when) => ({
      market: 'seatgeek', observed_at: stamp(when), currency: 'USD', basis: 'all_in', price_minor: 5_000, absent: null, listings: 3, tickets: 9 })) });
    assert.equal((await read(harness, `/v1/prices/${event}/export?format=json&as_of=${stamp(at + 2 * HOUR)}`)).observations.length, 4);
    assert.deepEqual(await read(harness, `/v1/prices/${event}/export?format=json&from=${stamp(at + 9 * DAY)}`), { event_id: event, observations: [] });
  });

  test('answers a weak tag, and 304 to whoever has it, until the history changes', async () => {
    const { event, at } = await markets();
    const ask = (query, held) => harness.open(`/v1/prices/${event}${query}`, { headers: held ? { 'if-none-match': held } : {} });
    const query = `?resolution=day&as_of=${stamp(at + 9 * DAY)}`;
    const first = await ask(query);
    const tag = first.headers.get('etag');
    assert.match(tag, /^W\/"[0-9a-f-]+"$/);
    assert.match(first.headers.get('cache-control'), /^public, max-age=\d+$/);
    for (const held of [tag, `"x", ${tag}`]) {
      const again = await ask(query, held);
      assert.deepEqual([again.status, again.headers.get('etag'), await again.text()], [304, tag, '']);
    }
    assert.equal((await ask(query.replace('day', 'hour'), tag)).status, 200, 'another question');
    assert.equal((await ask(`/export${query}`, tag)).status, 200, 'another answer');
    const live = (await ask('')).headers.get('etag');
    assert.notEqual(live, tag);
    await imported([row(event, 'stubhub', at + 5 * DAY, 5_500)]);
    const changed = await ask(query, tag);
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get('etag'), tag);
  });

  test('refuses questions that make no sense, and says why', async () => {
    const { event, at } = await markets();
    for (const [query, detail] of [
      [`from=${stamp(at + DAY)}&to=${stamp(at)}`, /from must be no later than to/], [`as_of=${stamp(now() + DAY)}`, /as_of must be no later than now/],
      [`as_of=${stamp(at)}&from=${stamp(at + DAY)}`, /from must be no later than as_of/], ['series=worst', /series must be market or best/],
      ['resolution=week', /resolution must be raw, hour or day/], ['market=moon', /market must be a market we watch/], ['as_of=then', /as_of must be a time like/],
    ]) {
      for (const path of query.startsWith('res') || query.startsWith('ser') ? [''] : ['', '/export']) {
        const answer = await harness.open(`/v1/prices/${event}${path}?${query}`);
        assert.deepEqual(await problem(answer.clone()), [400, 'invalid_parameter'], query);
        assert.match((await answer.json()).detail, detail);
      }
    }
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${event}/export?format=xml`)), [400, 'invalid_parameter']);
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${id('evt')}/export`)), [404, 'not_found']);
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${event}/export`, { method: 'POST' })), [405, 'method_not_allowed']);
  });
});

describe('compaction', () => {
  test('thins what is old and keeps what is told of it: candles of each day, lows and highs', { timeout: 90_000 }, async () => {
    const event = id('evt');
    const begin = Math.floor((now() - 800 * DAY) / DAY) * DAY;
    // Every hour for two years and more; odd polls that nobody bears out, and now and then none at all.
    const amount = (hour) => (hour % 311 === 0 ? 100 : hour % 97 === 0 ? null : 5_000 + Math.round(1_500 * Math.sin(hour / 200)) + (hour % 5) * 10);
    const hours = Math.floor((now() - begin) / HOUR);
    const rows = Array.from({ length: hours }, (_, hour) => row(event, 'stubhub', begin + hour * HOUR, amount(hour), { listings: hour % 40 }));
    await imported(rows);
    const told = async () => {
      const { series: [{ candles }], summary: { lowest, lowest_at: at, highest, observations } } = await history(event, '?resolution=day');
      return { candles, lowest, at, highest, observations };
    };
    const { observations, ...before } = await told();
    assert.equal(observations, hours);
    await eventually('compaction', () => harness.logs().some((line) => line.event === 'compacted' && line.event_id === event), 60_000);
    const { observations: left, ...after } = await told();
    assert.deepEqual(after, before);
    assert.ok(left < hours * 0.75, `${left} of ${hours}`);
    const recent = (now() - 89 * DAY);
    assert.equal((await points(event, `?from=${stamp(recent)}`)).length, Math.floor((begin + (hours - 1) * HOUR - recent) / HOUR) + 1, 'the last 90 days are whole');
  });
});

describe('a crash between two writes', () => {
  /** Five imports of an event whose pieces compaction makes one: what they held, as it is answered. */
  async function pieces() {
    const event = id('evt');
    const start = now() - 85 * DAY;
    const sights = Array.from({ length: 100 }, (_, i) => [i % 2 ? 'stubhub' : 'seatgeek', start + Math.floor(i / 2) * DAY, 5_000 + (i % 7) * 100]);
    await imported([row(event, 'seatgeek', now() - HOUR, 4_000)]);
    const { at } = (await history(event)).series[0].points[0];
    for (let i = 0; i < 100; i += 20) await imported(sights.slice(i, i + 20).map(([market, when, amount]) => row(event, market, when, amount)));
    return { event, sights: [...sights, ['seatgeek', Date.parse(at), 4_000]].sort(([a, x], [b, y]) => a.localeCompare(b) || x - y) };
  }
  const keys = async (event) => (await harness.bound.HISTORY.list({ prefix: `v1/${event}/` })).map(({ key }) => key.split('/').at(-1)).sort();
  const parts = (names) => names.filter((name) => name.startsWith('part-'));
  const struck = async () => (await (await harness.call('pricing', '/__fault')).json()).struck;

  test('loses nothing and doubles nothing: in flushing, in compaction, in an import', { timeout: 180_000 }, async () => {
    const [flush, write, half, sweep] = [await pieces(), await pieces(), await pieces(), await pieces()];
    const late = { event: id('evt'), rows: (event) => Array.from({ length: 50 }, (_, i) => row(event, 'feed', Date.UTC(2026, 5, 1) + i * HOUR, 3_000 + i)) };
    await imported([row(late.event, 'feed', now() - HOUR, 4_000)]);
    const faults = [
      { key: `${flush.event}/000000`, call: 'put', when: 'after', then: 'hang' },
      { key: `${write.event}/part-`, call: 'put', when: 'after', then: 'hang' },
      { key: `${half.event}/part-`, call: 'put', when: 'after', then: 'fail' },
      { key: `${sweep.event}/import-`, call: 'delete', when: 'before', then: 'hang' },
      { key: `${late.event}/import-`, call: 'put', when: 'after', then: 'hang' },
    ];
    await harness.call('pricing', '/__fault', { method: 'POST', body: JSON.stringify(faults) });
    send(table(late.rows(late.event))).catch(() => {});
    await eventually('every write got to where it is cut off', async () => (await struck()).length === faults.length, 60_000);
    assert.deepEqual(parts(await keys(write.event)).length, 1, 'written, but in no index');
    await harness.crash();
    for (const { event, sights } of [flush, write, half, sweep]) assert.deepEqual(await points(event), sights, 'right after the crash');
    for (const { event, sights } of [flush, write, half, sweep]) {
      await eventually('what was cut off is done', async () => {
        const names = await keys(event);
        return names.length === 2 && names[0] === '000000.prices' && parts(names).length === 1;
      }, 60_000);
      assert.deepEqual(await points(event), sights);
      await harness.evict('pricing', 'PriceHistory', event);
      assert.deepEqual(await points(event), sights);
    }
    const { inserted } = await imported(late.rows(late.event));
    assert.equal(inserted, 50);
    assert.equal((await points(late.event)).length, 51);
    assert.equal((await keys(late.event)).filter((name) => name.startsWith('import-')).length, 1, 'the same object, written again');
  });
});
