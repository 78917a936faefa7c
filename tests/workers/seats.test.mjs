// What single listings are worth, on the runtime: the market is a feed of our own, whose listings say exactly what the
// test wants. Two events of one hall, so that one teaches the other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

const OTHERS_OFF = Object.fromEntries(['TICKETMASTER_KEY', 'SEATGEEK_CLIENT_ID', 'STUBHUB_CLIENT_ID', 'STUBHUB_CLIENT_SECRET',
  'EVENTBRITE_TOKEN', 'EVENTBRITE_ORGANIZATIONS', 'TICKETEVOLUTION_TOKEN', 'TICKETEVOLUTION_SECRET'].map((name) => [name, '']));

const usd = (amount_minor, basis = 'all_in') => ({ amount_minor, currency: 'USD', basis });
const listing = (id, section, row, amount, quantity = 2, more = {}) => ({ id, section, row, quantity, splits: [], price: usd(amount), ...more });

/** A hall: the lower bowl asks about 100, the upper one about 50, front rows more. */
function hall(level) {
  const rows = [1, 2, 4, 6, 9, 12];
  return ['Lower 101', 'Lower 102', 'Lower 103', 'Upper 201', 'Upper 202', 'Upper 203'].flatMap((section, s) => rows.map((row, r) =>
    listing(`${section}-${row}`, section, `${row}`, Math.round((section.startsWith('Lower') ? 10_000 : 5_000) * level * (1 - 0.02 * r) * (1 + 0.01 * s)), (r % 3) + 1)));
}
const ODD = [
  listing('spec', 'Lower 102', '5', 250_000),
  listing('mistake', 'Lower 102', '5', 1_500),
  listing('parking', 'Parking Lot G', '', 3_000, 1),
  listing('nowhere', '', '', 7_000),
  listing('euros', 'Lower 101', '3', 9_000, 2, { price: { amount_minor: 9_000, currency: 'EUR', basis: 'all_in' } }),
  listing('odd', 'Ложа 🎭 "7"', '𝟝', 6_000),
  listing('bare', '101', '4', 9_500),
];
/** What the feed says of each event now. */
const said = { 0: [...hall(1), ...ODD], 1: hall(2), 2: [] };

let harness;
let release;
/** Our ids, by number. */
const ids = {};

function event(n) {
  const listings = said[n];
  return {
    event_id: `e${n}`, name: `Rip City Choir number ${n}`, performers: [`Rip City Choir number ${n}`],
    venue: { name: 'Small Hall', city: 'Portland', region: 'OR', country: 'US' },
    start_local: `2026-12-${10 + n}T19:00:00`, time_tbd: false, status: 'onsale', url: `https://feed.example/e${n}`,
    price: usd(5_000), listings,
  };
}
let polls = 0;

before(async () => {
  harness = await startHarness({ clock: clockOf(4), sandbox: false, vars: { ...OTHERS_OFF, FEED_URL: 'https://feed.example/offers.json', POLL_SECONDS: '1', POLL_GAP_MS: '250' } });
  release = harness.outbound.answer((url) => url.startsWith('https://feed.example/'), () => {
    polls += 1;
    return Response.json({ feed: 'test', synthetic: true, next: null, offers: Object.keys(said).map((n) => event(Number(n))) }, { headers: { 'x-sandbox-mode': 'sandbox' } });
  });
  await harness.cron('aggregator');
  await eventually('the feed was walked through', async () => {
    const { events } = await read(harness, '/v1/events?limit=100');
    for (const { id, name } of events) ids[name.at(-1)] = id;
    return events.length === 3;
  }, 30_000);
});
after(async () => {
  release?.();
  await harness?.stop();
});

const seats = (query = '', n = 0) => read(harness, `/v1/prices/${ids[n]}/seats${query}`);
const byName = ({ listings }) => Object.fromEntries(listings.map((one) => [one.listing, one]));
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

describe('seat scores', () => {
  test('say for each listing what it is worth, with reasons that add up in money and in points', async () => {
    const answer = await seats('?limit=200');
    assert.deepEqual(answer.unit, { currency: 'USD', basis: 'all_in' });
    assert.deepEqual([answer.matching, answer.listings.length], [said[0].length, said[0].length]);
    const scored = answer.listings.filter(({ score }) => score);
    assert.equal(scored.length, said[0].length - 2);
    for (const { score, price, quantity, listing: name } of scored) {
      assert.equal(score.price.amount_minor, price.amount_minor);
      assert.equal(sum(score.reasons.map(({ amount }) => amount.amount_minor)), score.fair_price.amount_minor - price.amount_minor, name);
      assert.equal(sum(score.reasons.map(({ points }) => points)), score.value - 50, name);
      assert.ok(score.fair_low.amount_minor <= score.fair_price.amount_minor && score.fair_price.amount_minor <= score.fair_high.amount_minor);
      assert.ok(score.reasons.every(({ text }) => text.length > 5), JSON.stringify(score.reasons));
      assert.ok(score.unknown.includes('one_market') && quantity >= 1);
    }
    const lower = byName(answer)['Lower 101-4'];
    assert.deepEqual([lower.zone, lower.score.reasons[0].code], ['lower 100s', 'event']);
    assert.ok(lower.score.reasons.find(({ code }) => code === 'zone').amount.amount_minor > 1_000, JSON.stringify(lower.score));
    assert.ok(Math.abs(lower.score.fair_price.amount_minor / 9_600 - 1) < 0.1, `${lower.score.fair_price.amount_minor}`);
    assert.equal(byName(answer).bare.zone, 'lower 100s');
    assert.equal(byName(answer).odd.zone, 'ложа');
  });

  test('name what is speculative, too cheap, no seat, and not comparable; what is too cheap does not lead', async () => {
    const answer = await seats('?limit=200');
    const named = byName(answer);
    assert.deepEqual([named.spec.score.doubt.code, named.mistake.score.doubt.code], ['speculative', 'too_cheap']);
    assert.match(named.spec.score.doubt.text, /^asks \d+\.\d times what such seats are worth$/);
    assert.deepEqual([named.parking.not_scored, named.euros.not_scored], ['not_a_seat', 'not_comparable']);
    assert.deepEqual(named.nowhere.score.unknown.filter((one) => one.startsWith('no_')).sort().slice(0, 2), ['no_row', 'no_section']);
    assert.equal(named['Lower 101-1'].score.doubt, null);
    const scored = answer.listings.filter(({ score }) => score);
    assert.equal(scored.at(-1).listing, 'mistake');
    const ranked = scored.filter(({ score }) => score.doubt?.code !== 'too_cheap').map(({ score }) => score.value);
    assert.deepEqual(ranked, [...ranked].sort((a, b) => b - a));
    assert.ok(answer.listings.slice(-2).every(({ score }) => score === null));
  });

  test('are narrowed by quantity, price, section and market, and sorted by price', async () => {
    const three = await seats('?quantity=3&limit=200');
    assert.ok(three.listings.length > 0 && three.listings.every(({ quantity }) => quantity >= 3));
    assert.ok(three.listings.filter(({ score }) => score).every(({ score }) => score.reasons.every(({ code, text }) => code !== 'quantity' || text.startsWith('3 together'))));
    const cheap = await seats('?max=6000&sort=price&limit=200');
    const amounts = cheap.listings.map(({ price }) => price.amount_minor);
    assert.deepEqual([amounts.every((amount) => amount <= 6_000), amounts], [true, [...amounts].sort((a, b) => a - b)]);
    const section = await seats(`?section=${encodeURIComponent('Section 101')}`);
    assert.ok(section.listings.every(({ section: name }) => /101/.test(name)) && section.listings.length === 8, `${section.listings.length}`);
    assert.equal((await seats('?limit=3')).listings.length, 3);
    assert.deepEqual((await seats('?market=stubhub')).listings, []);
    // What is ordinary does not hang on what is shown.
    const [whole, part] = [byName(await seats('?limit=200')), byName(section)];
    assert.deepEqual(part['Lower 101-1'].score, whole['Lower 101-1'].score);
  });

  test('learn from other events of the hall, and remember what was listed', async () => {
    await seats('', 1);
    await eventually('the other event is remembered', async () =>
      (await harness.rows("SELECT event_id FROM seat_memories WHERE event_id = ? AND json_array_length(memory, '$.places') > 0", ids[1])).length === 1);
    const rows = await harness.rows('SELECT event_id, venue_id, learned_at_ms, length(memory) AS bytes FROM seat_memories');
    assert.equal(new Set(rows.map(({ venue_id: venue }) => venue)).size, 1);
    assert.ok(rows.every(({ bytes }) => bytes < 60_000));
    const { learned_from: evidence, listings } = await seats('?limit=200');
    // The third event sells nothing yet: there is nothing to learn from it.
    assert.ok(evidence.events === 1 && evidence.places >= 30, JSON.stringify(evidence));
    assert.ok(listings.filter(({ score }) => score).every(({ score }) => !score.unknown.includes('no_venue_experience')));
    // A new event of two listings: the hall's upper bowl is worth half of its lower one here too.
    said[2] = [listing('one', 'Lower 101', '4', 30_000), listing('two', 'Upper 203', '4', 30_000)];
    const fresh = await eventually('the new event has seats', async () => {
      const answer = await seats('', 2);
      return answer.listings.length === 2 && answer;
    }, 20_000);
    const { one, two } = byName(fresh);
    assert.ok(one.score.value > 60 && two.score.value < 40, `${one.score.value} ${two.score.value}`);
    assert.ok(one.score.unknown.includes('few_listings'));
  });

  test('are learned from what the queue brings, though nobody asks', async () => {
    said[3] = hall(3);
    await eventually('an event nobody has asked for is remembered', async () => {
      const { events } = await read(harness, '/v1/events?limit=100');
      const id = events.find(({ name }) => name.endsWith('3'))?.id ?? null;
      return (await harness.rows("SELECT event_id FROM seat_memories WHERE event_id = ? AND json_array_length(memory, '$.places') > 0", id)).length === 1;
    }, 20_000);
    assert.ok(harness.logs().every((line) => line.event !== 'seats_not_learned'));
  });

  test('refuse odd questions, and know no event that does not exist', async () => {
    for (const query of ['quantity=0', 'quantity=21', 'quantity=two', 'max=0', 'max=-5', 'max=cheap', 'sort=best', 'limit=0', 'limit=201', 'market=nowhere']) {
      assert.deepEqual(await problem(await harness.open(`/v1/prices/${ids[0]}/seats?${query}`)), [400, 'invalid_parameter'], query);
    }
    for (const id of ['evt_nothing', `evt_${'0'.repeat(32)}`, '%27']) {
      assert.deepEqual(await problem(await harness.open(`/v1/prices/${id}/seats`)), [404, 'not_found'], id);
    }
    assert.equal((await harness.call('aggregator', `/internal/listings/${ids[0]}`)).status, 404);
    assert.equal((await harness.open(`/v1/prices/${ids[0]}/seats`, { method: 'POST' })).status, 405);
  });

  test('answer thousands of listings in bounded time, whatever they say', async () => {
    said[1] = Array.from({ length: 4_000 }, (_, i) => listing(`m${i}`, i % 50 === 0 ? `🎟️ ${'x'.repeat(300)} ${i}` : `Level ${i % 7} Section ${100 + (i % 300)}`, `${i % 60}`,
      i % 97 === 0 ? 9_000_000_000_000 : 1 + ((i * 7_919) % 90_000), 1 + (i % 9)));
    const answer = await eventually('the many are told', async () => {
      const started = performance.now();
      const answer = await seats('?limit=200', 1);
      return answer.matching > 3_000 && { ...answer, ms: performance.now() - started };
    }, 60_000);
    assert.equal(answer.listings.length, 200);
    assert.ok(answer.ms < 5_000, `${answer.ms}`);
    for (const { score } of answer.listings.filter((one) => one.score)) {
      assert.ok(Number.isInteger(score.value) && score.value >= 0 && score.value <= 100);
      assert.ok(Number.isSafeInteger(score.fair_price.amount_minor) && score.fair_price.amount_minor > 0);
    }
    console.log(`4,000 listings: ${answer.ms.toFixed(0)} ms from the client`);
  });
});
