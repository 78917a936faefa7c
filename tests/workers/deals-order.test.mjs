// What stands in the table of deals when prices go, when messages come twice or overtake each other, and when a history fails:
// always the newest word of each event's history.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { read } from '../lib/market.mjs';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let harness;
before(async () => {
  const unsteady = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n')
    .replace('main = "build/index.js"', `main = ${JSON.stringify(inRoot('tests', 'lib', 'unsteady-pricing.mjs'))}`);
  harness = await startHarness({ sandbox: false, edit: { pricing: unsteady } });
});
after(() => harness?.stop());

const now = () => Math.floor(Date.now() / 1_000) * 1_000;
const ago = (minutes) => now() - minutes * MINUTE_MS;
const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const newEvent = (more = {}) => ({
  id: id('evt'), name: 'A night', venue: 'Hall', city: `Town ${randomBytes(4).toString('hex')}`,
  starts_at: new Date(now() + 20 * DAY_MS).toISOString(), local_start: null, date_tbd: false, time_tbd: false, ...more,
});
const price = (amount, { basis = 'all_in', currency = 'USD' } = {}) => (amount === null
  ? { kind: 'absent', reason: 'sold_out' } : { kind: 'quoted', amount_minor: amount, currency, basis });
/** Sights of one market's listing: `[at, amount in cents or null, confirms]`, numbered from `first`. */
const sights = (event, market, seen, { first = 1, source = market, ...unit } = {}) => ({
  request_id: id('req'), seen_at_ms: Date.now(), market,
  items: seen.map(([at, amount, confirms = false], i) => ({
    event, source_event_id: source, seq: first + i, observed_at: at, price: price(amount, unit), listings: 3, tickets: 9, confirms,
    url: `https://market.example/${source}`,
  })),
});
const deliver = async (message) => (await (await harness.call('pricing', '/__deliver', { method: 'POST', body: JSON.stringify(message) })).json()).verdict;
async function taken(...messages) {
  for (const message of messages) assert.equal(await deliver(message), 'done');
}
const unsteady = (state) => harness.call('pricing', '/__unsteady', { method: 'POST', body: JSON.stringify({ fail: [], hold: [], ...state }) });
/** What the table says: market and amount, or nothing. */
async function row(event) {
  const [found] = await harness.rows('SELECT market, price_minor FROM deals WHERE event_id = ?', event.id);
  return found ? [found.market, found.price_minor] : null;
}
/** What the event's own page says. */
const shown = async (event) => {
  const { score } = await read(harness, `/v1/prices/${event.id}`);
  return score ? [score.market, score.price.amount_minor] : null;
};
async function stands(event, expected, what) {
  assert.deepEqual(await row(event), expected, what);
  assert.deepEqual(await shown(event), expected, `${what}: the page of the event`);
}
/** StubHub asks $30, seen last; SeatGeek $90, seen two minutes before it. */
async function cheapest() {
  const event = newEvent();
  await taken(
    sights(event, 'seatgeek', [[ago(60), 9_000], [ago(55), 9_000, true], [ago(12), 9_000, true]]),
    sights(event, 'stubhub', [[ago(50), 3_000], [ago(45), 3_000, true], [ago(10), 3_000, true]]),
  );
  await stands(event, ['stubhub', 3_000], 'at first');
  return event;
}

describe('the best price', () => {
  test('that is sold out gives way to the next best, though that was seen earlier', async () => {
    const event = await cheapest();
    await taken(sights(event, 'stubhub', [[ago(5), null]], { first: 4 }));
    await stands(event, ['seatgeek', 9_000], 'sold out');
    const { deals } = await read(harness, `/v1/deals?city=${encodeURIComponent(event.city)}`);
    assert.deepEqual(deals.map((deal) => [deal.market, deal.url]), [['seatgeek', 'https://market.example/seatgeek']]);
    await taken(sights(event, 'seatgeek', [[ago(4), null]], { first: 4 }));
    await stands(event, null, 'both sold out');
    await taken(sights(event, 'seatgeek', [[ago(3), 9_500], [ago(2), 9_500, true]], { first: 5 }));
    await stands(event, ['seatgeek', 9_500], 'on sale again');
  });

  test('that rises gives way to the next best, though that was seen earlier', async () => {
    const event = await cheapest();
    await taken(sights(event, 'stubhub', [[ago(5), 20_000], [ago(4), 20_000, true]], { first: 4 }));
    await stands(event, ['seatgeek', 9_000], 'risen');
  });
});

describe('a message', () => {
  test('that comes again later puts no older price back, and none that is gone', async () => {
    const event = newEvent();
    const first = sights(event, 'stubhub', [[ago(50), 3_000], [ago(45), 3_000, true]]);
    await taken(first, sights(event, 'stubhub', [[ago(5), 5_000], [ago(4), 5_000, true]], { first: 3 }), first);
    await stands(event, ['stubhub', 5_000], 'risen');
    await taken(sights(event, 'stubhub', [[ago(3), null]], { first: 5 }), first);
    await stands(event, null, 'sold out');
  });

  test('that is overtaken on its way to the table changes nothing there', async () => {
    for (const [what, later, expected] of [
      ['sold out', [[ago(3), null]], null],
      ['a rise', [[ago(3), 8_000], [ago(2), 8_000, true]], ['stubhub', 8_000]],
    ]) {
      const event = newEvent();
      await taken(sights(event, 'stubhub', [[ago(50), 6_000], [ago(45), 6_000, true]]));
      const early = sights(event, 'stubhub', [[ago(10), 3_000], [ago(9), 3_000, true]], { first: 3 });
      const held = async () => (await (await harness.call('pricing', '/__unsteady')).json()).held;
      const before_ = await held();
      await unsteady({ hold: [early.request_id] });
      const verdict = deliver(early);
      await eventually('its answer is on its way', async () => await held() > before_);
      await taken(sights(event, 'stubhub', later, { first: 5 }));
      await stands(event, expected, what);
      await unsteady({});
      assert.equal(await verdict, 'done');
      await stands(event, expected, what);
    }
  });
});

test('a history that fails holds back no other event of its message, and gets its part when the message comes again', async () => {
  const [sick, well] = [newEvent(), newEvent()];
  const both = (seen, first) => {
    const message = sights(sick, 'stubhub', seen, { first });
    return { ...message, items: [...message.items, ...sights(well, 'stubhub', seen, { first }).items] };
  };
  await taken(both([[ago(60), 9_000], [ago(55), 9_000, true]], 1));
  const message = both([[ago(5), 20_000], [ago(4), 20_000, true]], 3);
  await unsteady({ fail: [sick.id] });
  assert.equal(await deliver(message), 'again');
  await stands(well, ['stubhub', 20_000], 'the healthy event');
  assert.deepEqual(await row(sick), ['stubhub', 9_000]);
  await unsteady({});
  await taken(message);
  await stands(sick, ['stubhub', 20_000], 'the event whose history failed');
  await stands(well, ['stubhub', 20_000], 'the healthy event, told twice');
});

test('what is observed late of an event that was merged is no deal and no event others are compared with', async () => {
  const [alias, canonical] = [newEvent({ line_up: ['Comets'] }), newEvent({ line_up: ['Comets'] })];
  const seen = [[ago(60), 9_000], [ago(55), 9_000, true]];
  await taken(sights(alias, 'seatgeek', seen), sights(canonical, 'seatgeek', seen));
  await harness.bound.CATALOG_HISTORY.send(JSON.stringify({ request_id: id('req'), version: 5, redirects: [{ event_id: alias.id, canonical_id: canonical.id }] }), { contentType: 'text' });
  await eventually('the merge is heard', async () => !(await row(alias)));
  await taken(sights(alias, 'seatgeek', [[ago(3), 6_500], [ago(2), 6_500, true]], { first: 3 }));
  assert.equal(await row(alias), null);
  assert.deepEqual(await row(canonical), ['seatgeek', 9_000]);
  assert.deepEqual(await harness.rows('SELECT key FROM event_keys WHERE event_id = ?', alias.id), []);
});
