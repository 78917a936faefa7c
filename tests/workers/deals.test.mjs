// Deals and moves on the runtime, fed by pricing's queue: what is a good price, for whom, and how a price has moved.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import { problem, read } from '../lib/market.mjs';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let harness;
before(async () => {
  // How long the queue waits for company is the platform's; waiting for it here would take minutes.
  const atOnce = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n');
  harness = await startHarness({ sandbox: false, edit: { pricing: atOnce } });
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

  test('are an empty list where there is none; odd questions are refused', async () => {
    assert.deepEqual((await moves({ id: id('evt') })).moves, []);
    for (const query of ['limit=0', 'limit=201', 'limit=x']) {
      assert.deepEqual(await problem(await harness.open(`/v1/prices/${id('evt')}/moves?${query}`)), [400, 'invalid_parameter'], query);
    }
    assert.deepEqual(await problem(await harness.open('/v1/prices/evt_1/moves')), [404, 'not_found']);
    assert.deepEqual(await problem(await harness.open(`/v1/prices/${id('evt')}/moves`, { method: 'POST' })), [405, 'method_not_allowed']);
  });
});
