// Price history on the runtime: what is imported, compacted and read back, and what a crash in between leaves.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
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
  harness = await startHarness({ clock, sandbox: false });
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
      ['x'.repeat(4_000_001), 413, 'body_too_large'],
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
