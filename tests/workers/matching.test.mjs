// Doubtful pairs before a person; merges and splits that keep history, alerts and links, and can be undone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signedHeaders } from '../../scripts/lib/push.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';
import { answered, bearer, jsonInit, newPerson } from '../lib/people.mjs';

const SECRET = 'a secret of acme';
let harness;
before(async () => {
  // No market is polled: what is there was pushed.
  harness = await startHarness({ clock: clockOf(), sandboxArgs: ['--calm'], vars: { FEED_PUSH_KEYS: `acme:${SECRET}` } });
});
after(() => harness?.stop());

const operator = () => ({ authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` });
const asked = (path, status = 200) => answered(harness.open(path, { headers: operator() }), status);
const told = (path, body, status) => answered(harness.open(path, jsonInit('POST', body, operator())), status);
/** Each word has a day of its own, so that its pair meets no other. */
const days = ['Doubt', 'Apart', 'Join', 'Split', 'Clear', 'first', 'second'];
const offer = (id, name, venue, amount) => ({
  event_id: id, name, venue: { name: venue, city: 'Portland', region: 'OR', country: 'US' },
  start_local: `2026-12-${10 + days.indexOf(id.split('-')[0])}T19:30:00`, status: 'onsale', price: { amount_minor: amount, currency: 'USD', basis: 'all_in' },
});
/** Pushed twice, so that the price is confirmed. */
const push = async (...offers) => {
  for (let i = 0; i < 2; i += 1) {
    const body = JSON.stringify({ offers, at: i + Math.random() });
    const headers = signedHeaders({ partner: 'acme', secret: SECRET, type: 'application/json', body });
    await answered(harness.open('/v1/sources/feed/push', { method: 'POST', body, headers }), 200);
  }
};
const eventOf = async (id) =>
  (await harness.rows('SELECT event_id FROM event_links WHERE market = ? AND source_event_id = ?', 'feed', `acme:${id}`))[0]?.event_id;
const prices = async (event) => (await read(harness, `/v1/prices/${event}`)).series
  .flatMap(({ points }) => points.map(({ price }) => price.amount_minor)).filter(Boolean);
const offers = async (event) => (await read(harness, `/v1/events/${event}`)).offers
  .filter(({ price }) => price.kind !== 'absent').map(({ source_event_id: id }) => id).sort();
/** Two shows of one name and minute in two houses of one town: perhaps one, perhaps not. */
const twins = async (word) => {
  await push(offer(`${word}-1`, `${word} Candlelight Evening`, 'Grange Hall', 5_000));
  await push(offer(`${word}-2`, `${word} Candlelight Evening`, 'Corn Exchange Hall', 7_000));
  return [await eventOf(`${word}-1`), await eventOf(`${word}-2`)];
};
const reviewOf = async (events, state = 'open') => (await asked(`/v1/events/reviews?state=${state}&limit=100`)).reviews
  .find(({ left, right }) => [left.event.id, right.event.id].every((id) => events.includes(id)));

test('a doubtful pair stays apart and is put before the operator, with both sides and the reasons in words', async () => {
  const [one, two] = await twins('Doubt');
  assert.notEqual(one, two);
  const review = await reviewOf([one, two]);
  assert.deepEqual([review.left.event.id, review.right.event.id, review.state], [one, two, 'open']);
  assert.deepEqual([review.left.listings.length, review.right.listings[0].source_event_id], [1, 'acme:Doubt-2']);
  assert.ok(review.confidence_permille >= 400 && review.confidence_permille < 800);
  assert.ok(review.reasons.some(({ code }) => code === 'other_venue_in_town'));
  assert.ok(review.reasons.every(({ text }) => text.endsWith('.')));
  assert.ok((await asked('/v1/events/reviews')).open >= 1);
});

test('only the operator sees and decides', async () => {
  for (const [path, init] of [['/v1/events/reviews'], ['/v1/events/merges'], [`/v1/events/reviews/rev_${'0'.repeat(32)}`, jsonInit('POST', { decision: 'same' })],
    [`/v1/events/evt_${'0'.repeat(32)}/merge`, jsonInit('POST', { into: `evt_${'1'.repeat(32)}` })]]) {
    assert.deepEqual(await problem(await harness.open(path, init)), [401, 'unauthenticated'], path);
  }
  assert.deepEqual(await problem(await harness.open(`/v1/events/reviews/rev_${'0'.repeat(32)}`, jsonInit('POST', { decision: 'same' }, operator()))), [404, 'not_found']);
  assert.deepEqual(await problem(await harness.open('/v1/events/reviews?state=maybe', { headers: operator() })), [400, 'invalid_parameter']);
});

test('what was decided to be different is never asked again', async () => {
  const pair = await twins('Apart');
  const { id } = await reviewOf(pair);
  const decided = await told(`/v1/events/reviews/${id}`, { decision: 'different', note: 'two halls' }, 200);
  assert.deepEqual([decided.state, decided.decided_by, decided.note], ['different', 'operator', 'two halls']);
  assert.deepEqual(await problem(await harness.open(`/v1/events/reviews/${id}`, jsonInit('POST', { decision: 'same' }, operator()))), [409, 'conflict']);
  await push(offer('Apart-2', 'Apart Candlelight Evening (21+)', 'Corn Exchange Hall', 7_100));
  assert.equal(await reviewOf(pair), undefined);
  assert.deepEqual([await eventOf('Apart-1'), await eventOf('Apart-2')], pair);
});

test('a merge keeps links, history and alerts; undoing it gives everything back', async () => {
  const [one, two] = await twins('Join');
  const { email, session } = await newPerson(harness);
  await answered(harness.open('/v1/alerts', jsonInit('POST', {
    event_id: two, rule: { kind: 'below', amount_minor: 4_500, currency: 'USD' }, channels: ['email'],
  }, bearer(session))), 201);
  await eventually('the history of both', async () => (await prices(one)).includes(5_000) && (await prices(two)).includes(7_000));

  const { id } = await reviewOf([one, two]);
  const { merge_id: merge, state } = await told(`/v1/events/reviews/${id}`, { decision: 'same' }, 200);
  assert.equal(state, 'same');
  assert.equal((await read(harness, `/v1/events/${two}`)).id, one);
  assert.equal(await eventOf('Join-2'), one);
  await eventually('both courses under either id', async () => {
    const [under, also] = [await prices(one), await prices(two)];
    return under.includes(7_000) && under.includes(5_000) && also.length === under.length;
  });
  const listed = (await asked('/v1/events/merges')).merges.find((row) => row.id === merge);
  assert.deepEqual([listed.kind, listed.from.id, listed.into.id, listed.made_by], ['merge', two, one, 'operator']);
  assert.deepEqual(listed.listings, [{ market: 'feed', source_event_id: 'acme:Join-2' }]);

  // The next poll of the moved listing goes to the event it belongs to now, and the alert set before hears of it.
  await push(offer('Join-2', 'Join Candlelight Evening', 'Corn Exchange Hall', 7_400));
  await push(offer('Join-2', 'Join Candlelight Evening', 'Corn Exchange Hall', 4_200));
  await eventually('the moved listing under its event', async () => (await offers(one)).join() === 'acme:Join-1,acme:Join-2');
  await eventually('the message', async () => (await harness.sandbox.inbox(email)).find(({ text }) => text.includes('$42')), 15_000);

  const undone = await told(`/v1/events/merges/${merge}/undo`, {}, 200);
  assert.ok(undone.undone_at);
  assert.deepEqual(await problem(await harness.open(`/v1/events/merges/${merge}/undo`, jsonInit('POST', {}, operator()))), [409, 'conflict']);
  assert.equal(await eventOf('Join-2'), two);
  assert.equal((await read(harness, `/v1/events/${two}`)).id, two);
  assert.equal((await reviewOf([one, two])).id, id);
  await push(offer('Join-2', 'Join Candlelight Evening', 'Corn Exchange Hall', 6_600));
  await eventually('each has its own offers again', async () => (await offers(one)).join() === 'acme:Join-1' && (await offers(two)).join() === 'acme:Join-2');
  await eventually('each has its own course again', async () => {
    const [under, own] = [await prices(one), await prices(two)];
    return !under.includes(7_000) && own.includes(7_000) && own.includes(6_600);
  });
});

test('a listing can be split off, stays apart, and comes back', async () => {
  const [one, two] = await twins('Split');
  await told(`/v1/events/${two}/merge`, { into: one, note: 'looked at both' }, 201);
  assert.equal(await eventOf('Split-2'), one);
  assert.deepEqual(await problem(await harness.open(`/v1/events/${two}/merge`, jsonInit('POST', { into: one }, operator()))), [409, 'conflict']);
  assert.deepEqual(await problem(await harness.open(`/v1/events/${one}/split`, jsonInit('POST', { market: 'feed', source_event_id: 'nobody' }, operator()))), [404, 'not_found']);
  const split = await told(`/v1/events/${one}/split`, { market: 'feed', source_event_id: 'acme:Split-2' }, 201);
  assert.equal(split.kind, 'split');
  const own = await eventOf('Split-2');
  assert.ok(![one, two].includes(own));
  assert.ok(await reviewOf([one, own], 'different'));
  await push(offer('Split-2', 'Split Candlelight Evening', 'Corn Exchange Hall', 7_300));
  await eventually('the listing stands under its own event', async () => (await offers(own)).join() === 'acme:Split-2' && (await offers(one)).join() === 'acme:Split-1');
  await told(`/v1/events/merges/${split.id}/undo`, {}, 200);
  assert.equal(await eventOf('Split-2'), one);
  assert.equal((await read(harness, `/v1/events/${own}`)).id, one);
});

test('what a market says later can make a doubt clear', async () => {
  const [one, two] = await twins('Clear');
  assert.ok(await reviewOf([one, two]));
  await push(offer('Clear-2', 'Clear Candlelight Evening', 'Grange Hall', 7_000));
  assert.equal(await eventOf('Clear-2'), one);
  const review = await reviewOf([one, two], 'same');
  assert.equal(review.decided_by, 'matching');
});

test('performers and venues are things of their own, one under all their names', async () => {
  const at = { city: 'Eugene', region: 'OR', country: 'US' };
  const concert = (id, day, performer, venue) => ({ ...offer(id, `${performer} ${id}`, venue, 5_000), performers: [performer], venue: { name: venue, ...at }, start_local: `2026-12-${day}T20:00:00` });
  await push(concert('first', 20, 'Sigur Rós', 'Old Mill Arena'), concert('second', 22, 'SIGUR ROS', 'Brandname Center (Formerly Old Mill Arena)'));
  const rows = await harness.rows(`SELECT e.venue_id, p.performer_id FROM event_links l JOIN events e ON e.id = l.event_id
    JOIN event_performers p ON p.event_id = e.id WHERE l.source_event_id IN ('acme:first', 'acme:second')`);
  assert.equal(rows.length, 2);
  assert.equal(new Set(rows.map((row) => row.performer_id)).size, 1);
  assert.equal(new Set(rows.map((row) => row.venue_id)).size, 1, 'a new name of a known place is no second venue');
});

test('lookups read by an index, never the whole table', async () => {
  for (const sql of [
    'SELECT e.id FROM json_each(?1) w JOIN events e ON e.id IN (SELECT event_id FROM event_blocks b WHERE b.block = w.value LIMIT 401)',
    'SELECT number FROM link_moves WHERE market = ?1 AND number > 0 ORDER BY number LIMIT 200',
    'SELECT v.id FROM venues v WHERE v.id IN (SELECT b.venue_id FROM json_each(?1) w JOIN venue_blocks b ON b.block = w.value)',
    'SELECT alias_id FROM history_aliases WHERE event_id = coalesce((SELECT event_id FROM history_aliases WHERE alias_id = ?1), ?1)',
  ]) {
    const plan = await harness.rows(`EXPLAIN QUERY PLAN ${sql}`, '[]');
    const scans = plan.map(({ detail }) => detail).filter((detail) => /^SCAN (?!w|json_each|CONSTANT)/.test(detail));
    assert.deepEqual(scans, [], sql);
  }
});
