// webhooks on the runtime: only the sender moves anything, everything acts once, whatever comes twice, late or not at all.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Stripe from 'stripe';
import { Webhook } from 'svix';
import twilio from 'twilio';
import { eventually, startHarness } from '../lib/harness.mjs';
import { answered, bearer, newAddress, newPerson, register } from '../lib/people.mjs';

const DAY_S = 86_400;
const stripe = new Stripe('sk_test_unused');
let harness;
let made = 0;
before(async () => { harness = await startHarness({ sandboxArgs: ['--calm'] }); });
after(() => harness?.stop());

const unique = (prefix) => `${prefix}_test${process.pid}x${++made}`;
const nowS = () => Math.floor(Date.now() / 1000);
const code = async (response) => [response.status, (await response.json()).code];
const post = (path, body, headers) => harness.open(path, { method: 'POST', body, headers });
const me = async (session) => answered(harness.open('/v1/me', { headers: bearer(session) }), 200);
const planOf = async (session) => (await me(session)).entitlements.plan;
const billing = (session) => answered(harness.open('/v1/billing', { headers: bearer(session) }), 200);
const recorded = (provider, id) =>
  harness.rows('SELECT type, object_id, state, outcome, attempts FROM webhook_events WHERE provider = ? AND event_id = ?', provider, id);

function signed(payload, options = {}) {
  return stripe.webhooks.generateTestHeaderString({ payload, secret: harness.vars.STRIPE_WEBHOOK_SECRET, ...options });
}
const deliverText = (payload, header = signed(payload)) => post('/hooks/stripe', payload, { 'stripe-signature': header });
const deliver = (event) => deliverText(JSON.stringify(event));
const newEvent = (type, object) => ({ id: unique('evt'), object: 'event', type, created: nowS(), data: { object } });

/** A subscription at a Stripe of our own: `shown` is what it answers now; `remove` ends it. */
function subscriptionAt(user, shown = {}) {
  const at = {
    id: unique('sub'), customer: unique('cus'), asked: 0, fail: () => false, delayMs: () => 0,
    shown: {
      object: 'subscription', status: 'active', cancel_at_period_end: false, metadata: user ? { user_id: user } : {},
      items: { data: [{ current_period_start: nowS(), current_period_end: nowS() + 30 * DAY_S }] }, ...shown,
    },
    updated: () => newEvent('customer.subscription.updated', { id: at.id, object: 'subscription', customer: at.customer }),
  };
  at.remove = harness.outbound.answer(`/v1/subscriptions/${at.id}`, async () => {
    at.asked += 1;
    // The state of the moment of asking travels slowly: the answer may be out of date when it arrives.
    const body = { id: at.id, customer: at.customer, ...structuredClone(at.shown) };
    const fails = at.fail();
    await new Promise((resolve) => setTimeout(resolve, at.delayMs()));
    return fails ? new Response('oops', { status: 500 }) : Response.json(body);
  });
  return at;
}

describe('buying', () => {
  test('leads from the checkout to premium and from the portal back to free', async () => {
    const { session } = await newPerson(harness);
    const start = (path) => harness.open(path, { method: 'POST', headers: bearer(session) });
    assert.deepEqual(await billing(session), { plan: 'free', status: null, current_period_end: null, cancel_at_period_end: false });
    assert.deepEqual(await code(await start('/v1/billing/portal')), [404, 'not_found']);

    const { url } = await answered(start('/v1/billing/checkout'), 200);
    assert.equal((await answered(start('/v1/billing/checkout'), 200)).url, url, 'a double click opens one checkout');
    const paid = await fetch(`${url}/pay`, { method: 'POST', redirect: 'manual' });
    assert.equal(paid.headers.get('location'), `${harness.vars.SITE_URL}/account?checkout=done`);
    await eventually('premium', async () => (await planOf(session)) === 'premium');
    const bought = await billing(session);
    assert.deepEqual([bought.plan, bought.status], ['premium', 'active']);
    assert.ok(Date.parse(bought.current_period_end) > Date.now());
    assert.deepEqual(await code(await start('/v1/billing/checkout')), [409, 'conflict']);

    const portal = await answered(start('/v1/billing/portal'), 200);
    const page = await (await fetch(portal.url)).text();
    const leave = (wish) => fetch(`${harness.sandbox.origin}${new RegExp(`/stripe/portal/[^"]+/${wish}`).exec(page)[0]}`, { method: 'POST' });
    await leave('at-period-end');
    await eventually('the end is noted', async () => (await billing(session)).cancel_at_period_end);
    assert.equal(await planOf(session), 'premium', 'what is paid for is kept');
    await leave('now');
    await eventually('free again', async () => (await planOf(session)) === 'free');
    assert.equal((await billing(session)).status, 'canceled');
  });

  test('needs somebody who is signed in', async () => {
    for (const [method, path] of [['GET', '/v1/billing'], ['POST', '/v1/billing/checkout'], ['POST', '/v1/billing/portal']]) {
      assert.deepEqual(await code(await harness.open(path, { method })), [401, 'unauthenticated'], path);
    }
  });

  test('says so when Stripe does not answer', async () => {
    const { session } = await newPerson(harness);
    for (const reply of [() => new Response('down', { status: 503 }), () => new Response('<html>'), () => Response.json({ id: 'cs_1' })]) {
      const remove = harness.outbound.answer('/v1/checkout/sessions', reply);
      assert.deepEqual(await code(await harness.open('/v1/billing/checkout', { method: 'POST', headers: bearer(session) })), [502, 'upstream_failed']);
      remove();
    }
  });
});

describe('a Stripe event', () => {
  test('acts once: a repeat of a done one asks nobody anything', async () => {
    const { session } = await newPerson(harness);
    const subscription = subscriptionAt(session.user.id);
    const event = subscription.updated();
    for (let time = 0; time < 3; time += 1) await answered(deliver(event), 200);
    assert.equal(subscription.asked, 1);
    assert.equal(await planOf(session), 'premium');
    assert.deepEqual(await recorded('stripe', event.id), [{
      type: event.type, object_id: subscription.id, state: 'done', outcome: 'entitled', attempts: 3,
    }]);
  });

  test('that could not be finished is refused, and resumes when it comes again', async () => {
    const { session } = await newPerson(harness);
    const subscription = subscriptionAt(session.user.id);
    const event = subscription.updated();
    subscription.fail = () => true;
    assert.deepEqual(await code(await deliver(event)), [502, 'upstream_failed']);
    const [{ state }] = await recorded('stripe', event.id);
    assert.deepEqual([state, await planOf(session)], ['received', 'free']);
    subscription.fail = () => false;
    await answered(deliver(event), 200);
    assert.equal(await planOf(session), 'premium');
  });

  test('of a kind we do not use is recorded and accepted', async () => {
    const event = newEvent('payment_intent.created', { id: 'pi_1', object: 'payment_intent' });
    await answered(deliver(event), 200);
    assert.deepEqual((await recorded('stripe', event.id)).map(({ outcome }) => outcome), ['not_ours']);
  });

  test('may name its person only later, by the checkout', async () => {
    const { session } = await newPerson(harness);
    const subscription = subscriptionAt(undefined);
    const early = subscription.updated();
    await answered(deliver(early), 200);
    assert.deepEqual((await recorded('stripe', early.id)).map(({ outcome }) => outcome), ['owner_unknown']);
    await answered(deliver(newEvent('checkout.session.completed', {
      id: unique('cs'), object: 'checkout.session', customer: subscription.customer, subscription: subscription.id,
      client_reference_id: session.user.id,
    })), 200);
    assert.equal(await planOf(session), 'premium');
  });

  test('of a person who does not exist is not tried for days', async () => {
    const event = subscriptionAt(`usr_${'0'.repeat(32)}`).updated();
    await answered(deliver(event), 200);
    assert.deepEqual((await recorded('stripe', event.id)).map(({ outcome }) => outcome), ['no_such_user']);
  });

  test('of an old subscription does not end what a new one pays for', async () => {
    const { session } = await newPerson(harness);
    const old = subscriptionAt(session.user.id);
    const current = subscriptionAt(session.user.id);
    await answered(deliver(old.updated()), 200);
    await answered(deliver(current.updated()), 200);
    old.shown.status = 'canceled';
    await answered(deliver(old.updated()), 200);
    assert.equal(await planOf(session), 'premium');
    current.shown.status = 'canceled';
    await answered(deliver(current.updated()), 200);
    assert.equal(await planOf(session), 'free');
  });

  test('twenty lives of a subscription end as Stripe last showed them, in any order, doubled, delayed and with failures', async () => {
    const random = generator(1977);
    const pick = (list) => list[Math.floor(random() * list.length)];
    for (let life = 0; life < 20; life += 1) {
      const { session } = await newPerson(harness);
      const subscription = subscriptionAt(session.user.id);
      subscription.delayMs = () => random() * 40;
      subscription.fail = () => random() < 0.2;
      const untilAccepted = async (event) => {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, random() * 60));
          const { status } = await deliver(event);
          if (status === 200) return;
          assert.equal(status, 502);
        }
      };
      const deliveries = [];
      const changes = 3 + Math.floor(random() * 4);
      for (let change = 0; change < changes; change += 1) {
        const start = nowS() - DAY_S + change;
        subscription.shown.status = pick(['active', 'active', 'trialing', 'past_due', 'canceled', 'unpaid', 'paused']);
        subscription.shown.items.data[0] = { current_period_start: start, current_period_end: start + 30 * DAY_S };
        const event = subscription.updated();
        for (let copy = 0; copy <= random() * 2; copy += 1) deliveries.push(untilAccepted(event));
        await new Promise((resolve) => setTimeout(resolve, random() * 30));
      }
      await Promise.all(deliveries);
      const { status, items: { data: [period] } } = subscription.shown;
      const paidTo = { active: period.current_period_end, trialing: period.current_period_end, past_due: period.current_period_start }[status];
      const [entitlement] = await harness.rows('SELECT plan, valid_until_ms FROM entitlements WHERE user_id = ?', session.user.id);
      assert.deepEqual(entitlement, paidTo === undefined
        ? { plan: 'free', valid_until_ms: null }
        : { plan: 'premium', valid_until_ms: (paidTo + 3 * DAY_S) * 1000 }, `life ${life}: ${status}`);
      assert.equal((await billing(session)).status, status);
      subscription.remove();
    }
    assert.deepEqual(await harness.rows("SELECT event_id FROM webhook_events WHERE state = 'received' AND provider = 'stripe'"), []);
  });
});

describe('the signature of Stripe', () => {
  const payload = JSON.stringify(newEvent('balance.available', { object: 'balance' }));

  test('is needed, over these very bytes, with our secret, of this moment', async () => {
    await answered(deliverText(payload), 200);
    for (const [what, header, body] of [
      ['another secret', signed(payload, { secret: 'whsec_another' })],
      ['too old', signed(payload, { timestamp: nowS() - 310 })],
      ['from the future', signed(payload, { timestamp: nowS() + 310 })],
      ['another scheme', signed(payload, { scheme: 'v0' })],
      ['nothing', ''],
      ['another body', signed(payload), `${payload} `],
    ]) {
      assert.deepEqual(await code(await deliverText(body ?? payload, header)), [401, 'signature_invalid'], what);
    }
    assert.deepEqual(await code(await post('/hooks/stripe', payload, {})), [401, 'signature_invalid'], 'no header');
  });

  test('may be one of several while a secret is rolled', async () => {
    const timestamp = nowS();
    const old = signed(payload, { timestamp, secret: 'whsec_before' });
    await answered(deliverText(payload, `${old},${signed(payload, { timestamp }).split(',')[1]}`), 200);
  });

  test('is judged as the official library judges it, on 400 mutated headers', async () => {
    const random = generator(7);
    const verdict = (header) => {
      try {
        stripe.webhooks.constructEvent(payload, header, harness.vars.STRIPE_WEBHOOK_SECRET);
        return 200;
      } catch {
        return 401;
      }
    };
    const seen = { 200: 0, 401: 0 };
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(Array.from({ length: 8 }, async () => {
        const header = mutate(signed(payload), random);
        const expected = verdict(header);
        seen[expected] += 1;
        assert.equal((await deliverText(payload, header)).status, expected, header);
      }));
    }
    assert.ok(seen[200] > 20 && seen[401] > 200, JSON.stringify(seen));
  });

  test('comes before the body is read', async () => {
    assert.deepEqual(await code(await deliverText('{"id":')), [400, 'invalid_body']);
    assert.deepEqual(await code(await deliverText('{"id":', 't=1,v1=00')), [401, 'signature_invalid']);
    assert.deepEqual(await code(await deliverText('[]')), [400, 'invalid_body']);
    assert.deepEqual(await code(await deliverText('x'.repeat(256 * 1024 + 1))), [413, 'body_too_large']);
    assert.deepEqual(await code(await harness.open('/hooks/stripe')), [405, 'method_not_allowed']);
  });
});

describe('Resend', () => {
  const deliverMail = (body, { id = unique('msg'), at = new Date(), secret = harness.vars.RESEND_WEBHOOK_SECRET } = {}) =>
    post('/hooks/resend', body, {
      'svix-id': id, 'svix-timestamp': String(Math.floor(at.getTime() / 1000)), 'svix-signature': new Webhook(secret).sign(id, at, body),
    });

  test('settles the delivery of a mail we sent', async () => {
    const email = newAddress();
    await answered(register(harness, email), 202);
    const [{ id }] = await eventually('the mail', async () => {
      const mails = await harness.sandbox.inbox(email);
      return mails.length > 0 && mails;
    });
    await eventually('its callback', async () =>
      (await harness.rows("SELECT outcome FROM webhook_events WHERE provider = 'resend' AND object_id = ?", id))[0]?.outcome === 'settled');
  });

  test('is believed by the signature of the official library alone', async () => {
    const body = JSON.stringify({ type: 'email.opened', created_at: new Date().toISOString(), data: { email_id: 'm1' } });
    await answered(deliverMail(body), 204);
    for (const options of [
      { secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` }, { at: new Date(Date.now() - 310_000) }, { at: new Date(Date.now() + 310_000) },
    ]) {
      assert.deepEqual(await code(await deliverMail(body, options)), [401, 'signature_invalid']);
    }
    assert.deepEqual(await code(await post('/hooks/resend', body, {})), [401, 'signature_invalid']);
    assert.deepEqual(await code(await deliverMail('no event')), [400, 'invalid_body']);
  });

  test('is asked to come again for a message we do not know yet, five times at most', async () => {
    const id = unique('msg');
    const body = JSON.stringify({ type: 'email.delivered', data: { email_id: unique('mail') } });
    const statuses = [];
    for (let time = 0; time < 6; time += 1) statuses.push((await deliverMail(body, { id })).status);
    assert.deepEqual(statuses, [502, 502, 502, 502, 204, 204]);
    assert.deepEqual((await recorded('resend', id)).map(({ state, outcome }) => [state, outcome]), [['done', 'unknown_message']]);
  });
});

describe('Twilio', () => {
  const deliverStatus = (parameters, { query = '', token = harness.vars.TWILIO_AUTH_TOKEN, signedUrl } = {}) => {
    const path = `/hooks/twilio/status${query}`;
    const signature = twilio.getExpectedTwilioSignature(token, signedUrl ?? `${harness.vars.SITE_URL}${path}`, parameters);
    return post(path, new URLSearchParams(parameters).toString(), {
      'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature,
    });
  };

  test('is believed by the signature of the official library alone, odd letters and queries included', async () => {
    const parameters = { MessageSid: unique('SM'), MessageStatus: 'read-receipt', To: '+15005550006', Body: "Müller & Söhne + 100 % 🎫 = 'x'" };
    await answered(deliverStatus(parameters), 204);
    await answered(deliverStatus({ ...parameters, MessageSid: unique('SM') }, { query: '?message=msg_1&a=b%20c&d' }), 204);
    assert.deepEqual(await code(await deliverStatus(parameters, { token: 'another' })), [401, 'signature_invalid']);
    const elsewhere = { signedUrl: 'https://elsewhere.example/hooks/twilio/status' };
    assert.deepEqual(await code(await deliverStatus(parameters, elsewhere)), [401, 'signature_invalid']);
    assert.deepEqual(await code(await post('/hooks/twilio/status', 'MessageSid=SM1', {})), [401, 'signature_invalid']);
  });

  test('is asked to come again for a message we do not know yet, and names what is missing', async () => {
    const known = { MessageSid: unique('SM'), MessageStatus: 'delivered' };
    assert.deepEqual(await code(await deliverStatus(known)), [502, 'upstream_failed']);
    assert.deepEqual(await code(await deliverStatus({ MessageSid: 'SM1' })), [400, 'invalid_body']);
  });
});

describe('a market\'s hook', () => {
  const stubhub = (body, authorization = harness.vars.STUBHUB_WEBHOOK_AUTHORIZATION) =>
    post('/hooks/stubhub', typeof body === 'string' ? body : JSON.stringify(body), { authorization });
  const eventbrite = (api_url) => post('/hooks/eventbrite', JSON.stringify({ api_url, config: { action: 'event.updated' } }));
  const stubhubRows = (object) => harness.rows('SELECT type, state, outcome, attempts FROM webhook_events WHERE provider = \'stubhub\' AND object_id = ?', object);
  const catalogue = () => harness.rows('SELECT * FROM events ORDER BY id');

  test('of StubHub is heard with the right word only, and told once however often it comes', async () => {
    const id = 900_000_000 + (process.pid % 1_000_000);
    const hook = { topic: 'sales', action: 'created', barcodes: [], _embedded: { event: { id, name: 'x' } } };
    assert.deepEqual(await code(await stubhub(hook, 'another word')), [401, 'signature_invalid']);
    assert.deepEqual(await code(await post('/hooks/stubhub', JSON.stringify(hook))), [401, 'signature_invalid']);
    assert.deepEqual(await stubhubRows(String(id)), []);
    const before = await catalogue();
    for (let time = 0; time < 3; time += 1) await answered(stubhub(hook), 204);
    await answered(stubhub({ ...hook, action: 'updated' }), 204);
    const rows = await stubhubRows(String(id));
    assert.deepEqual(rows.map(({ attempts }) => attempts).sort(), [1, 3]);
    for (const { type, state, outcome } of rows) {
      assert.deepEqual([type, state], ['sales', 'done']);
      assert.equal(outcome, 'hinted');
    }
    assert.deepEqual(await catalogue(), before, 'a hook changes nothing by itself');
  });

  test('of StubHub that names no event is kept, that is no hook refused', async () => {
    await answered(stubhub({ topic: `ping-${process.pid}`, _embedded: null }), 204);
    assert.deepEqual(await harness.rows('SELECT outcome FROM webhook_events WHERE type = ?', `ping-${process.pid}`), [{ outcome: 'no_event' }]);
    for (const body of ['', '[]', '{"_embedded":{"event":{"id":"one"}}}', 'null']) {
      assert.deepEqual(await code(await stubhub(body)), [400, 'invalid_body'], body);
    }
  });

  test('of Eventbrite, which anybody may send, is heard only about its own API, and is not recorded', async () => {
    const base = harness.vars.EVENTBRITE_BASE;
    for (const path of ['/v3/events/790000000001/', '/v3/events/790000000001/ticket_classes/1/', '/v3/orders/5/']) {
      await answered(eventbrite(`${base}${path}`), 204);
    }
    for (const url of [`https://evil.example/v3/events/1/`, `${base}.evil.example/v3/events/1/`, '']) {
      assert.deepEqual(await code(await eventbrite(url)), [400, 'invalid_body'], url);
    }
    assert.deepEqual(await harness.rows('SELECT * FROM webhook_events WHERE provider NOT IN (\'stripe\', \'resend\', \'twilio\', \'stubhub\')'), []);
  });
});

test('health names the version and each binding', async () => {
  const health = await answered(harness.call('webhooks', '/healthz'), 200);
  assert.deepEqual(health.bindings, ['DB', 'AGGREGATOR', 'AUTH', 'NOTIFICATIONS'].map((name) => ({ name, ok: true })));
});

test('logs hold none of the secrets', () => {
  const logs = JSON.stringify(harness.logs());
  assert.ok(logs.includes('"stripe_event"'), 'there are logs to look at');
  for (const name of ['STRIPE_WEBHOOK_SECRET', 'STRIPE_KEY', 'RESEND_WEBHOOK_SECRET', 'TWILIO_AUTH_TOKEN', 'STUBHUB_WEBHOOK_AUTHORIZATION', 'INTERNAL_KEY']) {
    assert.ok(!logs.includes(harness.vars[name]), name);
  }
});

/** A header with something done to it; now and then nothing that matters. */
function mutate(header, random) {
  const at = Math.floor(random() * header.length);
  const letter = 'tv01=,abc9 xF'[Math.floor(random() * 13)];
  const [stamp, signature] = header.split(',');
  switch (Math.floor(random() * 9)) {
    case 0: return header.slice(0, at) + letter + header.slice(at + 1);
    case 1: return header.slice(0, at) + header.slice(at + 1);
    case 2: return header.slice(0, at) + letter + header.slice(at);
    case 3: return `${signature},${stamp}`;
    case 4: return `${stamp},v0=${'0'.repeat(64)},v1=${'1'.repeat(64)},${signature}`;
    case 5: return `${stamp},${signature.toUpperCase()}`;
    case 6: return `${header},${letter}`;
    case 7: return `t=1,${header}`;
    default: return `${header},t=1`;
  }
}

/** Random numbers in [0, 1) that are the same in every run (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
