// Two markets that follow one script of prices, one of them on the worst day there is. Afterwards people see the same,
// the histories hold the same, and each budget is what the providers counted.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { eventually, startHarness } from '../lib/harness.mjs';
import { MARKETS, atRest, clockOf, eventIds, keyOf, listings, pin, read, sources } from '../lib/market.mjs';

const SLOW_MS = 1_200;
/** Milliseconds after an answer has left the market: somewhere between fetch and write. */
const KILLS_MS = [0, 6, 12];
/** Market time leaps forward by so much, less than after which a quote is confirmed anew. */
const LEAP_MS = 5 * 60_000;

/** That leap comes so long after the start. */
const LEAP_AFTER_MS = 20_000;

let rough;
after(() => rough?.stop());

/** A harness whose every price is pinned before anybody looks. */
async function open(options = {}) {
  const harness = await startHarness({ clock: clockOf(), sandboxArgs: ['--calm'], vars: { POLL_SECONDS: '1', POLL_GAP_MS: '300' }, ...options });
  await Promise.all((await priced(harness)).map((listing) => pin(harness, listing, priceOf(listing, 0))));
  return harness;
}

const priced = async (harness) => (await listings(harness)).filter(({ price }) => price);
const digits = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_973, 7);
/** The script: what a listing costs at each step. A third of them moves at each. */
function priceOf({ source_event_id: id }, step) {
  const base = 4_000 + 100 * (digits(id) % 60);
  const moved = Array.from({ length: step }, (_, i) => i + 1).filter((one) => digits(id) % 3 === one % 3);
  return base - 300 * moved.length;
}

const STEPS = 4;

/** Plays the script; `disturb(step, harness)` makes trouble while prices move. */
async function play(harness, disturb = async () => {}) {
  await harness.cron('aggregator');
  for (let step = 0; step <= STEPS; step += 1) {
    if (step > 0) await Promise.all((await priced(harness)).filter((one) => priceOf(one, step) !== priceOf(one, step - 1)).map((one) => pin(harness, one, priceOf(one, step))));
    await disturb(step, harness);
    await atRest(harness, 90_000);
    // A market that answers well has not yet told all: then it is waited for, and once more for its second sight.
    if (!(await knows(harness))) {
      await eventually(`each price of step ${step} is known`, () => knows(harness), 90_000);
      await atRest(harness, 90_000);
    }
  }
}

/** Whether every linked listing stands at what it costs now, as its market states it or all-in. */
async function knows(harness) {
  const known = new Map((await harness.rows('SELECT market, source_event_id, amount_minor FROM event_links')).map((row) => [keyOf(row), row.amount_minor]));
  return (await priced(harness)).every((one) => !known.has(keyOf(one)) || [one.price.amount_minor, one.price.all_in_minor].includes(known.get(keyOf(one))));
}

const fault = (harness, provider, kind, more = {}) => harness.sandbox.control('faults', { provider, kind, times: 1, ...more });

/** What happens while the prices of a step come in. */
async function disturb(step, harness) {
  if (step === 1) {
    await Promise.all([
      fault(harness, 'ticketmaster', '500', { times: 2 }), fault(harness, 'stubhub', 'slow', { delay_ms: SLOW_MS }),
      fault(harness, 'seatgeek', '429-no-headers'), fault(harness, 'eventbrite', '429'), fault(harness, 'ticketevolution', 'reset'),
    ]);
  }
  if (step === 2) {
    await Promise.all([
      fault(harness, 'ticketmaster', 'truncated'), fault(harness, 'seatgeek', 'html'), fault(harness, 'stubhub', 'empty'),
      fault(harness, 'eventbrite', 'empty-200'), fault(harness, 'ticketevolution', 'empty-200'), fault(harness, 'stubhub', '429'),
    ]);
  }
  if (step === 3) {
    for (const market of MARKETS) await fault(harness, market, 'slow', { delay_ms: SLOW_MS });
    for (const market of MARKETS) await harness.evict('aggregator', 'SourcePlanner', market).catch(() => {});
  }
  if (step === 4) {
    for (const ms of KILLS_MS) {
      await killed(harness, ms);
      await harness.cron('aggregator');
    }
  }
}

/** Ends workerd `ms` after a market's answer has gone out to it, and starts it again on the same state. */
async function killed(harness, ms) {
  await new Promise((resolve, reject) => {
    const stop = harness.outbound.answer((url) => url.startsWith(harness.sandbox.origin) && /\/events(\.json)?\/?\?/.test(url), async (request) => {
      const answer = await harness.outbound.pass(request);
      stop();
      setTimeout(() => harness.crash().then(resolve, reject), ms);
      return answer;
    });
  });
}

/** Everything people can see, without moments and without our own ids: by the listings that are one event. */
async function picture(harness) {
  const links = await harness.rows('SELECT market, source_event_id, event_id FROM event_links ORDER BY market, source_event_id');
  const entries = await Promise.all((await eventIds(harness)).map(async (id) => {
    const names = links.filter(({ event_id: own }) => own === id).map(({ market, source_event_id: source }) => `${market}:${source}`);
    const [event, prices] = await Promise.all([read(harness, `/v1/events/${id}`), read(harness, `/v1/prices/${id}`)]);
    // Name, genre and place are those of the market that listed the event first: not a matter of faults.
    const { offers, markets, from_price, from_all_in } = event;
    const { observations: _sights, ...summary } = prices.summary;
    return [names.join(' '), timeless({ event: { offers, markets, from_price, from_all_in }, series: prices.series.map(steps), summary })];
  }));
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A series as its price went. Fewer listings are left as the day nears, and each new count is a sight of the same price:
 * how many sights there are is a matter of the market's clock, which leaps on the day of faults.
 */
const steps = ({ points, ...series }) => ({ ...series, prices: points.map(({ price }) => price).filter((price, i, all) => !isDeepStrictEqual(price, all[i - 1])) });

/** Moments and ids that differ from run to run by their nature. */
// How sure a match is depends on who was first, too; and whose single listings are known, on whose turn it was.
const VOLATILE = /^(at|match_confidence_permille|best_for_seats|cheapest_listings|listings_known|id|event_id|as_of|stale|fresh|seq|sequence|age_seconds|version|from|to|since|until|scores?|outlook|url|median_\w+|mean_\w+)$|_(at|ms|seconds)$/;
function timeless(value) {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return value;
  // Fewer listings are left as the day nears, in the script's time too.
  const counts = ([name, member]) => /^(listings|tickets)/.test(name) && typeof member === 'number';
  return Object.fromEntries(Object.entries(value).filter((entry) => !VOLATILE.test(entry[0]) && !counts(entry)).map(([name, member]) => [name, timeless(member)]));
}

/**
 * Calls that each planner counts and that each provider received, at a moment at which the planner has told all: its health
 * row is written when it rests. Up to `lost` calls were counted and never left. As long as they differ: the last look.
 */
async function comparedCalls(harness, lost) {
  const compared = {};
  const agrees = ({ planned, received }) => planned >= received && planned <= received + lost;
  await eventually('planners and providers agree', async () => {
    const [rows, { counters }] = await Promise.all([sources(harness), harness.sandbox.control('requests')]);
    for (const market of MARKETS) {
      if (compared[market] !== 'agreed') {
        const calls = { planned: rows[market].calls_made, received: counters[market].total };
        compared[market] = agrees(calls) ? 'agreed' : calls;
      }
    }
    return Object.values(compared).every((one) => one === 'agreed');
  }, 20_000).catch(() => {});
  return compared;
}

/** Batches of one made-up listing, in the order in which they were seen. */
function batchesOf() {
  const made = (letter) => `${letter}_${'0'.repeat(24)}${process.pid.toString(16).padStart(8, '0')}`;
  const event = {
    id: made('evt'), name: 'A night', venue: 'Hall', city: 'Portland', starts_at: new Date(Date.UTC(2026, 11, 20)).toISOString(),
    local_start: null, date_tbd: false, time_tbd: false,
  };
  return Array.from({ length: 24 }, (_, i) => ({
    request_id: `req_${(i + 1).toString(16).padStart(32, '0')}`, seen_at_ms: 1, market: 'seatgeek',
    items: [{
      event, source_event_id: 'twice', seq: i + 1, observed_at: Date.UTC(2026, 10, 1 + Math.floor(i / 2), 12 + (i % 2)), listings: 3, tickets: 9,
      url: null, price: { kind: 'quoted', amount_minor: 9_000 - 250 * Math.floor(i / 2), currency: 'USD', basis: 'all_in' }, confirms: i % 2 === 1,
    }],
  }));
}

/** The history that batches make, put on the queue in this order. */
async function historyOf(harness, batches) {
  for (const batch of batches) await harness.bound.OBSERVATIONS.sendBatch([{ body: JSON.stringify(batch), contentType: 'text' }]);
  const distinct = new Set(batches.map(({ request_id: id }) => id)).size;
  const history = async () => {
    const answer = await harness.open(`/v1/prices/${batches[0].items[0].event.id}`);
    return answer.ok ? answer.json() : undefined;
  };
  await eventually('the history has it all', async () => (await history())?.summary?.observations === distinct, 20_000);
  // Time for a copy to do what it must not do.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const { series, summary } = await history();
  return timeless({ series, summary });
}

describe('a day of faults ends as a quiet day does', () => {
  /** Of either day: what people saw, what was called, what the histories and dead letters hold. */
  let quiet;
  let seen;
  const report = async (harness, batches, lost) => ({
    picture: await picture(harness), calls: await comparedCalls(harness, lost), rows: await sources(harness), history: await historyOf(harness, batches),
    dead: await harness.rows('SELECT reason FROM dead_letters_pricing'),
  });
  before(async () => {
    const batches = batchesOf();
    const calm = await open();
    try {
      await play(calm);
      quiet = await report(calm, batches, 0);
    } finally {
      await calm.stop();
    }
    const [startMs, marketMs] = clockOf().split(':').map(Number);
    rough = await open({ clock: `${startMs}:${marketMs}:1,${startMs + LEAP_AFTER_MS}:${marketMs + LEAP_AFTER_MS + LEAP_MS}:1` });
    await play(rough, disturb);
    const shuffled = batches.flatMap((one, i) => [[(i * 7) % 24, one], [(i * 11 + 5) % 24, one]]).sort(([a], [b]) => a - b).map(([, one]) => one);
    // A call is counted before it is made: those in flight, at most six, may never have left a Worker that died.
    seen = await report(rough, shuffled, 6 * KILLS_MS.length);
  });

  test('every listing stands as it would have stood', () => {
    const offersOf = ({ picture: all }) => Object.fromEntries([...all.values()].flatMap(({ event }) => event.offers)
      .map((offer) => [`${offer.market}:${offer.source_event_id}`, offer]).sort(([a], [b]) => (a < b ? -1 : 1)));
    assert.ok(Object.keys(offersOf(quiet)).length > 100);
    assert.deepEqual(offersOf(seen), offersOf(quiet));
  });

  test('people see the same of an event, and its history holds the same prices', () => {
    // Which listings are one event depends on who came first where five markets begin at once; those that are the same compare.
    const both = [...quiet.picture.keys()].filter((names) => seen.picture.has(names));
    assert.ok(both.length > 20, `${both.length} events`);
    for (const names of both) assert.deepEqual(seen.picture.get(names), quiet.picture.get(names), names);
  });

  test('every source is well again', () => {
    for (const market of MARKETS) assert.deepEqual([seen.rows[market].state, seen.rows[market].consecutive_failures], ['ok', 0], market);
  });

  test('budgets hold every call that was made: as many as the providers counted', () => {
    const agreed = Object.fromEntries(MARKETS.map((market) => [market, 'agreed']));
    assert.deepEqual(quiet.calls, agreed);
    assert.deepEqual(seen.calls, agreed);
  });

  test('messages that come twice and in any order make the history that they make once and in order', () => {
    assert.deepEqual(seen.history, quiet.history);
  });

  test('nothing ended among the dead letters', () => assert.deepEqual([quiet.dead, seen.dead], [[], []]));
});
