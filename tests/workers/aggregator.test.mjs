// The aggregator on the runtime: four markets asked within their budgets, their listings told apart and put together.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../lib/harness.mjs';
import { MARKETS, keyOf, links, listings, openMarket, pin, problem, read, sources } from '../lib/market.mjs';
import { PRODUCTION_CONNECTIONS } from '../lib/outbound.mjs';

let harness;
/** Every listing with the event it truly is, and our id of it. */
let known;
before(async () => {
  harness = await openMarket();
  const ids = await links(harness);
  known = (await listings(harness)).map((listing) => ({ ...listing, id: ids.get(keyOf(listing)) }));
});
after(() => harness?.stop());

const beside = (kind) => ['parking', 'pass'].includes(kind);
const allEvents = async (query = '', limit = 100) => {
  const events = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await read(harness, `/v1/events?limit=${limit}${query}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    events.push(...page.events);
    cursor = page.next_cursor ?? null;
  }
  return events;
};

describe('what the markets list', () => {
  test('is all there: every listing of the four markets belongs to an event', () => {
    assert.ok(known.length > 100);
    // StubHub is asked to leave its parking out.
    const unknown = known.filter(({ id, listing_kind: kind, market }) => !id && !(market === 'stubhub' && kind === 'parking'));
    assert.deepEqual(unknown.map(keyOf), []);
    assert.deepEqual([...new Set(known.map(({ market }) => market))].sort(), [...MARKETS].sort());
  });

  test('is never mixed up: no event of ours holds listings of two real ones', () => {
    const truths = Map.groupBy(known.filter(({ listing_kind: kind }) => !beside(kind)), ({ id }) => id);
    for (const [id, group] of truths) assert.equal(new Set(group.map(({ of }) => of.event)).size, 1, `${id}: ${group.map(keyOf)}`);
  });

  test('is put together: nine in ten events of several markets are one event with all of them side by side', async () => {
    const main = Map.groupBy(known.filter(({ listing_kind: kind }) => kind === 'main'), ({ of }) => of.event);
    const shared = [...main.values()].filter((group) => group.length > 1);
    const whole = shared.filter((group) => new Set(group.map(({ id }) => id)).size === 1);
    assert.ok(shared.length > 20);
    assert.ok(whole.length / shared.length >= 0.9, `${whole.length} of ${shared.length}`);
    const group = whole.find((candidates) => candidates.length >= 3);
    const { offers, markets } = await read(harness, `/v1/events/${group[0].id}`);
    assert.equal(markets, new Set(offers.map(({ market }) => market)).size);
    for (const listing of group) {
      const offer = offers.find((one) => keyOf(one) === keyOf(listing));
      if (listing.price) assert.equal(offer.price.amount_minor, listing.price.amount_minor, keyOf(listing));
      else assert.equal(offer.price.kind, 'absent', keyOf(listing));
    }
    const costs = offers.map(({ all_in: allIn, price }) => [allIn ? 0 : price.amount_minor ? 1 : 2, allIn?.amount_minor ?? price.amount_minor ?? 0]);
    assert.deepEqual(costs, [...costs].sort(([a, x], [b, y]) => a - b || x - y), 'cheapest first by what it comes to; what cannot be compared last');
  });

  test('keeps an early and a late show of one evening apart', () => {
    const shows = known.filter(({ listing_kind: kind }) => kind === 'main');
    const pairs = shows.flatMap((one) => shows.filter((other) => one.of.venue === other.of.venue && one.of.event < other.of.event
      && Math.abs(one.of.start_ms - other.of.start_ms) < 6 * 3_600_000).map((other) => [one, other]));
    assert.ok(pairs.length > 0, 'the market has none now');
    for (const [one, other] of pairs) assert.notEqual(one.id, other.id, `${keyOf(one)} and ${keyOf(other)}`);
  });

  test('lists no parking and no passes, but keeps them', async () => {
    const addOns = known.filter(({ listing_kind: kind, id }) => beside(kind) && id);
    const listed = new Set((await allEvents()).map(({ id }) => id));
    assert.ok(addOns.length > 0);
    assert.deepEqual(addOns.filter(({ id }) => listed.has(id)).map(keyOf), []);
    const real = new Set(known.filter(({ listing_kind: kind }) => !beside(kind)).map(({ id }) => id));
    assert.deepEqual(addOns.filter(({ id }) => real.has(id)).map(keyOf), [], 'an add-on stands under an event');
  });

  test('has no price of nothing: what is missing, 0 or free is an absent price with its reason', async () => {
    const [{ wrong }] = await harness.rows(`SELECT count(*) AS wrong FROM event_links
      WHERE (amount_minor IS NULL) = (absent_reason IS NULL) OR amount_minor <= 0`);
    assert.equal(wrong, 0);
    const reasons = (await harness.rows('SELECT DISTINCT absent_reason AS reason FROM event_links WHERE amount_minor IS NULL')).map(({ reason }) => reason);
    assert.ok(reasons.length >= 3);
    for (const reason of reasons) assert.ok(['restricted', 'not_on_sale', 'sold_out', 'free', 'unknown'].includes(reason), reason);
    for (const free of known.filter((listing) => listing.absent_reason === 'free')) {
      const { offers } = await read(harness, `/v1/events/${free.id}`);
      assert.deepEqual(offers.find((offer) => keyOf(offer) === keyOf(free)).price, { kind: 'absent', reason: 'free' });
    }
  });

  test('says so when a time is to be announced, and invents none', async () => {
    const open = known.filter(({ time_known: isKnown, listing_kind: kind }) => !isKnown && kind === 'main');
    assert.ok(open.length > 0, 'the market has none now');
    for (const { id } of open) {
      const event = await read(harness, `/v1/events/${id}`);
      assert.deepEqual([event.time_tbd || event.date_tbd, event.starts_at], [true, null], event.name);
    }
    const fixed = known.find(({ time_known: isKnown, listing_kind: kind }) => isKnown && kind === 'main');
    const event = await read(harness, `/v1/events/${fixed.id}`);
    assert.deepEqual([event.time_tbd, Date.parse(event.starts_at)], [false, fixed.of.start_ms]);
  });
});

describe('lists', () => {
  test('page through everything once, soonest first', async () => {
    const all = await allEvents();
    const paged = await allEvents('', 7);
    assert.deepEqual(paged.map(({ id }) => id), all.map(({ id }) => id));
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    const starts = all.filter((event) => event.starts_at).map((event) => Date.parse(event.starts_at));
    assert.deepEqual(starts, [...starts].sort((a, b) => a - b));
  });

  test('take words as words, whatever is in them', async () => {
    const [first] = await allEvents();
    const words = first.name.split(/\s+/).filter((word) => /^\w{4,}$/.test(word));
    for (const query of [words[0], words[0].slice(0, 3).toUpperCase(), `"${words[0]}" * ( -`, `${words[0]} ${first.city}`]) {
      const found = await allEvents(`&q=${encodeURIComponent(query)}`);
      assert.ok(found.some(({ id }) => id === first.id), query);
    }
    for (const query of ['"', '*', 'NEAR(a b, 5)', 'a AND', '-', 'col:x', '^', '{a b}:c', '%', '\\', '\u0000', '🎫', "'; DROP TABLE events; --"]) {
      await read(harness, `/v1/search?q=${encodeURIComponent(query)}`);
    }
    assert.deepEqual((await read(harness, '/v1/search?q=nobodyplaysthis')).events, []);
  });

  test('narrow by city and time', async () => {
    const all = await allEvents();
    const portland = await allEvents('&city=portland');
    assert.deepEqual(portland.map(({ id }) => id), all.filter(({ city }) => city === 'Portland').map(({ id }) => id));
    const dated = all.filter((event) => event.starts_at);
    const [from, to] = [dated[5].starts_at, dated[10].starts_at];
    const between = await allEvents(`&from=${from}&to=${to}`);
    assert.deepEqual(between.map(({ id }) => id), all.filter((event) => event.starts_at >= from && event.starts_at <= to).map(({ id }) => id));
  });

  test('refuse limits, times and cursors that are none', async () => {
    for (const query of ['limit=0', 'limit=101', 'limit=-1', 'limit=ten', 'limit=1e3', 'limit=99999999999999999999', 'from=tomorrow', 'to=2026-13-01', 'cursor=x', 'cursor=1.evt_1']) {
      assert.deepEqual(await problem(await harness.open(`/v1/events?${query}`)), [400, 'invalid_parameter'], query);
    }
  });

  test('an event nobody knows is not found, and neither is what is no id', async () => {
    for (const id of [`evt_${'0'.repeat(32)}`, 'evt_', 'evt_xyz', `usr_${'0'.repeat(32)}`, `evt_${'0'.repeat(4_000)}`, '%00', '..%2f..', "'"]) {
      assert.deepEqual(await problem(await harness.open(`/v1/events/${id}`)), [404, 'not_found'], id);
    }
  });
});

describe('sources', () => {
  test('say how they are read, and hold no key', async () => {
    const answer = await harness.open('/v1/sources');
    const text = await answer.text();
    const rows = JSON.parse(text).sources;
    assert.deepEqual(rows.map(({ market, mode }) => [market, mode]), [...MARKETS, 'feed'].map((market) => [market, 'sandbox']));
    for (const row of rows) assert.ok(row.name && row.terms && row.last_success_at && row.next_poll_at && row.calls_left > 0, row.market);
    for (const name of ['TICKETMASTER_KEY', 'SEATGEEK_CLIENT_ID', 'STUBHUB_CLIENT_SECRET', 'EVENTBRITE_TOKEN', 'INTERNAL_KEY', 'OPERATOR_TOKEN']) {
      assert.ok(!text.includes(harness.vars[name]), name);
    }
  });

  test('are woken by cron every minute and by the operator; by nobody else', async () => {
    const woken = harness.logs().find((line) => line.event === 'planners_woken');
    assert.deepEqual(woken.woken, [...MARKETS, 'feed']);
    const wake = (token) => harness.open('/v1/sources/wake', { method: 'POST', headers: token ? { authorization: token } : {} });
    for (const token of [undefined, 'Bearer', 'Bearer guessed', `Basic ${harness.vars.OPERATOR_TOKEN}`, `Bearer ${harness.vars.OPERATOR_TOKEN}x`]) {
      assert.deepEqual(await problem(await wake(token)), [401, 'unauthenticated'], token);
    }
    const answer = await wake(`Bearer ${harness.vars.OPERATOR_TOKEN}`);
    assert.deepEqual([answer.status, await answer.json()], [202, { woken: [...MARKETS, 'feed'] }]);
  });

  test('give a new StubHub token when the old one is taken back, and nobody notices', async () => {
    const tokens = async () => (await harness.sandbox.control('requests?provider=stubhub')).requests.filter(({ path }) => path.includes('token')).length;
    const before = await tokens();
    await harness.sandbox.control('stubhub/expire-tokens', {});
    const refused = await eventually('the old token was refused and a new one fetched', async () =>
      (await tokens()) > before && harness.logs().find((line) => line.event === 'refused_by_source' && line.market === 'stubhub'), 10_000);
    const { last_success_at: success } = (await sources(harness)).stubhub;
    await eventually('another walk ended well', async () => {
      const { state, last_success_at: at } = (await sources(harness)).stubhub;
      assert.equal(state, 'ok');
      return at > success;
    });
    assert.equal(await tokens(), before + 1);
    assert.equal(refused.level, 'warn');
  });
});

describe('a request', () => {
  test('has an id from the first answer to the last log line', async () => {
    const id = `req_${'c0de'.repeat(8)}`;
    const answer = await harness.open('/v1/events?limit=1', { headers: { 'x-request-id': id } });
    assert.equal(answer.headers.get('x-request-id'), id);
    await answer.arrayBuffer();
    await eventually('its log line', () => harness.logs().some((line) => line.request_id === id && line.route === 'v1/events' && line.status === 200));
    const own = await harness.open('/v1/events?limit=1', { headers: { 'x-request-id': 'req_mine' } });
    assert.match(own.headers.get('x-request-id'), /^req_[0-9a-f]{32}$/);
  });

  test('of a planner keeps its id through the queue into pricing', async () => {
    const asked = new Set(harness.logs().filter((line) => line.event === 'asked').map((line) => line.request_id));
    const appended = await eventually('pricing took something in', () => {
      const lines = harness.logs().filter((line) => line.worker === 'pricing.consumer' && line.event === 'appended');
      return lines.length > 3 && lines;
    });
    assert.deepEqual(appended.filter((line) => !asked.has(line.request_id)), []);
  });
});

/** What docs/SOURCES.md allows us: least milliseconds between two calls, and calls a window. */
const ALLOWED = {
  ticketmaster: { spacing: 250, perSecond: 5 }, seatgeek: { spacing: 500 }, stubhub: { spacing: 250 }, eventbrite: { spacing: 200 },
  ticketevolution: { spacing: 200, perSecond: 5 },
};

describe('budgets', () => {
  test('are kept as the providers count: calls stand apart, no quota is met, and our count is never below theirs', async () => {
    const { counters, requests } = await eventually('every market was asked several times', async () => {
      const counted = await harness.sandbox.control('requests');
      return MARKETS.every((market) => counted.counters[market].total >= 5) && counted;
    }, 20_000);
    const rows = await sources(harness);
    for (const market of MARKETS) {
      const { spacing, perSecond = Infinity } = ALLOWED[market];
      const { total, by_status: statuses, peak_per_second: peak } = counters[market];
      assert.equal(statuses[429], undefined, market);
      assert.ok(peak <= perSecond, `${market}: ${peak} in a second`);
      const times = requests.filter(({ provider }) => provider === market).map(({ at_ms: at }) => at).sort((a, b) => a - b);
      const gaps = times.slice(1).map((at, i) => at - times[i]);
      // On the way a call may gain a little on the one before it.
      assert.ok(Math.min(...gaps) >= spacing - 60, `${market}: ${Math.min(...gaps)} ms apart`);
      assert.ok(rows[market].calls_made >= total, `${market}: we count ${rows[market].calls_made}, they ${total}`);
    }
  });

  test('hold although the planners are woken again and again', async () => {
    const calls = async () => (await harness.sandbox.control('requests')).counters.seatgeek.total;
    const [before, start] = [await calls(), Date.now()];
    for (let i = 0; i < 30; i += 1) await harness.cron('aggregator');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 2_000 - (Date.now() - start))));
    assert.ok((await calls()) - before <= Math.ceil((Date.now() - start) / 1_000) + 1);
  });

  test('six connections are enough: the Workers never had more calls outside in flight', () => {
    assert.ok(harness.outbound.calls.length > 20);
    assert.ok(harness.outbound.peak >= 1 && harness.outbound.peak <= PRODUCTION_CONNECTIONS, `${harness.outbound.peak}`);
  });
});

test('a price that goes missing becomes absent with a reason, and no drop', async () => {
  const listing = known.find((one) => one.market === 'seatgeek' && one.price && one.listing_kind === 'main');
  const offer = async () => (await read(harness, `/v1/events/${listing.id}`)).offers.find((one) => keyOf(one) === keyOf(listing));
  await pin(harness, listing, null);
  await eventually('the offer has no price', async () => (await offer()).price.kind === 'absent');
  await pin(harness, listing, listing.price.amount_minor);
  await eventually('the price is back', async () => (await offer()).price.amount_minor === listing.price.amount_minor);
  const { series } = await eventually('the history has both', async () => {
    const history = await read(harness, `/v1/prices/${listing.id}`);
    const points = history.series.find(({ market }) => market === 'seatgeek')?.points ?? [];
    return points.some(({ price }) => price.kind === 'absent') && points.at(-1).price.kind === 'quoted' && history;
  });
  for (const { points } of series) for (const { price } of points) assert.ok(price.kind === 'absent' || price.amount_minor > 0);
  assert.equal(harness.logs().filter((line) => line.event === 'change_weighed' && line.event_id === listing.id).length, 0);
});

test('no key and no token stands in any log line', () => {
  const secrets = Object.entries(harness.vars).filter(([name, value]) => /KEY|TOKEN|SECRET|CLIENT_ID|PEPPER/.test(name) && !/URL/.test(name) && value.length > 8);
  assert.ok(secrets.length >= 8);
  const text = harness.logs().map((line) => JSON.stringify(line)).join('\n');
  for (const [name, value] of secrets) assert.ok(!text.includes(value), name);
});
