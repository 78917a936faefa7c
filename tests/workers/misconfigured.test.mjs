// A variable that is missing or wrong: every request says which, and none shows its value.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startHarness } from '../lib/harness.mjs';

const WEAK = 'a pepper of 28 characters...';
let harness;
before(async () => { harness = await startHarness({ sandbox: false, vars: { PEPPER: WEAK, STRIPE_PRICE_ID: '', STRIPE_BASE: 'ftp://stripe' } }); });
after(() => harness?.stop());

for (const [worker, path, variable] of [
  ['auth', '/healthz', 'PEPPER'], ['auth', '/v1/me', 'PEPPER'],
  ['webhooks', '/healthz', 'STRIPE_BASE'], ['webhooks', '/v1/billing', 'STRIPE_BASE'],
]) {
  test(`${worker} names ${variable} at ${path}`, async () => {
    const response = await harness.call(worker, path);
    const text = await response.text();
    assert.deepEqual([response.status, JSON.parse(text).code], [503, 'misconfigured']);
    assert.ok(text.includes(variable) && !text.includes(WEAK) && !text.includes('ftp://'), text);
  });
}
