// One price all the way: from a market's answer to a message in an inbox, under one request id.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '../lib/harness.mjs';
import { keyOf, links, listings, openMarket, pin, read, sources, standStill } from '../lib/market.mjs';
import { answered, bearer, jsonInit, newPerson } from '../lib/people.mjs';

let harness;
let known;
before(async () => {
  // Slow enough that a test sees each poll, and can set a price back before the next.
  harness = await openMarket({ vars: { POLL_GAP_MS: '1500' } });
  await standStill(harness);
  const ids = await links(harness);
  known = (await listings(harness)).map((listing) => ({ ...listing, id: ids.get(keyOf(listing)) }));
});
after(() => harness?.stop());

/** Listings of a market with a price, alone in that market for their event. */
const choose = (market, skip = 0) => known.filter((one) => one.market === market && one.price?.amount_minor > 2_000
  && known.filter((other) => other.id === one.id && other.market === market).length === 1)[skip];
const offer = async (listing) => (await read(harness, `/v1/events/${listing.id}`)).offers.find((one) => keyOf(one) === keyOf(listing));
const course = async (listing) => (await read(harness, `/v1/prices/${listing.id}`)).series
  .find(({ market }) => market === listing.market).points.map(({ price }) => price.amount_minor ?? null);
const told = (listing) => harness.logs().filter((line) => line.event === 'change_weighed' && line.event_id === listing.id);

test('a fall that two polls saw is one message, and its request id leads from the poll to the inbox', async () => {
  const listing = choose('seatgeek');
  const { email, session } = await newPerson(harness);
  const high = listing.price.amount_minor;
  const low = Math.round(high * 0.7);
  await answered(harness.open('/v1/alerts', jsonInit('POST', {
    event_id: listing.id, rule: { kind: 'below', amount_minor: low + 1, currency: 'USD' }, channels: ['email'],
  }, bearer(session))), 201);
  const before = await course(listing);
  await pin(harness, listing, low);
  const mail = await eventually('the mail', async () =>
    (await harness.sandbox.inbox(email)).find(({ text }) => text.includes(`/events/${listing.id}`)), 15_000);
  assert.match(`${mail.subject} ${mail.text}`, new RegExp(`\\$${(low / 100).toFixed(low % 100 === 0 ? 0 : 2)}`));
  await eventually('the history', async () => (await course(listing)).length === before.length + 2);
  assert.deepEqual((await course(listing)).slice(-2), [low, low]);
  const [line, ...more] = told(listing);
  assert.deepEqual(more, []);
  const steps = ['aggregator.planner asked', 'pricing.consumer appended'];
  const seen = new Set(harness.logs().filter((one) => one.request_id === line.request_id).map((one) => `${one.worker} ${one.event}`));
  assert.deepEqual(steps.filter((step) => !seen.has(step)), [], [...seen].join());
});

test('an outlier of one poll is kept in the history, shown as doubtful and told to nobody', async () => {
  const listing = choose('seatgeek', 1);
  const usual = listing.price.amount_minor;
  const before = await course(listing);
  await pin(harness, listing, 100);
  const doubted = await eventually('a poll saw it', async () => {
    const now = await offer(listing);
    return now.unconfirmed && now;
  });
  assert.deepEqual([doubted.unconfirmed.price.amount_minor, doubted.price.amount_minor], [100, usual]);
  await pin(harness, listing, usual);
  await eventually('the doubt is gone', async () => !(await offer(listing)).unconfirmed);
  const after = await eventually('the history has all of it', async () => {
    const points = await course(listing);
    return points.length >= before.length + 3 && points;
  });
  assert.deepEqual(after.slice(before.length), [100, usual, usual]);
  assert.deepEqual(told(listing), []);
});

test('two falls are two messages, a fall and its undoing too: each is numbered and none is told twice', async () => {
  const listing = choose('stubhub');
  const usual = listing.price.amount_minor;
  for (const [i, amount] of [usual - 800, usual - 1_600, usual].entries()) {
    await pin(harness, listing, amount);
    await eventually(`${i + 1} messages`, () => told(listing).length === i + 1, 15_000);
  }
  const ids = told(listing).map((line) => line.change_id);
  assert.equal(new Set(ids).size, ids.length);
});

test('a planner that is ended in the middle of its walk goes on where it was, and nothing is lost or doubled', async () => {
  const listing = choose('ticketmaster');
  const before = await course(listing);
  const low = listing.price.amount_minor - 900;
  await pin(harness, listing, low);
  const ended = new Set();
  const end = (worker, className, name) => harness.evict(worker, className, name).then(() => ended.add(className), () => {});
  for (let i = 0; i < 6; i += 1) {
    await end('aggregator', 'SourcePlanner', 'ticketmaster');
    await end('aggregator', 'EventInventory', listing.id);
    await end('pricing', 'PriceHistory', listing.id);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  assert.ok(ended.has('SourcePlanner') && ended.has('PriceHistory'), [...ended].join());
  await harness.cron('aggregator');
  await eventually('the fall is confirmed', () => told(listing).length === 1, 20_000);
  await eventually('the source is well', async () => (await sources(harness)).ticketmaster.state === 'ok');
  assert.deepEqual((await course(listing)).slice(before.length), [low, low]);
});
