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

describe('what is shown of a deal', () => {
  const deal = async (event) => JSON.parse((await harness.rows('SELECT deal FROM deals WHERE event_id = ?', event.id))[0].deal);
  const twice = (minutes, amount) => [[ago(minutes), amount], [ago(minutes - 5), amount, true]];
  const best = async (event) => (await harness.internal('pricing', `/internal/best/${event.id}`)).json();
  const listed = async (event, query = {}) => (await read(harness, `/v1/deals?${new URLSearchParams({ city: event.city, ...query })}`)).deals;
  /** Deal and best price name the same listing, with this price. */
  async function names(event, source, amount, what, currency = 'USD') {
    const { price: asked, score, url } = await deal(event);
    assert.deepEqual([asked.amount_minor, asked.currency, score.price.amount_minor, url], [amount, currency, amount, `https://market.example/${source}`], what);
    const { best: { price: cheapest, basis, url: where } } = await best(event);
    assert.deepEqual([cheapest, basis, where], [score.price, asked.basis, url], `${what}: the best price elsewhere`);
    assert.deepEqual((await listed(event, { currency })).map((one) => one.url), [url], `${what}: the list`);
  }

  test('is the listing that was scored, not a smaller number of the same market', async () => {
    const bases = newEvent();
    await taken(sights(bases, 'ticketmaster', twice(60, 4_000), { source: 'plus-fees', basis: 'before_fees' }), sights(bases, 'ticketmaster', twice(50, 4_500), { source: 'all-in' }));
    await names(bases, 'all-in', 4_500, 'before fees');
    const stale = newEvent();
    await taken(sights(stale, 'seatgeek', twice(40 * 60, 3_000), { source: 'stale' }), sights(stale, 'seatgeek', twice(50, 6_000), { source: 'fresh' }));
    await names(stale, 'fresh', 6_000, 'nobody confirmed it for 39 hours');
    // What is told again without being scored again is the same listing still.
    await taken(sights(stale, 'seatgeek', [[ago(2), 6_000, true]], { source: 'fresh', first: 3 }));
    await names(stale, 'fresh', 6_000, 'seen again');
  });

  test('is in the currency most quotes are in, not the one with the smallest numbers', async () => {
    for (const [code, other] of [['JPY', 5_000], ['GBP', 6_000]]) {
      const event = newEvent();
      await taken(sights(event, 'seatgeek', twice(60, 6_500)), sights(event, 'stubhub', twice(50, other), { currency: code }), sights(event, 'feed', twice(40, 7_000)));
      await names(event, 'seatgeek', 6_500, code);
    }
  });

  test('is an amount with its own basis, and of nothing that was sold out since', async () => {
    const bases = newEvent();
    await taken(sights(bases, 'seatgeek', twice(60, 9_000)), sights(bases, 'seatgeek', [[ago(5), 3_000]], { basis: 'before_fees', first: 3 }));
    const { price: asked } = await deal(bases);
    assert.deepEqual([asked.amount_minor, asked.basis], [9_000, 'all_in']);
    const event = newEvent();
    await taken(sights(event, 'seatgeek', twice(60, 3_000)), sights(event, 'seatgeek', [[ago(9), null]], { first: 3 }));
    await stands(event, null, 'sold out');
    await taken(sights(event, 'seatgeek', [[ago(8), 20_000]], { first: 4 }));
    await stands(event, null, 'seen once again');
    assert.equal((await best(event)).best, null);
    await taken(sights(event, 'seatgeek', [[ago(7), 20_000, true]], { first: 5 }));
    await stands(event, ['seatgeek', 20_000], 'seen twice');
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

test('an observation of the future is kept aside with its reason, and takes nothing away', async () => {
  const [event, other] = [newEvent({ starts_at: null }), newEvent()];
  await taken(sights(other, 'stubhub', [[ago(60), 9_000], [ago(55), 9_000, true]]));
  const far = Date.UTC(2099, 0, 1);
  const message = sights(event, 'stubhub', [[ago(20), 5_000], [ago(10), 5_000, true], [far, 100], [far + MINUTE_MS, 100, true]]);
  await taken(message);
  await stands(event, ['stubhub', 5_000], 'the rest of the message counts');
  assert.deepEqual(await row(other), ['stubhub', 9_000]);
  const kept = await harness.rows('SELECT reason, body FROM dead_letters_pricing');
  assert.equal(kept.length, 1);
  assert.match(kept[0].reason, /^2 of 4 observations are dated after now \(.*\), up to 2099-01-01T00:01:00/);
  assert.equal(JSON.parse(kept[0].body).request_id, message.request_id);
  // What is really seen later counts as ever.
  await taken(sights(event, 'stubhub', [[ago(3), 6_000], [ago(2), 6_000, true]], { first: 5 }));
  await stands(event, ['stubhub', 6_000], 'seen later');
});

test('a row that cannot be read is left out of a page, and the next page begins after it', async () => {
  const city = `Town ${randomBytes(4).toString('hex')}`;
  const events = [];
  for (const amount of [5_000, 6_000, 7_000, 8_000]) {
    const event = newEvent({ city });
    await taken(sights(event, 'stubhub', [[ago(60), amount], [ago(55), amount, true]]));
    events.push(event.id);
  }
  await harness.rows(`UPDATE deals SET deal = '{"rubbish":true}' WHERE event_id IN (?, ?)`, events[1], events[3]);
  const query = { city, sort: 'price', limit: '2' };
  const page = async (cursor) => {
    const { deals, next_cursor: next } = await read(harness, `/v1/deals?${new URLSearchParams({ ...query, ...(cursor && { cursor }) })}`);
    return [deals.map((deal) => deal.event.id), next];
  };
  const [first, next] = await page();
  assert.deepEqual(first, [events[0]]);
  const [second, end] = await page(next);
  assert.deepEqual([second, end ?? null], [[events[2]], null]);
  assert.ok(harness.logs().some((line) => line.event === 'deal_not_readable'));
});
