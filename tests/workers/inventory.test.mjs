// What is on sale for an event: single listings, seats together, odd polls, fees. The market is a feed of our own, so
// that each poll says exactly what the test wants.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

const OTHERS_OFF = Object.fromEntries(['TICKETMASTER_KEY', 'SEATGEEK_CLIENT_ID', 'STUBHUB_CLIENT_ID', 'STUBHUB_CLIENT_SECRET',
  'EVENTBRITE_TOKEN', 'EVENTBRITE_ORGANIZATIONS', 'TICKETEVOLUTION_TOKEN', 'TICKETEVOLUTION_SECRET'].map((name) => [name, '']));
/** Events that state both prices: enough to learn fees from. */
const TEACHERS = 24;

let harness;
let release;
/** What the feed says of the event under test now, and how often it has said so. */
let said = { polls: 0 };
/** Our id of it. */
let id;

const usd = (amount_minor, basis = 'before_fees', more = {}) => ({ amount_minor, currency: 'USD', basis, ...more });
const listing = (name, amount, quantity, splits = [], more = {}) =>
  ({ id: name, section: `S ${name}`, row: '7', quantity, splits, price: usd(amount), ...more });
const LISTINGS = [
  listing('single', 8_000, 1), listing('four', 10_000, 4, [2, 4]), listing('pair', 11_000, 2, [2]), listing('six', 12_000, 6),
];

function event(n, more) {
  return {
    event_id: `e${n}`, name: `Rip City Choir number ${n}`, performers: [`Rip City Choir number ${n}`],
    venue: { name: n < 8 ? 'Small Hall' : `Hall number ${n}`, city: 'Portland', region: 'OR', country: 'US' },
    start_local: `2026-12-${String(1 + (n % 28)).padStart(2, '0')}T19:00:00`, time_tbd: false, status: 'onsale', url: `https://feed.example/e${n}`, ...more,
  };
}

function page() {
  said.polls += 1;
  const teachers = Array.from({ length: TEACHERS }, (_, i) => event(i + 1, { price: usd(12_500 + i * 100, 'all_in', { before_fees_minor: 10_000 + i * 80 }) }));
  const { price = usd(8_000), listings = LISTINGS } = said;
  return { feed: 'test', synthetic: true, next: null, offers: [...teachers, event(0, { price, listings, absent_reason: price ? null : 'sold_out' })] };
}

before(async () => {
  harness = await startHarness({ clock: clockOf(4), sandbox: false, vars: { ...OTHERS_OFF, FEED_URL: 'https://feed.example/offers.json', POLL_SECONDS: '1', POLL_GAP_MS: '250' } });
  release = harness.outbound.answer((url) => url.startsWith('https://feed.example/'), () => Response.json(page(), { headers: { 'x-sandbox-mode': 'sandbox' } }));
  await harness.cron('aggregator');
  await eventually('the feed was walked through', async () => {
    const { events } = await read(harness, '/v1/events?limit=100');
    id = events.find(({ name }) => name.endsWith('number 0'))?.id;
    return id && events.length === TEACHERS + 1;
  }, 30_000);
});
after(async () => {
  release?.();
  await harness?.stop();
});
beforeEach(() => say({}, 2));

/** The feed says so from now on; answers after `polls` polls that began later. */
async function say(words, polls = 3) {
  said = { ...words, polls: 0 };
  await eventually('it was polled', () => said.polls > polls, 20_000);
}
const detail = (query = '') => read(harness, `/v1/events/${id}${query}`);
const offer = async (query) => (await detail(query)).offers[0];

describe('listings', () => {
  test('answer how many seats can be bought together, quantity and splits respected', async () => {
    const best = Object.fromEntries(await Promise.all([1, 2, 3, 4, 6, 7].map(async (seats) => [seats, (await offer(`?seats=${seats}`)).best_for_seats])));
    assert.deepEqual(Object.values(best).map((one) => one?.listing), ['single', 'four', 'six', 'four', 'six', undefined]);
    assert.deepEqual([best[2].section, best[2].row, best[2].quantity, best[2].splits, best[2].price.amount_minor], ['S four', '7', 4, [2, 4], 10_000]);
    const two = await detail('?seats=2');
    assert.deepEqual([two.seats, two.offers[0].listings_known], [2, 4]);
    assert.deepEqual(two.offers[0].cheapest_listings.map(({ listing: name }) => name), ['four', 'pair', 'six']);
  });

  test('page through, cheapest first', async () => {
    const names = [];
    for (let cursor = ''; cursor !== null;) {
      const answer = await read(harness, `/v1/events/${id}/listings?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      names.push(...answer.listings.map(({ listing: name }) => name));
      cursor = answer.next_cursor ?? null;
    }
    assert.deepEqual(names, ['single', 'four', 'pair', 'six']);
    const { listings } = await read(harness, `/v1/events/${id}/listings?seats=4&market=feed`);
    assert.deepEqual(listings.map(({ listing: name }) => name), ['four', 'six']);
    assert.deepEqual((await read(harness, `/v1/events/${id}/listings?market=stubhub`)).listings, []);
  });

  test('refuse what is no number of seats, no market and no cursor', async () => {
    for (const path of ['?seats=0', '?seats=21', '?seats=two', '?seats=-1', '/listings?seats=0', '/listings?market=nowhere', '/listings?cursor=x', '/listings?limit=201']) {
      assert.deepEqual(await problem(await harness.open(`/v1/events/${id}${path}`)), [400, 'invalid_parameter'], path);
    }
    assert.equal((await harness.open('/v1/events/evt_nothing/listings')).status, 404);
  });

  test('that a partial answer leaves out are still there, and the price does not move', async () => {
    const before = await detail();
    let left = 1;
    const partial = { get listings() { left -= 1; return left >= 0 ? LISTINGS.slice(2) : LISTINGS; }, price: usd(8_000) };
    const shown = [];
    said = Object.defineProperty({ polls: 0, price: partial.price }, 'listings', { get: () => partial.listings });
    await eventually('it was polled', async () => {
      const now = await offer();
      shown.push([now.price.amount_minor, now.listings_known]);
      return said.polls > 4;
    }, 20_000);
    assert.deepEqual([...new Set(shown.map(String))], [String([before.offers[0].price.amount_minor, 4])]);
  });

  test('that are gone are gone after two polls', async () => {
    await say({ listings: LISTINGS.slice(1), price: usd(10_000) });
    assert.deepEqual((await offer()).cheapest_listings.map(({ listing: name }) => name), ['four', 'pair', 'six']);
    assert.equal((await offer()).price.amount_minor, 10_000);
  });
});

describe('odd polls', () => {
  /** What readers saw while the feed said `odd` once and the usual after that. */
  async function once(odd) {
    let left = 1;
    said = { polls: 0 };
    Object.defineProperty(said, 'price', { get: () => { left -= 1; return left >= 0 ? odd : usd(8_000); } });
    const shown = [];
    await eventually('it was polled', async () => {
      const { price, unconfirmed } = await offer();
      shown.push({ price, unconfirmed });
      return said.polls > 4;
    }, 20_000);
    return shown;
  }

  test('an outlier of one poll is never shown as the price', async () => {
    for (const odd of [usd(100), usd(900_000)]) {
      const shown = await once(odd);
      assert.deepEqual([...new Set(shown.map(({ price }) => price.amount_minor))], [8_000]);
    }
    const { summary } = await read(harness, `/v1/prices/${id}`);
    assert.equal(summary.lowest.amount_minor, 8_000);
  });

  test('a price that is missing once is still there; missing twice it is gone, with the reason', async () => {
    assert.deepEqual([...new Set((await once(null)).map(({ price }) => price.amount_minor))], [8_000]);
    await say({ price: null, listings: [] }, 5);
    assert.deepEqual((await offer()).price, { kind: 'absent', reason: 'sold_out' });
    const [{ reason }] = await harness.rows('SELECT absent_reason AS reason FROM event_links WHERE event_id = ?', id);
    assert.equal(reason, 'sold_out');
  });

  test('a fall that a second poll bears out is believed', async () => {
    await say({ price: usd(2_000), listings: [listing('cheap', 2_000, 2), ...LISTINGS] }, 4);
    const now = await offer();
    assert.deepEqual([now.price.amount_minor, now.unconfirmed, now.best_for_seats.listing], [2_000, null, 'cheap']);
  });
});

describe('fees', () => {
  test('are learned from tickets stated with and without them', async () => {
    await harness.cron('aggregator');
    const fees = await eventually('a model', async () => {
      const answer = await read(harness, '/v1/sources/feed/fees?now');
      return answer.model && answer;
    });
    assert.deepEqual([fees.market, fees.buyer_fee, fees.pairs, fees.model.count], ['feed', 'learned', TEACHERS, TEACHERS]);
    assert.ok(fees.model.low <= fees.model.ratio && fees.model.ratio <= fees.model.high);
    assert.ok(Math.abs(fees.model.ratio - 12_500) <= 25, `${fees.model.ratio}`);
    assert.match(fees.model.as_of, /^2026-11-2\d$/);
    assert.deepEqual(fees.venues.map(({ name, model }) => [name, model.count]), [['Small Hall', 7]]);
    assert.equal((await harness.open('/v1/sources/nowhere/fees')).status, 404);
  });

  test('make an estimate of a price before them, marked as one; a stated total is exact', async () => {
    const { all_in: estimate, price, best_for_seats: best } = await offer('?seats=2');
    assert.deepEqual([price.basis, estimate.kind, estimate.model_count > 0, typeof estimate.model_as_of], ['before_fees', 'converted', true, 'string']);
    assert.ok(estimate.low_minor <= estimate.amount_minor && estimate.amount_minor <= estimate.high_minor);
    assert.ok(Math.abs(estimate.amount_minor - 10_000) <= 25, `${estimate.amount_minor}`);
    assert.ok(Math.abs(best.all_in.amount_minor - 12_500) <= 30);
    const { events } = await read(harness, '/v1/events?limit=100');
    const teacher = events.find(({ name }) => name.endsWith('number 9'));
    assert.deepEqual([teacher.from_all_in.kind, teacher.from_all_in.amount_minor], ['exact', teacher.from_price.amount_minor]);
  });

  test('stand in lists once the price is written again', async () => {
    await say({ price: usd(7_900), listings: [listing('new', 7_900, 2), ...LISTINGS] });
    const row = (await read(harness, '/v1/events?limit=100')).events.find((one) => one.id === id);
    assert.deepEqual([row.from_price.amount_minor, row.from_all_in.kind], [7_900, 'converted']);
  });
});
