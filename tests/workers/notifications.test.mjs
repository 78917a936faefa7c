// notifications on the runtime: who is told, once, in time, and never after a stop.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../lib/harness.mjs';
import { answered, bearer, jsonInit, newPerson } from '../lib/people.mjs';
import { alert, alertsOf, below, code, harness, hurry, id, move, newEvent, nothingPersonalInLogs, notificationsOf, onStage, outboxOf, publish, quote, setAlert, settled, told, toldCount, usd, weighed } from '../lib/watching.mjs';

onStage();

describe('an alert', () => {
  test('leads from a fall to one mail that says all, and to its delivery', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    const made = await alert(session, event, below(40));
    assert.deepEqual([made.state, made.firings, made.rule, made.event.id], ['armed', 0, below(40), event.id]);
    await weighed(move(event, 50, 45));
    assert.deepEqual(await told(email), []);
    await weighed(move(event, 45, 38.5));
    const [mail] = await toldCount(email, 1);
    assert.equal(mail.subject, '$38.50 now for Portland Trail Blazers vs. Utah Jazz (was $45)');
    for (const part of [harness.vars.SANDBOX_LABEL, 'at SeatGeek, before fees', '$40 or less', 'Tuesday 12 January 2027, 7:30 PM', 'Moda Center, Portland', `/events/${event.id}`]) {
      assert.ok(mail.text.includes(part) && (part.startsWith('/events') || mail.html.includes(part)), part);
    }
    assert.equal(mail.headers['List-Unsubscribe-Post'], 'List-Unsubscribe=One-Click');
    assert.match(mail.headers['List-Unsubscribe'], /^<http:\/\/localhost:\d+\/v1\/alerts\/stop\/alr_[0-9a-f]{32}\.[\w-]{43}>$/);
    const [shown] = (await alertsOf(session)).alerts;
    assert.deepEqual([shown.state, shown.firings, shown.last_fired_price], ['fired', 1, usd(38.5)]);
    const [notification] = await eventually('the delivery is settled', async () => {
      const list = await notificationsOf(session);
      return list[0]?.state === 'delivered' && list;
    });
    assert.deepEqual([notification.event_id, notification.channel, notification.summary], [event.id, 'email', mail.subject]);
    const [row] = await outboxOf(event);
    assert.deepEqual([row.state, row.address], ['sent', ''], 'an address is forgotten once it is not needed');
  });

  test('that is true already fires at once, and the word of that price says nothing more', async () => {
    const event = await newEvent();
    await quote(event, 35);
    const { email, session } = await newPerson(harness);
    const made = await alert(session, event, below(40));
    assert.deepEqual([made.state, made.firings, made.last_fired_price], ['fired', 1, usd(35)]);
    const [mail] = await toldCount(email, 1);
    assert.match(mail.text, /\$35 at SeatGeek, before fees/);
    await weighed(move(event, 50, 35));
    assert.equal((await told(email)).length, 1);
  });

  test('fires again on a further fall, and anew when the price has been above the target', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    await weighed(move(event, 45, 39));
    await weighed(move(event, 39, 38.5));
    await toldCount(email, 1);
    await weighed(move(event, 38.5, 37));
    await toldCount(email, 2);
    await weighed(move(event, 37, 44));
    assert.equal((await alertsOf(session)).alerts[0].state, 'armed');
    await weighed(move(event, 44, 39.5));
    await toldCount(email, 3);
    assert.equal((await alertsOf(session)).alerts[0].firings, 3);
  });

  test('is measured from the price when it was set, whatever the person says', async () => {
    const event = await newEvent();
    await quote(event, 60);
    const { email, session } = await newPerson(harness);
    const made = await alert(session, event, { kind: 'falls_by', percent: 10, from: usd(1000) });
    assert.deepEqual(made.rule, { kind: 'falls_by', percent: 10, from: usd(60) });
    await weighed(move(event, 60, 55));
    await weighed(move(event, 55, 54));
    const [mail] = await toldCount(email, 1);
    assert.match(mail.text, /You asked for: 10 % off \$60/);
  });

  test('for the lowest price ever waits for a record', async () => {
    const event = await newEvent();
    await quote(event, 60);
    const { email, session } = await newPerson(harness);
    await alert(session, event, { kind: 'lowest_ever' });
    await weighed(move(event, 60, 50));
    await weighed(move(event, 50, 45, { lowest_ever: true }));
    const [mail] = await toldCount(email, 1);
    assert.match(mail.text, /Lowest ever/);
  });

  test('never fires on a rise, on no price, on another currency or for an event that has begun', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    await weighed(move(event, 30, 39));
    await weighed(move(event, 50, 35, { new: { kind: 'absent', reason: 'sold_out' }, best: null }));
    const euro = { amount_minor: 100, currency: 'EUR' };
    await weighed(move(event, 50, 1, { old: { ...euro, amount_minor: 5000 }, new: { kind: 'quoted', ...euro, basis: 'all_in' }, best: euro }));
    const begun = { ...event, starts_at: new Date(Date.now() - 1_000).toISOString() };
    await weighed(move(begun, 50, 35));
    assert.deepEqual(await told(email), []);
    assert.equal((await alertsOf(session)).alerts[0].state, 'expired');
  });

  test('a late word of a fall that is over says nothing', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    const fall = move(event, 50, 35);
    await weighed(move(event, 35, 60));
    await weighed(fall);
    assert.deepEqual(await told(email), []);
  });

  test('names the market that has the price, also when another one moved', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    await quote(event, 38);
    await weighed(move(event, 60, 55, { market: 'ticketmaster', best: usd(38) }));
    const [mail] = await toldCount(email, 1);
    assert.match(mail.text, /down to \$38 at SeatGeek, before fees\./);
    assert.doesNotMatch(mail.text, /\$55|\$60/);
  });
});

describe('a message', () => {
  test('speaks for all alerts of a person on the event', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    await alert(session, event, below(45));
    await weighed(move(event, 50, 39));
    const [mail] = await toldCount(email, 1);
    assert.ok(mail.text.includes('$40 or less') && mail.text.includes('$45 or less'));
    assert.deepEqual((await alertsOf(session)).alerts.map(({ firings }) => firings), [1, 1]);
  });

  test('is sent once though the change comes many times at once', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    const change = move(event, 50, 39);
    await Promise.all(Array.from({ length: 8 }, () => publish(change)));
    await weighed(change);
    await settled(event, ['sent']);
    assert.equal((await told(email)).length, 1);
    assert.equal((await alertsOf(session)).alerts[0].firings, 1);
  });

  test('carries hostile names as text', async () => {
    const event = await newEvent(undefined, 'Jazz\r\nBcc: all@example.com <script>alert(1)</script>');
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    await weighed(move(event, 50, 39));
    const [mail] = await toldCount(email, 1);
    assert.doesNotMatch(mail.subject, /[\r\n]/);
    assert.ok(!mail.html.includes('<script>') && mail.html.includes('&lt;script&gt;'));
  });
});

describe('stopping', () => {
  const oneClick = (mail) => new URL(/<(.+)>/.exec(mail.headers['List-Unsubscribe'])[1]).pathname;

  test('takes one click without signing in, works twice, and a look at the link stops nothing', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    await alert(session, event, below(40));
    await weighed(move(event, 50, 39));
    const [mail] = await toldCount(email, 1);
    for (const method of ['GET', 'HEAD']) assert.equal((await harness.open(oneClick(mail), { method })).status, 405);
    assert.equal((await alertsOf(session)).alerts[0].state, 'fired');
    for (let click = 0; click < 2; click += 1) {
      const stopped = await answered(harness.open(oneClick(mail), {
        method: 'POST', body: 'List-Unsubscribe=One-Click', headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }), 200);
      assert.deepEqual([stopped.event.id, stopped.state], [event.id, 'stopped']);
    }
    await weighed(move(event, 39, 30));
    assert.equal((await told(email)).length, 1);
  });

  test('with a token that is not ours is refused', async () => {
    for (const token of ['x', `${id('alr')}.AAAA`, id('alr'), `${id('alr')}.${'A'.repeat(43)}`]) {
      assert.deepEqual(await code(await harness.open(`/v1/alerts/stop/${token}`, { method: 'POST' })), [400, 'token_invalid']);
    }
  });

  test('holds for a message that is written down and not sent yet', async () => {
    const event = await newEvent();
    const { email, session } = await newPerson(harness);
    const { id: alertId } = await alert(session, event, below(40));
    const restore = harness.outbound.answer('/resend/emails', () => new Response('down', { status: 500 }));
    await weighed(move(event, 50, 39));
    await eventually('a failed try', async () => (await outboxOf(event))[0]?.last_error);
    assert.equal((await harness.open(`/v1/alerts/${alertId}`, { method: 'DELETE', headers: bearer(session) })).status, 204);
    restore();
    await hurry(event);
    await settled(event, ['cancelled']);
    assert.deepEqual(await told(email), []);
  });

  test("somebody else's alert is as unknown as one that never was", async () => {
    const event = await newEvent();
    const [owner, other] = [await newPerson(harness), await newPerson(harness)];
    const { id: alertId } = await alert(owner.session, event, below(40));
    const remove = (session, of) => harness.open(`/v1/alerts/${of}`, { method: 'DELETE', headers: bearer(session) });
    const [theirs, none, odd] = [await remove(other.session, alertId), await remove(other.session, id('alr')), await remove(other.session, 'x')];
    for (const answer of [theirs, none, odd]) assert.deepEqual(await code(answer), [404, 'not_found']);
    assert.equal((await alertsOf(owner.session)).alerts.length, 1);
    assert.deepEqual((await alertsOf(other.session)).alerts, []);
  });
});

describe('what is refused', () => {
  test('has a stable code', async () => {
    const event = await newEvent();
    const past = await newEvent(Date.now() - 1_000);
    const { session } = await newPerson(harness);
    const tries = [
      [{ rule: below(0) }, 422, 'validation_failed'],
      [{ rule: below(-1) }, 422, 'validation_failed'],
      [{ rule: { kind: 'falls_by', percent: 91 } }, 422, 'validation_failed'],
      [{ rule: { kind: 'falls_by', percent: 300 } }, 400, 'invalid_body'],
      [{ rule: { kind: 'wish' } }, 400, 'invalid_body'],
      [{ channels: [] }, 422, 'validation_failed'],
      [{ channels: ['pigeon'] }, 400, 'invalid_body'],
      [{ channels: ['sms'] }, 402, 'upgrade_required'],
      [{ event_id: id('evt') }, 404, 'not_found'],
      [{ event_id: 'x' }, 400, 'invalid_body'],
      [{ event_id: past.id }, 422, 'validation_failed'],
      [{ user_id: id('usr') }, 400, 'invalid_body'],
    ];
    for (const [change, ...wanted] of tries) {
      const body = { event_id: event.id, rule: below(40), channels: ['email'], ...change };
      assert.deepEqual(await code(await harness.open('/v1/alerts', jsonInit('POST', body, bearer(session)))), wanted, JSON.stringify(change));
    }
    assert.deepEqual(await code(await harness.open('/v1/alerts')), [401, 'unauthenticated']);
    assert.deepEqual(await code(await harness.open('/v1/alerts', { method: 'PUT', headers: bearer(session) })), [405, 'method_not_allowed']);
    assert.deepEqual((await alertsOf(session)).alerts, []);
  });

  test('a sixth alert, also when ten are asked for at once; one that is deleted makes room', async () => {
    const event = await newEvent();
    const { session } = await newPerson(harness);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => setAlert(session, event, below(40 + n))));
    assert.equal(answers.filter(({ status }) => status === 201).length, 5);
    assert.deepEqual(await code(answers.find(({ status }) => status !== 201)), [403, 'limit_reached']);
    const { alerts, max_alerts } = await alertsOf(session);
    assert.deepEqual([alerts.length, max_alerts], [5, 5]);
    await harness.open(`/v1/alerts/${alerts[0].id}`, { method: 'DELETE', headers: bearer(session) });
    await alert(session, event, below(39));
  });

  test('internal paths without the key, and through the front door', async () => {
    for (const [path, method] of [['/internal/messages', 'POST'], ['/internal/channels', 'PUT'], ['/internal/deliveries/settle', 'POST']]) {
      assert.equal((await harness.call('notifications', path, jsonInit(method, {}))).status, 404, path);
      assert.notEqual((await harness.open(path, jsonInit(method, {}, { 'x-internal-key': harness.vars.INTERNAL_KEY }))).status, 204, path);
    }
  });
});

test('an account mail is sent once, whatever is asked how often, and its link is forgotten', async () => {
  const to = `once-${process.pid}@example.com`;
  const mail = { id: id('msg'), to, subject: 'Confirm', text: 'secret link', html: '<p>secret link</p>' };
  const send = () => harness.internal('notifications', '/internal/messages', jsonInit('POST', mail));
  for (const answer of await Promise.all([send(), send(), send()])) assert.equal(answer.status, 202);
  await eventually('the mail', async () => (await harness.sandbox.inbox(to)).length === 1);
  const row = await eventually('it is written down as sent', async () =>
    (await harness.rows("SELECT * FROM outbox WHERE id = ? AND state = 'sent'", mail.id))[0]);
  assert.deepEqual([row.body, row.html, row.address], ['', '', '']);
  assert.equal((await send()).status, 202);
  assert.equal((await harness.sandbox.inbox(to)).length, 1);
});

nothingPersonalInLogs();
