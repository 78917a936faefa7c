// The planners on the runtime: the plan, live reads, hints, health, the operator's messages, kept answers and backfill.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { backfill, options } from '../../scripts/backfill.mjs';
import { eventually } from '../lib/harness.mjs';
import { MARKETS, keyOf, links, listings, openMarket, pin, problem, read, recorded, sources } from '../lib/market.mjs';
import { answered, bearer, jsonInit, newPerson } from '../lib/people.mjs';

let harness;
let known;
const OPERATOR = 'operator@ripcity.example';
before(async () => {
  // Walks an hour apart: what happens after the first one is not their doing.
  harness = await openMarket({ vars: { POLL_SECONDS: '3600', POLL_GAP_MS: '1000', OPERATOR_EMAIL: OPERATOR } });
  const ids = await links(harness);
  known = (await listings(harness)).map((listing) => ({ ...listing, id: ids.get(keyOf(listing)) }));
});
after(() => harness?.stop());

const operator = () => ({ authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` });
const plan = (market) => read(harness, `/v1/sources/${market}/plan`);
const offer = async (listing) => (await read(harness, `/v1/events/${listing.id}`)).offers.find((one) => keyOf(one) === keyOf(listing));
const calls = async (market) => (await harness.sandbox.control('requests')).counters[market].total;
/** Priced listings of a market, each alone in it for its event. */
const priced = (market) => known.filter((one) => one.market === market && one.price && one.listing_kind === 'main'
  && known.filter((other) => other.id === one.id && other.market === market).length === 1);

describe('the plan of a source', () => {
  test('says what is asked within the hour and why, never beyond the budget, and holds no key', async () => {
    for (const market of MARKETS) {
      const text = await (await harness.open(`/v1/sources/${market}/plan`)).text();
      const { calls_allowed: allowed, calls_planned: planned, shares, tasks, budget, breaker } = JSON.parse(text);
      assert.ok(planned <= allowed, `${market}: ${planned} of ${allowed}`);
      assert.equal(shares.reduce((sum, { calls: some }) => sum + some, 0), planned);
      assert.deepEqual(shares.map(({ purpose }) => purpose), ['walk', 'updates', 'events', 'live']);
      assert.equal(tasks[0].purpose, 'walk');
      assert.ok(budget.length > 0 && budget.every(({ made, left, calls: all }) => made + left <= all), market);
      assert.equal(breaker, 'closed');
      for (const [name, value] of Object.entries(harness.vars)) {
        if (/KEY|TOKEN|SECRET|CLIENT_ID/.test(name) && value.length > 8) assert.ok(!text.includes(value), name);
      }
    }
    assert.deepEqual(await problem(await harness.open('/v1/sources/craigslist/plan')), [404, 'not_found']);
  });

  test('brings events that start soon more often than hourly: each by itself, or all by a walk where that is cheaper', async () => {
    const check = async (market) => {
      const { tasks: [walk, ...others] } = await plan(market);
      const events = others.filter(({ purpose }) => purpose === 'events');
      const isCheaper = walk.reasons.includes('cheaper_than_events');
      if (isCheaper) assert.ok(walk.every_seconds < 3_600 && events.length === 0, market);
      for (const { event_id: id, name, reasons, every_seconds: every } of events) {
        assert.ok(id && name && reasons.length > 0 && every >= 30 && every < 3_600, JSON.stringify({ id, reasons, every }));
      }
      return isCheaper || events.length > 0;
    };
    // The first plan is made before anything is known; the next one a minute later.
    await eventually('two markets have events that start soon', async () =>
      (await Promise.all(MARKETS.map(check))).filter(Boolean).length >= 2, 75_000);
  });

  test('follows attention: an event that is opened and watched is brought every half minute', async () => {
    const listing = priced('seatgeek').at(-1);
    const { session } = await newPerson(harness);
    await answered(harness.open(`/v1/watchlists/${listing.id}`, { method: 'PUT', headers: bearer(session) }), 204);
    await read(harness, `/v1/events/${listing.id}`);
    await harness.cron('aggregator');
    await eventually('the attention is noted', async () => {
      const [row] = await harness.rows('SELECT watched, viewed_at_ms FROM event_attention WHERE event_id = ?', listing.id);
      return row?.watched === 1 && row.viewed_at_ms > 0;
    });
    await eventually('the plan of a minute later knows', async () => {
      const { tasks } = await plan('seatgeek');
      const task = tasks.find(({ event_id: id, reasons }) => id === listing.id || reasons.includes('cheaper_than_events'));
      return task && task.every_seconds <= 30 && (!task.event_id || (task.reasons.includes('watched') && task.reasons.includes('viewed')));
    }, 75_000);
  });
});

describe('a live read', () => {
  test('asks the markets now and answers what they say, within a second', async () => {
    const listing = priced('stubhub')[0];
    const amount = listing.price.amount_minor + 1_100;
    await pin(harness, listing, amount);
    const start = performance.now();
    const { fresh, offers } = await read(harness, `/v1/events/${listing.id}?fresh=true`);
    assert.ok(performance.now() - start < 1_500);
    const told = fresh.markets.find((one) => keyOf(one) === keyOf(listing));
    assert.equal(told.outcome, 'answered', JSON.stringify(fresh));
    assert.ok(fresh.ms <= 1_000, `${fresh.ms}`);
    const row = offers.find((one) => keyOf(one) === keyOf(listing));
    assert.deepEqual([row.pending, row.stale], [false, false]);
    assert.ok(row.price.amount_minor === amount || row.unconfirmed?.price.amount_minor === amount, JSON.stringify(row));
  });

  test('of many at once is one call', async () => {
    const listing = priced('seatgeek')[1];
    const before = await calls('seatgeek');
    const answers = await Promise.all(Array.from({ length: 12 }, () => read(harness, `/v1/events/${listing.id}?fresh=true`)));
    const outcomes = answers.map(({ fresh }) => fresh.markets.find((one) => keyOf(one) === keyOf(listing)).outcome);
    assert.equal(outcomes.filter((outcome) => outcome === 'answered').length <= 1, true, outcomes.join());
    assert.ok(outcomes.every((outcome) => ['answered', 'shared', 'pending'].includes(outcome)), outcomes.join());
    assert.ok((await calls('seatgeek')) - before <= 2, 'more than the read and one poll of the plan');
  });

  test('of a slow market is pending and stale, and finishes behind', async () => {
    const listing = priced('ticketmaster').find(({ id }) => ![priced('stubhub')[0].id, priced('seatgeek')[1].id].includes(id));
    await harness.sandbox.control('faults', { provider: listing.market, kind: 'slow', times: 1, delay_ms: 2_500 });
    const { fresh, offers } = await read(harness, `/v1/events/${listing.id}?fresh=true`);
    const told = fresh.markets.find((one) => keyOf(one) === keyOf(listing));
    assert.equal(told.outcome, 'pending', JSON.stringify(fresh));
    const row = offers.find((one) => keyOf(one) === keyOf(listing));
    assert.deepEqual([row.pending, row.stale], [true, true]);
    await eventually('it was taken in behind', async () => (await offer(listing)).checked_at > row.checked_at, 6_000);
  });

  test('without being asked for asks nobody', async () => {
    const { fresh } = await read(harness, `/v1/events/${priced('stubhub')[2].id}`);
    assert.equal(fresh, undefined);
  });
});

describe('a hint', () => {
  const hint = (body, init = {}) => harness.internal('aggregator', '/internal/hints', { ...jsonInit('POST', body), ...init });

  test('has the event read back at once: the hint itself changes nothing', async () => {
    const listing = priced('stubhub')[3];
    const amount = listing.price.amount_minor + 700;
    await pin(harness, listing, amount);
    assert.equal((await hint({ market: 'stubhub', source_event_ids: [listing.source_event_id, 'nobody-knows'] })).status, 204);
    await eventually('it was read', async () => {
      const { price, unconfirmed } = await offer(listing);
      return price.amount_minor === amount || unconfirmed?.price.amount_minor === amount;
    }, 8_000);
  });

  test('is for our own Workers', async () => {
    assert.deepEqual(await problem(await harness.call('aggregator', '/internal/hints', jsonInit('POST', { market: 'stubhub', source_event_ids: [] }))), [404, 'not_found']);
  });
});

describe('health', () => {
  test('says staleness, budget, share of bad answers, breaker, counts, abilities and terms', async () => {
    const rows = await sources(harness);
    for (const market of MARKETS) {
      const row = rows[market];
      assert.ok(row.staleness_seconds >= 0 && row.budget.length > 0 && row.answers > 0, market);
      assert.ok(row.failed_permille >= 0 && row.odd_permille >= 0 && row.unmatched >= 0 && row.doubtful >= 0);
      assert.equal(row.breaker, 'closed');
      assert.ok(row.capabilities.by_id && row.capabilities.limits && row.terms, market);
    }
    assert.equal(rows.stubhub.capabilities.updates, true);
  });

  test('tracking that is broken is told once, and once more when it works again, by row and by mail', async () => {
    const messages = async () => (await read2('/v1/sources/messages')).messages.filter(({ market }) => market === 'eventbrite');
    await harness.sandbox.control('faults', { provider: 'eventbrite', kind: '500', times: 4 });
    const listing = priced('eventbrite')[0];
    // Hints make calls although walks are an hour apart.
    const nudge = () => harness.internal('aggregator', '/internal/hints', jsonInit('POST', { market: 'eventbrite', source_event_ids: [listing.source_event_id] }));
    await eventually('it is broken', async () => {
      await nudge();
      return (await messages()).length === 1;
    }, 30_000);
    const [broken] = await messages();
    assert.deepEqual([broken.topic, broken.handed_over_at], ['tracking_broken', null]);
    assert.equal((await sources(harness)).eventbrite.breaker !== 'closed', true);
    await eventually('it works again', async () => {
      await nudge();
      return (await messages()).length === 2;
    }, 60_000);
    await harness.cron('aggregator');
    const [again] = await eventually('both are handed over', async () => {
      const all = await messages();
      return all.every(({ handed_over_at: at }) => at) && all;
    });
    assert.equal(again.topic, 'works_again');
    const mails = await eventually('both mails', async () => {
      const inbox = (await harness.sandbox.inbox(OPERATOR)).filter(({ subject }) => /Eventbrite/.test(subject));
      return inbox.length >= 2 && inbox;
    });
    await harness.cron('aggregator');
    assert.deepEqual(mails.map(({ subject }) => /works again/.test(subject)).sort(), [false, true]);
    assert.deepEqual(await problem(await harness.open('/v1/sources/messages')), [401, 'unauthenticated']);
  });
  const read2 = async (where) => answered(harness.open(where, { headers: operator() }), 200);
});

describe('kept answers', () => {
  const day = '2026-11-21';

  test('hold the body as it came, what was asked and when, and no secret', async () => {
    const keys = await eventually('answers of every market', async () => {
      const objects = await harness.bound.RAW.list({ prefix: 'raw/' });
      return MARKETS.every((market) => objects.some(({ key }) => key.startsWith(`raw/${market}/${day}/`))) && objects;
    });
    assert.match(keys[0].key, /^raw\/[a-z]+\/2026-11-21\/\d{9}-req_[0-9a-f]{32}-\d+\.json\.gz$/);
    for (const { key } of keys.slice(0, 20)) {
      const text = gunzipSync(Buffer.from(await harness.bound.RAW.bytes(key), 'base64')).toString();
      JSON.parse(text);
      for (const [name, value] of Object.entries(harness.vars)) {
        if (/KEY|TOKEN|SECRET|CLIENT_ID/.test(name) && !/URL/.test(name) && value.length > 8) assert.ok(!text.includes(value), name);
      }
    }
  });

  test('are decoded again: what the history lacks comes back, a second run changes nothing', async () => {
    await eventually('everything is recorded', async () => {
      const counts = [await recorded(harness), await recorded(harness)];
      return counts[0] > 0 && counts[0] === counts[1];
    });
    const folder = mkdtempSync(path.join(tmpdir(), 'backfill-'));
    const wanted = options(['--source', 'seatgeek', '--from', day, '--base', harness.origin]);
    const ask = (url, init) => harness.open(new URL(url).pathname, init);
    const run = () => backfill(wanted, { token: harness.vars.OPERATOR_TOKEN, folder, ask });
    const lines = () => harness.logs().filter((line) => line.event === 'backfilled');
    try {
      const first = await run();
      assert.ok(first.pages > 0 && first.observations > 0, JSON.stringify(first));
      await eventually('handled', () => lines().length > 0);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const before = await recorded(harness);
      harness.clearLogs();
      const second = await run();
      assert.ok(second.observations >= first.observations);
      await eventually('handled again', () => lines().length > 0);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      for (const { inserted, corrected } of lines()) assert.deepEqual([inserted, corrected], [0, 0]);
      assert.equal(await recorded(harness), before);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('are for the operator, of days and cursors that are some', async () => {
    const post = (body, headers = operator()) => harness.open('/v1/sources/seatgeek/backfill', jsonInit('POST', body, headers));
    assert.deepEqual(await problem(await post({ from: day }, {})), [401, 'unauthenticated']);
    for (const body of [{ from: 'yesterday' }, { from: day, to: '2026-13-01' }, { from: day, cursor: 'raw/stubhub/x' }]) {
      assert.deepEqual(await problem(await post(body)), [400, 'invalid_parameter'], JSON.stringify(body));
    }
    const { pages, cursor } = await answered(post({ from: '2020-01-01' }), 200);
    assert.deepEqual([pages, cursor ?? null], [0, null]);
  });
});
