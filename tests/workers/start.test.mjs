// The five Workers start together, name what they are bound to, and keep what is internal inside.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { WORKERS } from '../../scripts/lib/workers.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { bindingNames, configOf } from '../lib/workspace.mjs';

let product;
before(async () => (product = await startHarness()));
after(() => product?.stop());

/** Queue and service bindings cannot be asked without doing something; the rest must be named. */
const RESOURCES = /^(DB|RESPONSES|HISTORY|SOURCE_PLANNER|EVENT_INVENTORY|PRICE_HISTORY|DISPATCHER|RATE_LIMITER)$/;

for (const { name } of WORKERS) {
  describe(name, () => {
    test('is healthy and names its bindings', async () => {
      const answer = await product.call(name, '/healthz');
      const health = await answer.json();
      assert.equal(answer.status, 200, JSON.stringify(health));
      assert.equal(health.worker, name);
      assert.match(health.version, /^\d+\.\d+\.\d+/);
      const named = health.bindings.map((binding) => binding.name);
      const expected = bindingNames(configOf(name)).filter((binding) => RESOURCES.test(binding));
      assert.deepEqual(expected.filter((binding) => !named.includes(binding)), []);
      assert.deepEqual(health.bindings.filter(({ ok }) => !ok), []);
    });

    test('answers an unknown path with a problem that carries the request id', async () => {
      const id = `req_${'ab'.repeat(16)}`;
      const answer = await product.call(name, '/v1/no-such-thing', { headers: { 'x-request-id': id } });
      assert.equal(answer.status, 404);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
      const problem = await answer.json();
      assert.equal(problem.code, 'not_found');
      assert.equal(problem.request_id, id);
    });

    test('does not answer internal paths without the key', async () => {
      for (const headers of [{}, { 'x-internal-key': 'guessed' }]) {
        const answer = await product.call(name, '/internal/anything', { headers });
        await answer.arrayBuffer();
        assert.ok([401, 403, 404].includes(answer.status), `${answer.status}`);
      }
    });
  });
}

test('the front door leads no internal path inside, with or without the key', async () => {
  const answer = await product.open('/internal/sessions/introspect', {
    method: 'POST', headers: { 'x-internal-key': product.vars.INTERNAL_KEY }, body: '{}',
  });
  assert.equal(answer.status, 404);
});

test('waking the planners is the operator\'s', async () => {
  const wake = (authorization) => product.open('/v1/sources/wake', { method: 'POST', headers: authorization ? { authorization } : {} });
  assert.equal((await wake()).status, 401);
  assert.equal((await wake('Bearer guessed')).status, 401);
  assert.equal((await wake(`Bearer ${product.vars.OPERATOR_TOKEN}`)).status, 202);
});

test('woken planners ask the four markets, and their events can be read', async () => {
  await product.cron('aggregator');
  const { events } = await eventually('events from the markets', async () => {
    const list = await (await product.open('/v1/events')).json();
    return list.events.length > 0 && list;
  }, 20_000);
  assert.match(events[0].id, /^evt_[0-9a-f]{32}$/);
  const asked = new Set(product.outbound.calls.map(({ url }) => new URL(url).pathname.split('/')[1]));
  await eventually('all four markets were asked', () => {
    for (const { url } of product.outbound.calls) asked.add(new URL(url).pathname.split('/')[1]);
    return ['ticketmaster', 'seatgeek', 'stubhub', 'eventbrite', 'ticketevolution'].every((market) => asked.has(market));
  }, 20_000);
});
