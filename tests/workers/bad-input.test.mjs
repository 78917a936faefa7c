// Whatever comes in, and whatever is missing inside: a clear problem with a stable code, promptly, and never a 500 of a caller's making.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { problem } from '../lib/market.mjs';

const ID = `evt_${'0'.repeat(32)}`;
/** A caller waits no longer than this, whatever is broken. */
const PROMPTLY_MS = 5_000;

/** Routes of the two Workers with the methods each takes. */
const ROUTES = [
  ['aggregator', '/v1/events', 'GET'], ['aggregator', '/v1/search', 'GET'], ['aggregator', `/v1/events/${ID}`, 'GET'],
  ['aggregator', '/v1/sources', 'GET'], ['aggregator', '/v1/sources/wake', 'POST'], ['aggregator', '/v1/sources/messages', 'GET'],
  ['aggregator', '/v1/sources/nowhere/plan', 'GET'], ['aggregator', '/v1/sources/seatgeek/fees', 'GET'],
  ['aggregator', '/v1/sources/seatgeek/backfill', 'POST'], ['aggregator', '/v1/sources/feed/push', 'POST'],
  ['aggregator', `/v1/events/${ID}/listings`, 'GET'], ['aggregator', `/v1/events/${ID}/merge`, 'POST'], ['aggregator', `/v1/events/${ID}/split`, 'POST'],
  ['aggregator', '/v1/events/reviews', 'GET'], ['aggregator', '/v1/events/merges', 'GET'],
  ['aggregator', '/v1/search/suggest', 'GET'], ['aggregator', '/v1/venues', 'GET'], ['aggregator', '/v1/venues/ven_1', 'GET'],
  ['pricing', '/v1/prices', 'GET'], ['pricing', `/v1/prices/${ID}`, 'GET'], ['pricing', '/v1/deals', 'GET'], ['pricing', '/v1/deals/me', 'GET'], ['pricing', `/v1/prices/${ID}/moves`, 'GET'],
];

describe('from outside', () => {
  let harness;
  before(async () => (harness = await startHarness({ sandbox: false })));
  after(() => harness?.stop());

  for (const [, path, takes] of ROUTES) {
    test(`${path} takes ${takes} and refuses every other method by name`, async () => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'MKCOL', 'PURGE']) {
        if (method === takes) continue;
        assert.deepEqual(await problem(await harness.open(path, { method })), [405, 'method_not_allowed'], method);
      }
    });
  }

  test('HEAD is answered as GET wherever there is one, without the body', async () => {
    for (const [, path] of ROUTES) {
      const [get, head] = [await harness.open(path), await harness.open(path, { method: 'HEAD' })];
      await get.arrayBuffer();
      assert.equal(await head.text(), '', path);
      const told = (answer) => [answer.status, ...['content-type', 'cache-control', 'x-content-type-options'].map((name) => answer.headers.get(name))];
      assert.deepEqual(told(head), told(get), path);
      assert.match(head.headers.get('x-request-id'), /^req_[0-9a-f]{32}$/);
    }
  });

  test('what is no path of ours is not found, below our prefixes too', async () => {
    for (const path of ['/v1/venues/a/b', '/v1/outlook', '/v1/accuracy/a/b', '/v1/events/a/b', '/v1/prices/a/b/c', '/v1/deals/1', '/v1/sources/sleep', '/v1/search/x',
      '/v1/events/..%2f..%2finternal', '/v1/events/%ff%fe', `/v1/events/${'x'.repeat(12_000)}`]) {
      assert.deepEqual(await problem(await harness.open(path)), [404, 'not_found'], path.slice(0, 60));
    }
  });

  test('odd and oversized questions are answered or refused, never a 500', async () => {
    const queries = ['?', '?&&&', '?=', '?q', '?q=%', '?q=%zz%', '?q=%F0%9F', '?q=%00', `?q=${'a'.repeat(12_000)}`, `?q=${'a+'.repeat(5_000)}`,
      `?${'limit=5&'.repeat(1_000)}`, '?limit=5&limit=x', '?limit=%35', '?LIMIT=0', '?limit[]=1', '?cursor=', '?cursor=%00', `?cursor=${'9'.repeat(400)}.${ID}`,
      `?cursor=-9223372036854775808.${ID}`, `?cursor=9223372036854775807.${ID}`, '?from=0000-00-00T00:00:00Z', '?from=9999-12-31T23:59:59Z', '?from=-262143-01-01T00:00:00Z',
      '?from=%2B262142-12-31T23:59:59Z', '?to=2026-11-21T00:00:00%2B23:59', '?city=%27%20OR%201=1--', '?city=%00', '?min_score=00000000000000001', '?resolution=RAW', '?resolution=%00'];
    for (const [, path] of ROUTES.filter(([, , takes]) => takes === 'GET')) {
      for (const query of queries) {
        const answer = await harness.open(path + query);
        assert.ok(answer.status < 500, `${answer.status} ${path}${query.slice(0, 60)}`);
        if (answer.status >= 400) await problem(answer);
        else await answer.arrayBuffer();
      }
    }
  });

  test('odd headers do no harm', async () => {
    const odd = [
      { 'x-request-id': 'req_\xe9\xff' }, { 'x-request-id': 'x'.repeat(8_000) }, { 'x-request-id': `req_${'A'.repeat(32)}` }, { authorization: 'Bearer \xff\xfe' },
      { authorization: 'Bearer' }, { authorization: `Bearer ${'x'.repeat(8_000)}` }, { cookie: '\xe4=\xf6' }, { 'x-internal-key': '\xff' }, { accept: '\xff' },
      { 'content-type': 'application/json; charset=\xe4' }, { 'if-none-match': '"\xff"' }, { range: 'bytes=0-0' }, { 'accept-language': 'tlh' }, { 'x-forwarded-for': "' OR 1=1" },
    ];
    for (const headers of odd) {
      for (const [, path, method] of ROUTES) {
        const answer = await harness.open(path, { method, headers });
        assert.ok(answer.status < 500, `${answer.status} ${path} ${JSON.stringify(headers).slice(0, 60)}`);
        assert.match(answer.headers.get('x-request-id'), /^req_[0-9a-f]{32}$/);
        await answer.arrayBuffer();
      }
    }
  });

  test('a body where none is expected changes nothing', async () => {
    for (const body of ['{', '\0', 'x'.repeat(1_000_000)]) {
      const answer = await harness.open('/v1/sources/wake', { method: 'POST', body });
      assert.deepEqual(await problem(answer), [401, 'unauthenticated']);
    }
  });

  test('a thousand requests of random parts never meet a 500', async () => {
    let state = 20_261_121;
    const random = (n) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const pick = (list) => list[random(list.length)];
    const parts = ['v1', 'events', 'search', 'sources', 'wake', 'prices', 'deals', 'internal', 'best', 'healthz', ID, 'evt_', '', '..', '%2f', '%', '\u00e9', "'", '%00', 'a'.repeat(300)];
    const names = ['q', 'limit', 'cursor', 'city', 'from', 'to', 'resolution', 'min_score', '', '%', 'é'];
    const values = ['', '1', '-1', '1e9', 'NaN', '99999999999999999999', '2026-11-21T00:00:00Z', 'raw', 'day', '"', '*', '%', '%00', '\u{1F39F}', ID, `1.${ID}`, "' OR ''='"];
    const one = async () => {
      const path = `/v1/${Array.from({ length: 1 + random(3) }, () => pick(parts)).join('/')}`;
      const query = Array.from({ length: random(4) }, () => `${pick(names)}=${pick(values)}`).join('&');
      const method = pick(['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'PROPFIND']);
      const worker = pick(['aggregator', 'pricing']);
      const answer = await harness.call(worker, `${path}?${query}`, { method });
      assert.ok(answer.status < 500, `${answer.status} ${worker} ${method} ${path}?${query}`);
      if (answer.status >= 400) await problem(answer);
      else await answer.arrayBuffer();
    };
    for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 25 }, one));
    const trouble = harness.logs().filter((line) => line.level === 'error' || /panic|hung/i.test(line.text ?? ''));
    assert.deepEqual(trouble.slice(0, 3), []);
  });

  test('what is internal is as if it were not there: at the Worker without the key, at the front door even with it', async () => {
    const shape = async (answer) => {
      const { request_id: _, ...body } = await answer.json();
      return [answer.status, body];
    };
    const nothing = await shape(await harness.call('pricing', '/v1/nothing'));
    const key = harness.vars.INTERNAL_KEY;
    for (const headers of [{}, { 'x-internal-key': '' }, { 'x-internal-key': 'guessed' }, { 'x-internal-key': key.slice(0, -1) }, { 'x-internal-key': `${key}x` }, { authorization: `Bearer ${key}` }]) {
      for (const [name, path] of [['pricing', `/internal/best/${ID}`], ['pricing', '/internal/nothing'], ['aggregator', '/internal/nothing']]) {
        assert.deepEqual(await shape(await harness.call(name, path, { headers })), nothing, JSON.stringify(headers));
      }
    }
    assert.deepEqual(await problem(await harness.internal('pricing', `/internal/best/${ID}`)), [404, 'not_found']);
    for (const path of [`/internal/best/${ID}`, '/internal', '//internal/best/x', `/v1/../internal/best/${ID}`, '/v1/prices/../../internal/best/x', '/INTERNAL/best/x']) {
      const answer = await harness.open(path, { headers: { 'x-internal-key': key } });
      assert.equal(answer.status, 404, path);
      assert.doesNotMatch(await answer.text(), /price/);
    }
  });
});

describe('a variable that is missing or wrong', () => {
  for (const [variable, value, also] of [['INTERNAL_KEY', '', ['pricing']], ['MARKET_CLOCK', 'about-noon', ['pricing']], ['OPERATOR_TOKEN', '', []], ['POLL_SECONDS', 'often', []]]) {
    test(`${variable} is named in a 503, its value is not`, async () => {
      const harness = await startHarness({ sandbox: false, vars: { [variable]: value } });
      try {
        for (const [name, path, method] of ROUTES.filter(([worker]) => worker === 'aggregator' || also.includes(worker))) {
          const answer = await harness.call(name, path, { method });
          const text = await answer.clone().text();
          assert.deepEqual(await problem(answer), [503, 'misconfigured'], path);
          assert.ok(text.includes(variable), text);
          if (value) assert.ok(!text.includes(value), text);
        }
        assert.equal((await harness.call('aggregator', '/healthz')).status, 503);
        await harness.cron('aggregator');
        await eventually('cron says so too', () => harness.logs().some((line) => line.event === 'wake_failed' && line.detail.includes(variable)));
      } finally {
        await harness.stop();
      }
    });
  }
});

describe('a binding that is dead', () => {
  let harness;
  /** Sets what the stand-in for the cache does; answers how often it was written to. */
  const cache = async (mode) => (await (await harness.call('pricing', `/late-cache?mode=${mode}`)).json()).writes;
  before(async () => {
    harness = await startHarness({
      sandbox: false,
      edit: {
        // A database without tables; objects and a queue that nobody bound.
        aggregator: (toml) => toml.replace('database_id = "rip-city-local"', 'database_id = "empty"')
          .replace(/\[\[durable_objects\.bindings\]\]\nname = "EVENT_INVENTORY"\nclass_name = "EventInventory"\n/, ''),
        pricing: (toml) => toml.replace('main = "build/index.js"', `main = ${JSON.stringify(inRoot('tests', 'lib', 'late-cache.mjs'))}`),
      },
    });
  });
  after(() => harness?.stop());

  const promptly = async (promise) => {
    const start = performance.now();
    const answer = await promise;
    assert.ok(performance.now() - start < PROMPTLY_MS, `${performance.now() - start} ms`);
    return answer;
  };

  test('a database without its tables is a problem that tells no SQL', async () => {
    for (const path of ['/v1/events', '/v1/sources', `/v1/events/${ID}`]) {
      const answer = await promptly(harness.open(path));
      const { request_id: _, ...told } = await answer.clone().json();
      assert.deepEqual(await problem(answer), [500, 'internal'], path);
      assert.doesNotMatch(JSON.stringify(told), /SQL|table|D1/i);
    }
    assert.ok(harness.logs().some((line) => line.event === 'failure' && /no such table/.test(line.cause)), 'the log knows why');
  });

  test('health names what cannot be reached', async () => {
    const answer = await promptly(harness.call('aggregator', '/healthz'));
    const { ok, bindings } = await answer.json();
    assert.deepEqual([answer.status, ok], [503, false]);
    assert.deepEqual(bindings.filter((binding) => !binding.ok).map(({ name }) => name).includes('EVENT_INVENTORY'), true);
  });

  for (const [mode, what] of [['late', 'shows everything a minute late'], ['hangs', 'hangs'], ['fails', 'fails'], ['rubbish', 'holds rubbish']]) {
    test(`deals are answered, and are of this moment, with a cache that ${what}`, async () => {
      const written = await cache(mode);
      for (let i = 0; i < 2; i += 1) {
        const asked = Date.now();
        const answer = await promptly(harness.open('/v1/deals'));
        const { deals, as_of: at } = await answer.json();
        assert.deepEqual([answer.status, deals], [200, []]);
        assert.ok(Date.parse(at) >= asked - 1_000, at);
      }
      assert.equal((await cache(mode)) > written, mode === 'late' || mode === 'rubbish');
      const health = await promptly(harness.call('pricing', '/healthz'));
      const { bindings } = await health.json();
      assert.equal(bindings.find(({ name }) => name === 'RESPONSES').ok, ['late', 'rubbish'].includes(mode));
    });
  }
});
