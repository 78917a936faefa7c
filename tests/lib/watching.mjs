// What the suites of notifications share: people who watch events, prices that move, and what reached whom.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { eventually, startHarness } from './harness.mjs';
import { answered, bearer, jsonInit, newPerson } from './people.mjs';

export const DAY_MS = 86_400_000;
/** The product of the suite that runs: a suite is a process of its own. */
export let harness;

/** Starts the product before the suite's tests and stops it after. */
export function onStage() {
  before(async () => { harness = await startHarness({ sandboxArgs: ['--calm'] }); });
  afterEach(() => harness.outbound.clear());
  after(() => harness?.stop());
}

export const id = (prefix) => `${prefix}_${randomUUID().replaceAll('-', '')}`;
export const usd = (dollars) => ({ amount_minor: Math.round(dollars * 100), currency: 'USD' });
export const below = (dollars) => ({ kind: 'below', ...usd(dollars) });
export const code = async (response) => [response.status, (await response.json()).code];
export const alertsOf = (session) => answered(harness.open('/v1/alerts', { headers: bearer(session) }), 200);
export const notificationsOf = async (session) =>
  (await answered(harness.open('/v1/notifications', { headers: bearer(session) }), 200)).notifications;
export const setAlert = (session, event, rule, channels = ['email']) =>
  harness.open('/v1/alerts', jsonInit('POST', { event_id: event.id, rule, channels }, bearer(session)));
export const alert = (...args) => answered(setAlert(...args), 201);
/** Alert messages that reached an address, newest first; account mails and codes are left out. */
export const told = async (address) => (await harness.sandbox.inbox(address)).filter(({ text }) => text.includes('/events/'));
export const toldCount = (address, count) =>
  eventually(`${count} messages`, async () => (await told(address)).length === count && told(address));
export const outboxOf = (event) =>
  harness.rows('SELECT * FROM outbox WHERE event_id = ? ORDER BY created_at_ms, id', event.id);
export const settled = (event, states) => eventually(`the outbox settles as ${states}`, async () => {
  const rows = await outboxOf(event);
  return rows.length === states.length && rows.map(({ state }) => state).sort().join() === [...states].sort().join() && rows;
});

/** An event the aggregator knows, as a queue message names it. */
export async function newEvent(startsAtMs = Date.now() + 30 * DAY_MS, name = 'Portland Trail Blazers vs. Utah Jazz') {
  const card = {
    id: id('evt'), name, venue: 'Moda Center', city: 'Portland', starts_at: new Date(startsAtMs).toISOString(),
    local_start: '2027-01-12T19:30:00', date_tbd: false, time_tbd: false,
  };
  const venue = id('ven');
  await harness.rows("INSERT INTO venues (id, name, city, created_at_ms) VALUES (?, 'Moda Center', 'Portland', 0)", venue);
  await harness.rows(
    `INSERT INTO events (id, venue_id, name, performers, starts_at_ms, local_start, date_tbd, time_tbd, status, addon, lead_market, sort_at_ms, created_at_ms)
     VALUES (?, ?, ?, '[]', ?, ?, 0, 0, 'scheduled', 0, 'seatgeek', ?, 0)`,
    card.id, venue, name, startsAtMs, card.local_start, startsAtMs);
  return card;
}

let clock = Date.now();
/** A confirmed move from `from` to `to`, later than all before it. */
export function move(event, from, to, more = {}) {
  clock = Math.max(clock + 1, Date.now());
  return {
    id: id('chg'), request_id: id('req'), seen_at_ms: Date.now(), event, market: 'seatgeek', old: usd(from),
    new: { kind: 'quoted', ...usd(to), basis: 'before_fees' }, percent_hundredths: Math.round((to - from) / from * 10_000),
    lowest_ever: false, best: usd(to), confirmed_at: clock, score: null, url: null, ...more,
  };
}

export const publishText = async (text) => harness.bound.PRICE_CHANGES.send(text, { contentType: 'text' });
export const publish = (change) => publishText(JSON.stringify(change));
/** Publishes and waits until it has been weighed. */
export async function weighed(change) {
  await publish(change);
  await eventually('the change is weighed', () =>
    harness.logs().some((line) => line.event === 'change_weighed' && line.change_id === change.id && line.request_id === change.request_id));
}

/** Gives an event a standing price, seen twice, by the way of the observations queue. */
export async function quote(event, dollars) {
  const { OBSERVATIONS } = harness.bound;
  for (const [seq, confirms] of [[1, false], [2, true]]) {
    const at = Date.now() - 60_000 + seq * 1_000;
    await OBSERVATIONS.send(JSON.stringify({
      request_id: id('req'), seen_at_ms: Date.now(), market: 'seatgeek', items: [{
        event, source_event_id: '1', seq, observed_at: at, price: { kind: 'quoted', ...usd(dollars), basis: 'before_fees' },
        listings: 3, tickets: 9, confirms, url: null,
      }],
    }), { contentType: 'text' });
  }
  await eventually('the price stands', async () => {
    const answer = await harness.internal('pricing', `/internal/best/${event.id}`);
    return answer.ok && (await answer.json()).best?.price.amount_minor === usd(dollars).amount_minor;
  });
}

export async function makePremium(session) {
  const { id: user_id } = await answered(harness.open('/v1/me', { headers: bearer(session) }), 200);
  const body = { user_id, plan: 'premium', valid_until: new Date(Date.now() + 30 * DAY_MS).toISOString(), version: 1 };
  const answer = await harness.internal('auth', '/internal/entitlements', jsonInit('PUT', body));
  assert.ok(answer.ok, `premium: ${answer.status}`);
  return user_id;
}

let phones = 0;
export const newPhone = () => `+1503555${String(1000 + ++phones).padStart(4, '0')}`;
export const addPhone = (session, address) =>
  harness.open('/v1/channels', jsonInit('POST', { kind: 'sms', address }, bearer(session)));
export const proveCode = (session, channel, sent) =>
  harness.open(`/v1/channels/${channel.id}/verify`, jsonInit('POST', { code: sent }, bearer(session)));
export const latestCode = (phone) => eventually('the code', async () =>
  (await harness.sandbox.inbox(phone)).map(({ text }) => /^(\d{6}) is your code/.exec(text)?.[1]).find(Boolean));

/** A premium person with a proved phone: `{ email, session, phone, user_id }`. */
export async function newPremiumPerson(phone = newPhone()) {
  const person = await newPerson(harness);
  const user_id = await makePremium(person.session);
  const body = { user_id, kind: 'sms', address: phone };
  assert.equal((await harness.internal('notifications', '/internal/channels', jsonInit('PUT', body))).status, 204);
  return { ...person, phone, user_id };
}

/** Makes what waits in the outbox due now, and wakes its Dispatchers as any new message would. */
export async function hurry(event) {
  await harness.rows("UPDATE outbox SET next_attempt_at_ms = 0 WHERE event_id = ? AND state IN ('pending', 'unknown', 'sending')", event.id);
  const { DISPATCHER } = harness.bound;
  for (const { shard } of await harness.rows('SELECT DISTINCT shard FROM outbox WHERE event_id = ?', event.id)) {
    const answer = await DISPATCHER.getByName(shard).fetch('http://object/kick', jsonInit('POST', { shard }));
    await answer.text();
  }
}

/** To be called last: looks at the logs of all tests before. */
export function nothingPersonalInLogs() {
  test('no address, phone number, code or token stands in a log', () => {
    const text = JSON.stringify(harness.logs());
    assert.doesNotMatch(text, /@example\.com|\+1503555|is your code|stop\/alr_/);
    assert.ok(!text.includes(harness.vars.UNSUBSCRIBE_KEY) && !text.includes(harness.vars.RESEND_KEY));
  });
}
