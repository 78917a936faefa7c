// auth on the runtime: registration, sessions, limits, and what other Workers ask it.
import assert from 'node:assert/strict';
import { argon2Sync, createHash, createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import {
  PASSWORD, answered, bearer, jsonInit, newAddress, newPerson, register, signIn, verificationTokens, verify,
} from '../lib/people.mjs';

let harness;
before(async () => { harness = await startHarness({ sandboxArgs: ['--calm'] }); });
after(() => harness?.stop());

const code = async (response) => [response.status, (await response.json()).code];
const me = (session) => harness.open('/v1/me', { headers: bearer(session) });
const refresh = (token, headers = {}) => harness.open('/v1/auth/refresh', jsonInit('POST', { refresh_token: token }, headers));
const introspect = (token) => harness.internal('auth', '/internal/sessions/introspect', jsonInit('POST', { token }));

describe('registering', () => {
  test('leads from a form over a mail to a proved address and a channel', async () => {
    const email = newAddress();
    await answered(register(harness, `  ${email.toUpperCase()} `), 202);
    const [token] = await verificationTokens(harness, email);
    const early = await answered(signIn(harness, email), 200);
    assert.equal(early.user.email_verified, false);
    await answered(verify(harness, token), 200);
    const now = await answered(me(early), 200);
    assert.deepEqual([now.email, now.email_verified, now.entitlements.plan], [email, true, 'free']);
    const { channels } = await answered(harness.open('/v1/channels', { headers: bearer(early) }), 200);
    assert.ok(channels.some((channel) => channel.kind === 'email'));
  });

  test('a second click on the link is answered like the first', async () => {
    const email = newAddress();
    await answered(register(harness, email), 202);
    const [token] = await verificationTokens(harness, email);
    for (let click = 0; click < 3; click += 1) await answered(verify(harness, token), 200);
    await harness.rows('UPDATE verifications SET expires_at_ms = 1 WHERE user_id = (SELECT id FROM users WHERE email = ?)', email);
    assert.deepEqual(await code(await verify(harness, token)), [400, 'token_invalid']);
  });

  test('a known address gets the same answer, and its owner a mail that says so', async () => {
    const { email } = await newPerson(harness);
    const known = await register(harness, email, 'another password altogether');
    const unknown = await register(harness, newAddress(), 'another password altogether');
    const shape = async (response) => {
      const headers = Object.fromEntries(response.headers);
      for (const own of ['x-request-id', 'date', 'ratelimit', 'content-length']) delete headers[own];
      return { status: response.status, body: await response.text(), headers };
    };
    assert.deepEqual(await shape(known), await shape(unknown));
    await eventually('the mail to the owner', async () =>
      (await harness.sandbox.inbox(email)).some(({ subject }) => subject === 'You already have an account'));
    await answered(signIn(harness, email), 200);
    assert.deepEqual(await code(await signIn(harness, email, 'another password altogether')), [401, 'wrong_credentials']);
  });

  test('who registered my address before me has nothing once I prove it', async () => {
    const email = newAddress();
    await answered(register(harness, email, 'the password of a stranger'), 202);
    const stranger = await answered(signIn(harness, email, 'the password of a stranger'), 200);
    const [first] = await verificationTokens(harness, email);
    await answered(register(harness, email, 'the password of the owner'), 202);
    const [mine] = (await verificationTokens(harness, email, 2)).filter((token) => token !== first);
    await answered(verify(harness, mine), 200);
    assert.deepEqual(await code(await me(stranger)), [401, 'unauthenticated']);
    assert.deepEqual(await code(await signIn(harness, email, 'the password of a stranger')), [401, 'wrong_credentials']);
    await answered(signIn(harness, email, 'the password of the owner'), 200);
    assert.deepEqual(await code(await verify(harness, first)), [400, 'token_invalid']);
  });

  test('somebody signed in can have the link sent again, until the address is proved', async () => {
    const email = newAddress();
    await answered(register(harness, email), 202);
    const session = await answered(signIn(harness, email), 200);
    const resend = () => harness.open('/v1/auth/resend', { method: 'POST', headers: bearer(session) });
    await answered(resend(), 202);
    const tokens = await verificationTokens(harness, email, 2);
    await answered(verify(harness, tokens[0]), 200);
    await answered(me(session), 200);
    await answered(resend(), 202);
    assert.equal((await harness.sandbox.inbox(email)).length, 2);
  });

  test('what cannot be accepted is named by field', async () => {
    for (const [email, password, field] of [
      ['not an address', PASSWORD, 'email'], [newAddress(), 'short', 'password'], [newAddress(), 'password1', 'password'],
      [newAddress(), 'x'.repeat(1025), 'password'],
    ]) {
      const problem = await answered(register(harness, email, password), 422);
      assert.deepEqual([problem.code, problem.errors[0].field], ['validation_failed', field]);
    }
  });

  test('five mails an hour to one address are enough', async () => {
    const email = newAddress();
    for (let time = 0; time < 5; time += 1) await answered(register(harness, email), 202);
    const refused = await register(harness, email);
    assert.deepEqual(await code(refused), [429, 'rate_limited']);
    assert.ok(Number(refused.headers.get('retry-after')) > 3500);
  });
});

describe('what is stored', () => {
  test('is a peppered argon2id hash of the promised cost, and no token in the clear', async () => {
    const { email, session } = await newPerson(harness);
    const [{ password_hash: hash }] = await harness.rows(
      'SELECT c.password_hash FROM credentials c JOIN users u ON u.id = c.user_id WHERE u.email = ?', email);
    assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    const tables = ['users', 'credentials', 'verifications', 'sessions', 'access_tokens', 'refresh_tokens'];
    const all = JSON.stringify(await Promise.all(tables.map((table) => harness.rows(`SELECT * FROM ${table}`))));
    for (const secret of [PASSWORD, session.access_token, session.refresh_token]) assert.ok(!all.includes(secret));
    assert.ok(!/rc[arv]_/.test(all));
  });

  /** The PHC string that another implementation of argon2 makes of a password, with parameters of an earlier day. */
  function hashOfOldDays(password) {
    const key = createHash('sha256').update(harness.vars.PEPPER).digest();
    const secret = createHmac('sha256', key).update('password\0').digest();
    const nonce = Buffer.alloc(16, 7);
    const tag = argon2Sync('argon2id', { message: password, nonce, secret, parallelism: 1, tagLength: 32, memory: 7168, passes: 5 });
    const base64 = (bytes) => bytes.toString('base64').replaceAll('=', '');
    return `$argon2id$v=19$m=7168,t=5,p=1$${base64(nonce)}$${base64(tag)}`;
  }

  test('is renewed by signing in when its cost is of an earlier day', async () => {
    const { email } = await newPerson(harness);
    const person = '(SELECT id FROM users WHERE email = ?)';
    const stored = async () => (await harness.rows(`SELECT password_hash FROM credentials WHERE user_id = ${person}`, email))[0].password_hash;
    const old = hashOfOldDays(PASSWORD);
    await harness.rows(`UPDATE credentials SET password_hash = ? WHERE user_id = ${person}`, old, email);
    assert.equal((await signIn(harness, email, 'not my password')).status, 401);
    assert.equal(await stored(), old, 'a wrong password renews nothing');
    await answered(signIn(harness, email), 200);
    const renewed = await stored();
    assert.match(renewed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await answered(signIn(harness, email), 200);
    assert.equal(await stored(), renewed, 'a current one is left alone');
  });

  test('logs hold no password, token or address', async () => {
    const { email, session } = await newPerson(harness);
    await signIn(harness, email, 'wrong password here');
    const text = JSON.stringify(harness.logs());
    assert.ok(text.includes('"worker":"auth"'), 'there are logs to look at');
    for (const secret of [email, PASSWORD, session.access_token, session.refresh_token]) assert.ok(!text.includes(secret));
  });
});

describe('signing in', () => {
  /** The limiter of an account: named so that nobody reads the address off it. */
  function limiterName(email) {
    const key = createHash('sha256').update(harness.vars.PEPPER).digest();
    return `sign-in-account/${createHmac('sha256', key).update(`limiter-name\0${email}`).digest('hex')}`;
  }

  test('an attempt stays counted when its limiter is evicted', async () => {
    const { email } = await newPerson(harness);
    const left = async () => /"sign-in-account";r=(\d+)/.exec((await signIn(harness, email)).headers.get('ratelimit'))[1];
    assert.equal(await left(), '8');
    await harness.evict('auth', 'RateLimiter', limiterName(email));
    assert.equal(await left(), '7');
  });

  test('a wrong password and an unknown address are told apart by nothing, not even time', async () => {
    const { email } = await newPerson(harness);
    const timed = async (address) => {
      const start = performance.now();
      const response = await signIn(harness, address, 'not my password');
      const took = performance.now() - start;
      const { request_id: _, ...body } = await response.json();
      assert.equal(response.status, 401);
      return { took, body };
    };
    const known = [];
    const unknown = [];
    for (let round = 0; round < 5; round += 1) {
      known.push(await timed(email));
      unknown.push(await timed(newAddress()));
    }
    assert.deepEqual(known[0].body, unknown[0].body);
    const median = (times) => times.map(({ took }) => took).sort((a, b) => a - b)[2];
    const ratio = median(known) / median(unknown);
    assert.ok(ratio > 0.5 && ratio < 2, `a known address took ${ratio.toFixed(2)} times as long`);
  });

  test('exactly ten attempts in a quarter of an hour reach an account, however they come', async () => {
    const { email } = await newPerson(harness);
    const attempts = await Promise.all(Array.from({ length: 14 }, () => signIn(harness, email, 'not my password')));
    const count = (status) => attempts.filter((response) => response.status === status).length;
    // The sign-in of newPerson was the first of the ten.
    assert.deepEqual([count(401), count(429)], [9, 5]);
    const refused = attempts.find(({ status }) => status === 429);
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 900);
    assert.match(refused.headers.get('ratelimit-policy'), /"sign-in-account";q=10;w=900/);
    assert.match(refused.headers.get('ratelimit'), new RegExp(`"sign-in-account";r=0;t=${wait}`));
    assert.deepEqual(await code(await signIn(harness, email)), [429, 'rate_limited'], 'the right password waits as well');
    await answered(signIn(harness, (await newPerson(harness)).email), 200);
  });

  test('sixty attempts in a quarter of an hour come from one address, at whatever accounts', async () => {
    const here = { 'cf-connecting-ip': '192.0.2.1' };
    const attempt = () => signIn(harness, newAddress(), 'not my password', here);
    const statuses = [];
    for (let round = 0; round < 8; round += 1) {
      statuses.push(...(await Promise.all(Array.from({ length: 8 }, attempt))).map(({ status }) => status));
    }
    assert.equal(statuses.filter((status) => status === 401).length, 60);
    assert.equal(statuses.filter((status) => status === 429).length, 4);
    assert.match((await attempt()).headers.get('ratelimit'), /"sign-in-address";r=0;t=\d+/);
    await answered(signIn(harness, (await newPerson(harness)).email), 200);
  });

  test('what is left is counted down', async () => {
    const { email } = await newPerson(harness);
    const left = async () => /"sign-in-account";r=(\d+)/.exec((await signIn(harness, email)).headers.get('ratelimit'))[1];
    assert.deepEqual([await left(), await left(), await left()], ['8', '7', '6']);
  });
});

describe('a session', () => {
  test('rotates: the new pair works, the used token does not, and its reuse ends everything', async () => {
    const { session: first } = await newPerson(harness);
    const second = await answered(refresh(first.refresh_token), 200);
    assert.notEqual(second.refresh_token, first.refresh_token);
    await answered(me(second), 200);
    const third = await answered(refresh(second.refresh_token), 200);
    assert.deepEqual(await code(await refresh(first.refresh_token)), [401, 'unauthenticated'], 'its answer had arrived');
    for (const session of [first, second, third]) {
      assert.deepEqual(await code(await me(session)), [401, 'unauthenticated']);
      assert.deepEqual(await code(await refresh(session.refresh_token)), [401, 'unauthenticated']);
    }
  });

  test('a lost answer is repeated to the same device, with the same pair', async () => {
    const { session } = await newPerson(harness);
    const lost = await answered(refresh(session.refresh_token), 200);
    const again = await answered(refresh(session.refresh_token), 200);
    assert.deepEqual(again, lost);
    const later = await answered(refresh(again.refresh_token), 200);
    await answered(me(later), 200);
  });

  test('another device gets no repeat, and neither does anybody after ten seconds', async () => {
    const { session: stolen } = await newPerson(harness);
    const mine = await answered(refresh(stolen.refresh_token), 200);
    assert.deepEqual(await code(await refresh(stolen.refresh_token, { 'user-agent': 'thief/1.0' })), [401, 'unauthenticated']);
    assert.deepEqual(await code(await me(mine)), [401, 'unauthenticated']);

    const { session: old } = await newPerson(harness);
    const next = await answered(refresh(old.refresh_token), 200);
    await harness.rows('UPDATE refresh_tokens SET used_at_ms = used_at_ms - 10100 WHERE used_at_ms IS NOT NULL');
    assert.deepEqual(await code(await refresh(old.refresh_token)), [401, 'unauthenticated']);
    assert.deepEqual(await code(await me(next)), [401, 'unauthenticated']);
    assert.ok(harness.logs().some(({ event }) => event === 'refresh_token_reused'));
  });

  test('twenty tabs that renew at once end with one pair', async () => {
    const { session } = await newPerson(harness);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(session.refresh_token)));
    const pairs = await Promise.all(answers.map((answer) => answered(Promise.resolve(answer), 200)));
    assert.deepEqual([...new Set(pairs.map(({ refresh_token: token }) => token))].length, 1);
    assert.deepEqual([...new Set(pairs.map(({ access_token: token }) => token))].length, 1);
    await answered(me(pairs[19]), 200);
  });

  test('ends by signing out: the next request anywhere is refused', async () => {
    const { session } = await newPerson(harness);
    await answered(introspect(session.access_token), 200);
    await answered(harness.open('/v1/auth/sign-out', { method: 'POST', headers: bearer(session) }), 204);
    assert.deepEqual(await code(await introspect(session.access_token)), [401, 'unauthenticated']);
    assert.deepEqual(await code(await refresh(session.refresh_token)), [401, 'unauthenticated']);
    assert.deepEqual(await code(await harness.open('/v1/billing', { headers: bearer(session) })), [401, 'unauthenticated']);
  });

  test('access lasts a quarter of an hour, refreshing thirty days, all of it ninety', async () => {
    const { email } = await newPerson(harness);
    const session = await answered(signIn(harness, email), 200);
    const minutes = (text) => Math.round((Date.parse(text) - Date.now()) / 60_000);
    assert.equal(minutes(session.access_expires_at), 15);
    assert.equal(minutes(session.refresh_expires_at), 30 * 24 * 60);
    await harness.rows('UPDATE access_tokens SET expires_at_ms = 1');
    assert.deepEqual(await code(await me(session)), [401, 'unauthenticated']);
    await harness.rows('UPDATE sessions SET ends_at_ms = ?', Date.now() + 60_000);
    const last = await answered(refresh(session.refresh_token), 200);
    assert.equal(minutes(last.refresh_expires_at), 1);
  });

  test('is listed to its person, who may end it; to others it does not exist', async () => {
    const { email, session: here } = await newPerson(harness);
    const there = await answered(signIn(harness, email), 200);
    const { session: other } = await newPerson(harness);
    const list = async (session) => (await answered(harness.open('/v1/auth/sessions', { headers: bearer(session) }), 200)).sessions;
    const end = (id, session) => harness.open(`/v1/auth/sessions/${id}`, { method: 'DELETE', headers: bearer(session) });
    const both = await list(here);
    assert.deepEqual(both.map(({ current }) => current).sort(), [false, true]);
    const { id } = both.find(({ current }) => !current);
    assert.deepEqual(await code(await end(id, other)), [404, 'not_found']);
    assert.deepEqual(await code(await end('ses_nonsense', here)), [404, 'not_found']);
    await answered(end(id, here), 204);
    assert.deepEqual(await code(await me(there)), [401, 'unauthenticated']);
    await answered(me(here), 200);
    assert.equal((await list(here)).length, 1);
  });
});

describe('other Workers', () => {
  test('ask with the shared key; without it the paths do not exist', async () => {
    const { session } = await newPerson(harness);
    const principal = await answered(introspect(session.access_token), 200);
    assert.deepEqual(principal, {
      user_id: session.user.id, email_verified: true, entitlements: { plan: 'free', max_alerts: 5, sms: false },
    });
    const body = jsonInit('POST', { token: session.access_token });
    assert.equal((await harness.call('auth', '/internal/sessions/introspect', body)).status, 404);
    const wrong = jsonInit('POST', { token: session.access_token }, { 'x-internal-key': 'guess' });
    assert.equal((await harness.call('auth', '/internal/sessions/introspect', wrong)).status, 404);
    assert.equal((await harness.open('/internal/sessions/introspect', body)).status, 404);
  });

  test('set entitlements whose version only grows and whose end is the clock', async () => {
    const { session } = await newPerson(harness);
    const set = (plan, version, until) => harness.internal('auth', '/internal/entitlements', jsonInit('PUT', {
      user_id: session.user.id, plan, version, valid_until: until,
    }));
    const plan = async () => (await answered(me(session), 200)).entitlements.plan;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await answered(set('premium', 5, tomorrow), 204);
    assert.equal(await plan(), 'premium');
    await answered(set('free', 4, null), 204);
    assert.equal(await plan(), 'premium', 'an older word changes nothing');
    await answered(set('free', 5, null), 204);
    assert.equal(await plan(), 'premium', 'the same word twice changes nothing');
    await answered(set('premium', 6, new Date(Date.now() - 1000).toISOString()), 204);
    assert.equal(await plan(), 'free', 'paid until a second ago');
    await answered(set('premium', 7, tomorrow), 204);
    assert.deepEqual((await answered(me(session), 200)).entitlements, { plan: 'premium', max_alerts: 100, sms: true });
    const nobody = { user_id: `usr_${'0'.repeat(32)}`, plan: 'premium', version: 1, valid_until: null };
    assert.deepEqual(await code(await harness.internal('auth', '/internal/entitlements', jsonInit('PUT', nobody))), [404, 'not_found']);
  });
});

describe('a watchlist', () => {
  const event = `evt_${'a'.repeat(32)}`;
  before(async () => {
    await harness.rows(`INSERT INTO venues (id, name, created_at_ms) VALUES ('ven_1', 'Hall', 1)`);
    await harness.rows(`INSERT INTO events (id, venue_id, name, performers, date_tbd, time_tbd, status, addon, lead_market, sort_at_ms, created_at_ms)
      VALUES (?, 'ven_1', 'A night', '[]', 0, 0, 'scheduled', 0, 'seatgeek', 1, 1)`, event);
  });
  const request = (session, method, id = '') => harness.open(`/v1/watchlists${id && `/${id}`}`, { method, headers: bearer(session) });
  const ids = async (session) => (await answered(request(session, 'GET'), 200)).events.map(({ event_id: id }) => id);

  test('holds an event once, for its person only', async () => {
    const { session } = await newPerson(harness);
    const { session: other } = await newPerson(harness);
    for (let time = 0; time < 2; time += 1) await answered(request(session, 'PUT', event), 204);
    assert.deepEqual(await ids(session), [event]);
    assert.deepEqual(await ids(other), []);
    await answered(request(other, 'DELETE', event), 204);
    assert.deepEqual(await ids(session), [event]);
    for (let time = 0; time < 2; time += 1) await answered(request(session, 'DELETE', event), 204);
    assert.deepEqual(await ids(session), []);
  });

  test('knows no event that does not exist, and no more than 200', async () => {
    const { session } = await newPerson(harness);
    for (const id of [`evt_${'b'.repeat(32)}`, 'evt_1', '%00']) {
      assert.deepEqual(await code(await request(session, 'PUT', id)), [404, 'not_found'], id);
    }
    await harness.rows(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      INSERT INTO events (id, venue_id, name, performers, date_tbd, time_tbd, status, addon, lead_market, sort_at_ms, created_at_ms)
      SELECT printf('evt_%032x', i), 'ven_1', 'A night', '[]', 0, 0, 'scheduled', 0, 'seatgeek', 1, 1 FROM n`);
    await harness.rows(`INSERT INTO watchlists (user_id, event_id, added_at_ms)
      SELECT ?, id, 1 FROM events WHERE id <> ?`, session.user.id, event);
    assert.deepEqual(await code(await request(session, 'PUT', event)), [403, 'limit_reached']);
  });
});

describe('bad input', () => {
  const long = JSON.stringify({ email: newAddress(), password: 'x'.repeat(20_000) });
  for (const [what, path, init, status, problem] of [
    ['no JSON', '/v1/auth/sign-in', { ...jsonInit('POST', 0), body: '{"email":' }, 400, 'invalid_body'],
    ['wrong types', '/v1/auth/sign-in', jsonInit('POST', { email: 1, password: [] }), 400, 'invalid_body'],
    ['an unknown field', '/v1/auth/register', jsonInit('POST', { email: 'a@b.co', password: PASSWORD, admin: true }), 400, 'invalid_body'],
    ['an empty body', '/v1/auth/refresh', { ...jsonInit('POST', 0), body: '' }, 400, 'invalid_body'],
    ['bytes that are no UTF-8', '/v1/auth/verify', { ...jsonInit('POST', 0), body: new Uint8Array([0x7b, 0xff, 0xfe]) }, 400, 'invalid_body'],
    ['too large a body', '/v1/auth/register', { ...jsonInit('POST', 0), body: long }, 413, 'body_too_large'],
    ['a form', '/v1/auth/sign-in', { method: 'POST', body: new URLSearchParams({ email: 'a@b.co' }) }, 415, 'unsupported_media_type'],
    ['another method', '/v1/auth/sign-in', { method: 'GET' }, 405, 'method_not_allowed'],
    ['a method nobody knows', '/v1/me', { method: 'PROPFIND' }, 405, 'method_not_allowed'],
    ['no such path', '/v1/auth/elsewhere', { method: 'GET' }, 404, 'not_found'],
    ['no token', '/v1/me', {}, 401, 'unauthenticated'],
    ['a token of another kind', '/v1/me', { headers: { authorization: `Bearer rcr_${'A'.repeat(43)}` } }, 401, 'unauthenticated'],
    ['a token nobody has', '/v1/me', { headers: { authorization: `Bearer rca_${'A'.repeat(43)}` } }, 401, 'unauthenticated'],
    ['SQL as a token', '/v1/auth/refresh', jsonInit('POST', { refresh_token: "rcr_' OR 1=1 --" }), 401, 'unauthenticated'],
    ['a link nobody sent', '/v1/auth/verify', jsonInit('POST', { token: `rcv_${'A'.repeat(43)}` }), 400, 'token_invalid'],
  ]) {
    test(`${problem}: ${what}`, async () => {
      const response = await harness.open(path, init);
      assert.equal(response.headers.get('content-type'), 'application/problem+json');
      assert.deepEqual(await code(response), [status, problem]);
    });
  }
});

test('health names the version and each binding', async () => {
  const health = await answered(harness.call('auth', '/healthz'), 200);
  assert.deepEqual(health.bindings, ['DB', 'RATE_LIMITER', 'NOTIFICATIONS'].map((name) => ({ name, ok: true })));
});
