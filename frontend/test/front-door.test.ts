import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFrontDoor, type SiteBindings } from '#edge/front-door.ts';
import { OWNERS, ownerOf, WORKERS } from '#edge/owners.ts';

/** A stack whose every part answers with its own name and remembers what it was asked. */
function stack(broken: readonly string[] = []) {
  const asked: { by: string; request: Request }[] = [];
  const part = (by: string) => ({
    fetch: async (request: Request) => {
      asked.push({ by, request });
      if (broken.includes(by)) throw new Error('gone');
      return new Response(by);
    },
  });
  const env = Object.fromEntries(WORKERS.map((name) => [name, part(name)])) as unknown as SiteBindings;
  const open = (path: string, init?: RequestInit) => openFrontDoor(new Request(`http://site.test${path}`, init), env, {}, part('PAGES'), 'v1');
  return { asked, open };
}

test('each public prefix goes to the Worker that owns it', async () => {
  const { open } = stack();
  for (const [prefix, owner] of OWNERS) {
    assert.equal(await (await open(prefix)).text(), owner, prefix);
    assert.equal(await (await open(`${prefix}/x?y=1`)).text(), owner, prefix);
  }
});

test('a namesake of a prefix is not the prefix', () => {
  assert.equal(ownerOf('/v1/eventsource'), undefined);
  assert.equal(ownerOf('/v1/me'), 'AUTH');
  assert.equal(ownerOf('/v1/metrics'), undefined);
  assert.equal(ownerOf('/hooks/stripe'), 'WEBHOOKS');
});

test('internal paths and unowned API paths are 404 for everyone, and nobody behind hears of them', async () => {
  const { asked, open } = stack();
  for (const path of ['/internal', '/internal/sessions/introspect', '/v1', '/v1/nope', '/hooksx/../internal/x']) {
    const answer = await open(path, { method: 'POST', headers: { 'x-internal-key': 'guess' } });
    assert.equal(answer.status, 404, path);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.equal((await answer.json()).code, 'not_found');
  }
  assert.equal(asked.length, 0);
});

test('the internal key of a caller never passes', async () => {
  const { asked, open } = stack();
  for (const path of ['/v1/prices/evt_1', '/hooks/stripe', '/']) await open(path, { headers: { 'x-internal-key': 'stolen', accept: 'text/html' } });
  assert.equal(asked.length, 3);
  for (const { request } of asked) {
    assert.equal(request.headers.get('x-internal-key'), null);
    assert.equal(request.headers.get('accept'), 'text/html');
  }
});

test('method and body reach the owner as they came', async () => {
  const { asked, open } = stack();
  await open('/hooks/stripe', { method: 'POST', body: '{"id":"evt"}' });
  assert.equal(asked[0]?.request.method, 'POST');
  assert.equal(await asked[0]?.request.text(), '{"id":"evt"}');
});

test('a request id is made where none of ours came, and kept where one did', async () => {
  const { asked, open } = stack();
  const own = `req_${'a'.repeat(32)}`;
  await open('/v1/events', { headers: { 'x-request-id': own } });
  await open('/v1/events', { headers: { 'x-request-id': 'x'.repeat(5_000) } });
  assert.equal(asked[0]?.request.headers.get('x-request-id'), own);
  assert.match(asked[1]?.request.headers.get('x-request-id') ?? '', /^req_[0-9a-f]{32}$/);
});

test('pages carry a policy whose nonce is new each time and is the one the page server saw', async () => {
  const { asked, open } = stack();
  const nonces = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const answer = await open('/', { headers: { 'content-security-policy': "script-src 'nonce-attacker'" } });
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
    assert.ok(nonce);
    assert.equal(asked[turn]?.request.headers.get('content-security-policy'), `script-src 'nonce-${nonce}'`);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    nonces.push(nonce);
  }
  assert.notEqual(nonces[0], nonces[1]);
});

test('a form of another origin is refused before any page sees it', async () => {
  const { asked, open } = stack();
  const post = (headers: Record<string, string>) => open('/alerts', { method: 'POST', headers });
  assert.equal((await post({ origin: 'https://evil.test' })).status, 403);
  assert.equal((await post({ origin: 'null' })).status, 403);
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await post({})).status, 403);
  assert.equal(asked.length, 0);
  assert.equal((await post({ origin: 'http://site.test' })).status, 200);
  assert.equal((await post({ 'sec-fetch-site': 'same-origin' })).status, 200);
});

test('health says which Worker does not answer', async () => {
  const well = await stack().open('/healthz');
  assert.equal(well.status, 200);
  const ill = await stack(['AUTH']).open('/healthz');
  assert.equal(ill.status, 503);
  const body = await ill.json();
  assert.equal(body.version, 'v1');
  assert.deepEqual([body.bindings.AUTH, body.bindings.PRICING], ['unreachable', 'ok']);
});
