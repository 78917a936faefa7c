// A market's bad day: what people see does not change, the health row says what is the matter, and it passes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../lib/harness.mjs';
import { MARKETS, keyOf, listings, openMarket, passedOn, pin, picture, recorded, sources, standStill } from '../lib/market.mjs';
import { PRODUCTION_CONNECTIONS } from '../lib/outbound.mjs';

/** A call is given up after this long (edge::outbound). */
const PATIENCE_MS = 10_000;

let harness;
/** What people saw before any of it. */
let calm;
let hanging;
before(async () => {
  harness = await openMarket({ vars: { POLL_GAP_MS: '400' } });
  await standStill(harness);
  calm = await picture(harness);
  assert.ok(Object.keys(calm).length > 30);
  // Hanging takes as long as our patience: it begins now and is looked at last. The feed has no listings of its own.
  hanging = day('feed', 'hang', { others: [] });
  hanging.catch(() => {});
});
after(() => harness?.stop());

/** One bad answer (or several) for a market; every state its health row went through until it was well again. */
async function day(market, kind, { times = 1, expectTrouble = true, others = MARKETS.filter((other) => other !== market), ...more } = {}) {
  const { last_success_at: lastGood } = (await sources(harness))[market];
  await harness.sandbox.control('faults', { provider: market, kind, times, ...more });
  const states = [];
  const wellAgain = async () => {
    const rows = await sources(harness);
    const { state, last_failure: code, consecutive_failures: failures, last_success_at: good } = rows[market];
    if (states.at(-1)?.failures !== failures) states.push({ state, code, failures });
    for (const other of others) assert.equal(rows[other].state, 'ok', `${other} suffers with ${market}`);
    const troubled = !expectTrouble || states.some((one) => one.failures >= times);
    const { faults } = await harness.sandbox.control('faults');
    return troubled && !faults.some(({ provider }) => provider === market) && state === 'ok' && good > lastGood;
  };
  await eventually(`${market} is well again after ${kind}`, wellAgain, PATIENCE_MS + 10_000);
  return states.filter(({ failures }) => failures > 0);
}

async function assertUnchanged(since = calm) {
  const seenNow = await picture(harness);
  assert.deepEqual(Object.keys(seenNow), Object.keys(since));
  for (const [id, seen] of Object.entries(seenNow)) assert.deepEqual(seen, since[id]);
}

// The code is the provider's own where it sends one.
const DAYS = [
  ['500', 'ticketmaster', /^(http_500|messaging\.[\w.]+)$/],
  ['429', 'ticketmaster', /^[\w.]+$/],
  ['429', 'stubhub', /^(http_429|too_many_requests)$/],
  ['429-no-headers', 'seatgeek', /^http_429$/],
  ['html', 'seatgeek', /^challenge$/],
  ['empty', 'stubhub', /^empty$/],
  ['empty-200', 'seatgeek', /^suspect_empty$/],
  ['empty-200', 'stubhub', /^too_few_events$/],
  ['truncated', 'ticketmaster', /^malformed$/],
  // The harness stands between and makes a 500 of a connection that broke.
  ['reset', 'eventbrite', /^(connection_broken|http_500)$/],
  ['401', 'ticketmaster', /^[\w.]+$/],
  ['401', 'eventbrite', /^[\w.]+$/],
  ['huge', 'stubhub', /^answer_too_large$/],
];

describe('one bad answer changes nothing but the freshness, and is told by a short code', () => {
  for (const [kind, market, code] of DAYS) {
    test(`${kind} from ${market}`, async () => {
      const states = await day(market, kind);
      assert.deepEqual([states[0].state, states[0].failures], ['degraded', 1]);
      assert.match(states[0].code, code);
      assert.ok(states[0].code.length <= 64);
      await assertUnchanged();
    });
  }

  test('a slow answer is no failure', async () => {
    assert.deepEqual(await day('stubhub', 'slow', { delay_ms: 1_500, expectTrouble: false }), []);
    await assertUnchanged();
  });

  test('a token that was taken back is fetched anew without a failure: 401 from stubhub', async () => {
    assert.deepEqual(await day('stubhub', '401', { expectTrouble: false }), []);
    await assertUnchanged();
  });

  test('no answer at all: it is given up after ten seconds', async () => {
    const [{ state, code }] = await hanging;
    assert.deepEqual([state, code], ['degraded', 'timed_out']);
  });
});

test('all sources slow at once stay within the six connections that production gives an isolate', async () => {
  harness.outbound.clear();
  const slow = MARKETS.map((market) => day(market, 'slow', { delay_ms: 2_000, expectTrouble: false }));
  await Promise.all(slow);
  assert.ok(harness.outbound.peak >= MARKETS.length, `they were not slow at once: ${harness.outbound.peak}`);
  assert.ok(harness.outbound.peak <= PRODUCTION_CONNECTIONS, `${harness.outbound.peak} at once`);
});

test('three bad answers in a row are a failing source, asked less and less often', async () => {
  const states = await day('seatgeek', '500', { times: 3 });
  assert.deepEqual(states.map(({ state, failures }) => [state, failures]), [['degraded', 1], ['degraded', 2], ['failing', 3]]);
  await assertUnchanged();
});

test('nothing was lost: every observation passed on is in a history, once', async () => {
  await pin(harness, (await listings(harness)).find((one) => one.market === 'stubhub' && one.price), 7_777);
  await eventually('as many recorded as passed on', async () => (await recorded(harness)) === (await passedOn(harness)));
  assert.deepEqual(await harness.rows('SELECT reason FROM dead_letters_pricing'), []);
});

test('a listing that is missing from two walks is still on sale, from three it is gone, and comes back by itself', async () => {
  const shown = (await listings(harness)).find((one) => one.market === 'eventbrite' && one.price);
  const id = (await harness.rows('SELECT event_id FROM event_links WHERE market = ? AND source_event_id = ?', 'eventbrite', shown.source_event_id))[0].event_id;
  const price = async () => (await (await harness.open(`/v1/events/${id}`)).json()).offers.find((one) => keyOf(one) === keyOf(shown)).price;
  // The bad days before this one may still be catching up.
  await standStill(harness);
  const then = await picture(harness);
  let hide = 2;
  const walks = [];
  const isWalk = (url) => url.includes('/eventbrite/v3/organizations/') && url.includes(shown.organization_id ?? '');
  const stop = harness.outbound.answer(isWalk, async (request) => {
    const answer = await harness.outbound.pass(request);
    const body = await answer.json();
    const carries = body.events.some((one) => one.id === shown.source_event_id);
    const hidden = hide > 0 && carries;
    if (hidden) {
      hide -= 1;
      body.events = body.events.filter((one) => one.id !== shown.source_event_id);
    }
    if (carries) walks.push(hidden);
    return Response.json(body, { headers: { 'x-sandbox-mode': answer.headers.get('x-sandbox-mode') } });
  });
  try {
    await eventually('two walks without it and one with it', () => walks.filter(Boolean).length === 2 && walks.at(-1) === false);
    await assertUnchanged(then);
    hide = Infinity;
    await eventually('it is gone', async () => (await price()).kind === 'absent', 15_000);
    assert.deepEqual(await price(), { kind: 'absent', reason: 'not_on_sale' });
  } finally {
    stop();
  }
  await eventually('it is back', async () => (await price()).kind === 'quoted');
});

test('a spent quota is waited out: no call until the provider says so', async () => {
  await harness.sandbox.control('faults', { provider: 'ticketmaster', kind: '429-no-headers', times: 1 });
  // Its refusal says nothing of when: an hour, then.
  await eventually('the next poll is far away', async () => {
    const { consecutive_failures: failures, next_poll_at: next, last_attempt_at: last } = (await sources(harness)).ticketmaster;
    return failures > 0 && Date.parse(next) - Date.parse(last) > 55 * 60_000;
  });
  const calls = async () => (await harness.sandbox.control('requests')).counters.ticketmaster.total;
  const before = await calls();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(await calls(), before);
});

test('no key stands in any log line, whatever the providers sent back', () => {
  const text = harness.logs().map((line) => JSON.stringify(line)).join('\n');
  const names = ['TICKETMASTER_KEY', 'SEATGEEK_CLIENT_ID', 'STUBHUB_CLIENT_SECRET', 'EVENTBRITE_TOKEN', 'INTERNAL_KEY', 'OPERATOR_TOKEN'];
  for (const name of names) assert.ok(!text.includes(harness.vars[name]), name);
  assert.ok(!/sandbox-token|Bearer /.test(text));
});
