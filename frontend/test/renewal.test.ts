import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Outcome, type Problem, readProblem, unreachable } from '#lib/api/problem.ts';
import { type NewTokens, withRenewal } from '#lib/session/renewal.ts';

const problem = (status: number, code: string): Problem => readProblem(status, { code, title: code, detail: code }, undefined);
const refused: Outcome<string> = { ok: false, problem: problem(401, 'unauthenticated') };
const pair = (n: number): NewTokens => ({ access_token: `access${n}`, access_expires_at: '2026-01-01T00:15:00Z', refresh_token: `refresh${n}`, refresh_expires_at: '2026-02-01T00:00:00Z' });

/** Auth and an API that accepts one access token, with the calls each got. */
function house({ accepts, renewal }: { accepts: string; renewal: Outcome<NewTokens> }) {
  const calls: string[] = [];
  const renewals: string[] = [];
  return {
    calls,
    renewals,
    call: async (token: string): Promise<Outcome<string>> => {
      calls.push(token);
      return token === accepts ? { ok: true, data: 'yours' } : refused;
    },
    renew: async (token: string): Promise<Outcome<NewTokens>> => {
      renewals.push(token);
      return renewal;
    },
  };
}

test('a token that is accepted renews nothing', async () => {
  const { call, renew, renewals } = house({ accepts: 'access1', renewal: { ok: true, data: pair(2) } });
  const result = await withRenewal({ access: 'access1', refresh: 'refresh1' }, call, renew);
  assert.deepEqual(result, { kind: 'answered', outcome: { ok: true, data: 'yours' } });
  assert.deepEqual(renewals, []);
});

test('a token that has run out is renewed before the first call', async () => {
  const { call, renew, calls } = house({ accepts: 'access2', renewal: { ok: true, data: pair(2) } });
  const result = await withRenewal({ refresh: 'refresh1' }, call, renew);
  assert.equal(result.kind === 'answered' && result.outcome.ok, true);
  assert.deepEqual(calls, ['access2']);
});

test('a refused token is renewed once, the call made once more, and the new pair handed on', async () => {
  const { call, renew, calls, renewals } = house({ accepts: 'access2', renewal: { ok: true, data: pair(2) } });
  const result = await withRenewal({ access: 'access1', refresh: 'refresh1' }, call, renew);
  assert.deepEqual(result, { kind: 'answered', outcome: { ok: true, data: 'yours' }, renewed: pair(2) });
  assert.deepEqual(calls, ['access1', 'access2']);
  assert.deepEqual(renewals, ['refresh1']);
});

test('a second refusal ends the session instead of going round', async () => {
  const { call, renew, renewals } = house({ accepts: 'none', renewal: { ok: true, data: pair(2) } });
  assert.deepEqual(await withRenewal({ access: 'access1', refresh: 'refresh1' }, call, renew), { kind: 'signed_out' });
  assert.equal(renewals.length, 1);
});

test('no tokens, or a refresh token that is worth nothing, mean signed out', async () => {
  const ended = house({ accepts: 'none', renewal: { ok: false, problem: problem(401, 'unauthenticated') } });
  assert.deepEqual(await withRenewal({}, ended.call, ended.renew), { kind: 'signed_out' });
  assert.deepEqual(ended.calls, []);
  assert.deepEqual(await withRenewal({ refresh: 'used' }, ended.call, ended.renew), { kind: 'signed_out' });
});

test('auth being down for a moment, or busy, signs nobody out', async () => {
  for (const trouble of [unreachable(undefined), problem(503, 'misconfigured'), problem(429, 'rate_limited')]) {
    const { call, renew } = house({ accepts: 'none', renewal: { ok: false, problem: trouble } });
    const result = await withRenewal({ refresh: 'refresh1' }, call, renew);
    assert.equal(result.kind, 'answered', trouble.code);
  }
});

test('a problem that is not about who is signed in is the answer, and renews nothing', async () => {
  for (const code of ['wrong_credentials', 'email_unverified', 'limit_reached', 'internal']) {
    const { renew, renewals } = house({ accepts: '', renewal: { ok: true, data: pair(2) } });
    const result = await withRenewal({ access: 'access1', refresh: 'refresh1' }, async () => ({ ok: false, problem: problem(code === 'wrong_credentials' ? 401 : 403, code) }), renew);
    assert.equal(result.kind === 'answered' && !result.outcome.ok && result.outcome.problem.code, code);
    assert.deepEqual(renewals, []);
  }
});

test('what is no problem+json is still a typed problem', () => {
  for (const body of [undefined, null, '<html>', [], { code: 7 }, { errors: 'x' }]) {
    const read = readProblem(502, body, 'req_1');
    assert.deepEqual([read.status, read.code, read.requestId, read.errors], [502, 'unreadable', 'req_1', []]);
  }
  const read = readProblem(422, { code: 'validation_failed', title: 't', detail: 'd', request_id: 'req_2', errors: [{ field: 'email', detail: 'no' }, { field: 1 }] }, 'req_1');
  assert.deepEqual([read.code, read.requestId, read.errors], ['validation_failed', 'req_2', [{ field: 'email', detail: 'no' }]]);
});
