// Offers that a partner pushes: only who signs is heard, what comes twice acts once, what comes late undoes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signedHeaders } from '../../scripts/lib/push.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

const PATH = '/v1/sources/feed/push';
const SECRETS = { acme: 'a secret of acme', beta: 'a secret of beta' };
let harness;
before(async () => {
  // No market is polled: what is there was pushed. A feed that is pulled besides is empty here.
  harness = await startHarness({
    clock: clockOf(), sandboxArgs: ['--calm'],
    vars: { FEED_PUSH_KEYS: Object.entries(SECRETS).map((pair) => pair.join(':')).join(',') },
  });
});
after(() => harness?.stop());

const nowS = () => Math.floor(Date.now() / 1000);
const post = (body, headers) => harness.open(PATH, { method: 'POST', body, headers });
const send = (body, { partner = 'acme', secret = SECRETS[partner] ?? '', type = 'application/json', atS } = {}) =>
  post(body, signedHeaders({ partner, secret, type, body, atS }));
const push = async (offers, options) => {
  const answer = await send(JSON.stringify({ offers }), options);
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};
const offer = (id, amount, more = {}) => ({
  event_id: id, name: `Ironwoods Benefit ${id}`, performers: ['Benefit Band'],
  venue: { name: 'Grange Hall', city: 'Portland', region: 'OR', country: 'US' },
  start_local: `2026-12-${10 + (id.length % 9)}T19:30:00`, status: 'onsale',
  price: amount === null ? null : { amount_minor: amount, currency: 'USD', basis: 'all_in' }, ...more,
});
const eventOf = async (id) =>
  (await harness.rows('SELECT event_id FROM event_links WHERE market = ? AND source_event_id = ?', 'feed', id))[0]?.event_id;
const shown = async (id) => (await read(harness, `/v1/events/${await eventOf(id)}`)).offers.find((one) => one.source_event_id === id).price;
const points = async (id) => (await read(harness, `/v1/prices/${await eventOf(id)}`)).series
  .flatMap(({ points: all }) => all.map(({ price }) => price.amount_minor ?? price.reason));

test('only a partner who signs this very body, just now, is heard', async () => {
  const body = JSON.stringify({ offers: [offer('sig', 5_000)] });
  const good = signedHeaders({ partner: 'acme', secret: SECRETS.acme, type: 'application/json', body });
  const refused = async (answer) => assert.deepEqual(await problem(await answer), [401, 'signature_invalid']);
  await refused(post(body, { 'content-type': 'application/json' }));
  await refused(post(`${body} `, good));
  await refused(post(body, { ...good, 'x-feed-partner': 'beta' }));
  await refused(post(body, { ...good, 'x-feed-partner': 'nobody' }));
  await refused(post(body, { ...good, 'x-feed-partner': '' }));
  await refused(send(body, { secret: 'another' }));
  for (const offS of [-301, 302]) await refused(send(body, { atS: nowS() + offS }));
  assert.equal(await eventOf('acme:sig'), undefined);
});

test('what cannot be read is refused whole, a wrong entry costs only itself', async () => {
  assert.deepEqual(await problem(await send('{"offers":', {})), [400, 'invalid_body']);
  assert.deepEqual(await problem(await send('<offers/>', { type: 'application/xml' })), [415, 'unsupported_media_type']);
  assert.deepEqual(await problem(await send('price,currency\n1,USD\n', { type: 'text/csv' })), [400, 'invalid_body']);
  assert.deepEqual(await problem(await send('x'.repeat(1024 * 1024 + 1))), [413, 'body_too_large']);
  assert.deepEqual(await problem(await harness.open(PATH)), [405, 'method_not_allowed']);
  const answer = await push([offer('half', 4_200), { event_id: 'nameless' }, 7]);
  assert.deepEqual([answer.accepted, answer.repeated, answer.rejected.map(({ id, reason }) => [id, reason])],
    [1, false, [['nameless', 'no_name'], [null, 'malformed']]]);
  assert.equal((await shown('acme:half')).amount_minor, 4_200);
});

test('a delivery that comes again is answered as before and does nothing', async () => {
  const body = JSON.stringify({ offers: [offer('twice', 9_000)] });
  const headers = signedHeaders({ partner: 'acme', secret: SECRETS.acme, type: 'application/json', body });
  const first = await (await post(body, headers)).json();
  assert.deepEqual([first.accepted, first.changes, first.repeated], [1, 1, false]);
  await push([offer('twice', 8_000)], { atS: nowS() + 1 });
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual(await (await post(body, headers)).json(), { ...first, repeated: true });
  }
  assert.equal((await shown('acme:twice')).amount_minor, 8_000);
});

test('two copies at once are one', async () => {
  const body = JSON.stringify({ offers: [offer('atonce', 7_000)] });
  const headers = signedHeaders({ partner: 'acme', secret: SECRETS.acme, type: 'application/json', body });
  const answers = await Promise.all(Array.from({ length: 4 }, async () => (await post(body, headers)).json()));
  assert.deepEqual(answers.map(({ repeated }) => repeated).sort(), [false, true, true, true]);
});

test('an older delivery that arrives late undoes nothing', async () => {
  await push([offer('late', 6_000), offer('late-other', 3_000)], { atS: nowS() });
  const answer = await push([offer('late', 9_999), offer('late-third', 2_000)], { atS: nowS() - 60 });
  assert.deepEqual([answer.accepted, answer.rejected], [1, [{ id: 'late', reason: 'superseded' }]]);
  assert.equal((await shown('acme:late')).amount_minor, 6_000);
  assert.equal((await shown('acme:late-third')).amount_minor, 2_000);
});

test('two partners may use one number', async () => {
  await push([offer('same', 1_000)], { partner: 'acme' });
  await push([offer('same', 2_000, { name: 'Another Matter', start_local: '2027-01-05T20:00:00' })], { partner: 'beta' });
  assert.deepEqual([(await shown('acme:same')).amount_minor, (await shown('beta:same')).amount_minor], [1_000, 2_000]);
});

test('prices go all the way into the history, listings and what is gone too, from CSV as well', async () => {
  const csv = [
    'event_id,name,venue,city,region,country,start_local,price,currency,basis,listing_id,section,row,quantity,splits',
    'csv,Ironwoods Gala,Grange Hall,Portland,OR,US,2026-12-20T19:30:00,45.50,USD,all_in,l1,101,A,4,2|4',
    'csv,Ironwoods Gala,,,,,,39.00,USD,all_in,l2,204,C,2,2',
  ].join('\r\n');
  const answer = await (await send(csv, { type: 'text/csv' })).json();
  assert.deepEqual([answer.accepted, answer.rejected], [1, []]);
  assert.equal((await shown('acme:csv')).amount_minor, 3_900);
  await eventually('the history has it', async () => (await points('acme:csv')).includes(3_900));
  const gone = await (await send(JSON.stringify({ offers: [], deleted: ['csv', 'never-heard-of'] }), { atS: nowS() + 2 })).json();
  assert.deepEqual([gone.accepted, gone.changes], [0, 1]);
  assert.deepEqual(await shown('acme:csv'), { kind: 'absent', reason: 'not_on_sale' });
});

test('a large delivery goes in by parts and is answered as one', async () => {
  const many = Array.from({ length: 130 }, (_, i) => offer(`many-${i}`, 1_000 + i, { name: `Ironwoods Matinee ${i}`, start_local: `2027-02-${String(1 + (i % 28)).padStart(2, '0')}T${String(8 + Math.floor(i / 28)).padStart(2, '0')}:00:00` }));
  const answer = await push(many);
  assert.deepEqual([answer.accepted, answer.rejected], [130, []]);
  const [{ n }] = await harness.rows("SELECT count(*) AS n FROM event_links WHERE source_event_id LIKE 'acme:many-%'");
  assert.equal(n, 130);
});

test('no secret stands in any log line', () => {
  const text = JSON.stringify(harness.logs());
  for (const secret of Object.values(SECRETS)) assert.ok(!text.includes(secret));
});
