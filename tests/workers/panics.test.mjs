// What a panic does on the runtime, shown by a Worker that panics on command (tests/probe) and is built as the product is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTestHarness } from 'wrangler';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { buildRecord } from '../../scripts/lib/workers-build.mjs';
import { workerNames } from '../../scripts/lib/workers.mjs';
import { eventually } from '../lib/harness.mjs';

const record = buildRecord('probe');
const unwinds = record?.flavour === 'unwind';
/** An object call is given up after 4 s (edge::object). */
const PROMPTLY_MS = 5_000;

let server;
let probe;
before(async () => {
  assert.ok(record, 'the probe is not built: node scripts/build.mjs --only probe');
  server = createTestHarness({ workers: [{ configPath: inRoot('tests', 'probe', 'wrangler.toml') }] });
  await server.listen();
  probe = server.getWorker('rip-city-probe');
  await (await get('/slow')).arrayBuffer();
});
after(() => server?.close());

const get = (path) => probe.fetch(`http://probe${path}`);
const post = (path, body) => probe.fetch(`http://probe${path}`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
});
const object = (name, command) => post(`/objects/${name}/${command}`);
const words = async (name) => (await object(name, 'read')).json();

/** Statuses of three slow requests that are in flight while `accident` happens, and its answer and time. */
async function beside(accident, neighbour = () => get('/slow')) {
  const neighbours = Array.from({ length: 3 }, async () => {
    const answer = await neighbour();
    await answer.arrayBuffer();
    return answer.status;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const start = performance.now();
  const answer = await accident();
  const ms = performance.now() - start;
  return { answer, text: await answer.text(), ms, neighbours: await Promise.all(neighbours) };
}

/** Unwinding, nobody notices. Aborting, whoever is in flight in the same isolate may fail, but is answered. */
function assertUnharmed(statuses, status) {
  if (unwinds) assert.deepEqual(statuses, statuses.map(() => status));
  else assert.ok(statuses.every((found) => [status, 500, 502].includes(found)), statuses.join());
}

test('the product is built with the same panic strategy as the probe', () => {
  for (const name of workerNames) assert.equal(buildRecord(name)?.flavour, record.flavour, name);
});

describe('a request that panics', () => {
  test('fails alone, with a problem that keeps the panic\'s text to itself', async () => {
    const { answer, text, neighbours } = await beside(() => get('/panic'));
    assert.equal(answer.status, 500);
    assert.doesNotMatch(text, /secret/);
    if (unwinds) {
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.equal(JSON.parse(text).code, 'internal');
    }
    assertUnharmed(neighbours, 204);
  });

  test('fails alone even where no frame of ours is round it', async () => {
    // The harness throws here what the platform makes an error page of.
    const thrown = (error) => Response.json({ thrown: String(error) }, { status: 500 });
    const { answer, neighbours } = await beside(() => get('/bare-panic').catch(thrown));
    assert.equal(answer.status, 500);
    assertUnharmed(neighbours, 204);
  });

  test('leaves the isolate able to answer', async () => {
    await (await get('/panic')).arrayBuffer();
    assert.equal((await get('/slow')).status, 204);
  });
});

describe('an object that panics', () => {
  for (const [command, status, code] of [['panic', 502, 'upstream_failed'], ['bare-panic', 500, 'internal']]) {
    test(`has its caller answered promptly, and its neighbours in peace (${command})`, async () => {
      const { answer, text, ms, neighbours } = await beside(() => object('one', command), () => object('other', 'slow'));
      // Without unwinding the object never answers, and its caller gives up by itself.
      assert.deepEqual([answer.status, JSON.parse(text).code], unwinds ? [status, code] : [502, 'upstream_failed']);
      assert.doesNotMatch(text, /on command/);
      assert.ok(ms < PROMPTLY_MS, `${ms} ms`);
      assertUnharmed(neighbours, 200);
    });
  }

  test('does not disturb what it is doing for others at that moment', async () => {
    const { answer, neighbours } = await beside(() => object('busy', 'panic'), () => object('busy', 'slow'));
    assert.equal(answer.status, 502);
    assertUnharmed(neighbours, 200);
  });

  test('keeps what it had written, and goes on', async () => {
    await (await object('written', 'panic')).arrayBuffer();
    assert.deepEqual(await words('written'), ['before the panic']);
  });
});

test('an alarm that panics is run again, and harms no request', async () => {
  const { neighbours } = await beside(() => object('alarmed', 'panic-in-alarm'));
  assertUnharmed(neighbours, 204);
  await eventually('the alarm ran again', async () => (await words('alarmed')).length >= 2, 20_000);
  assert.deepEqual(await words('alarmed'), ['alarm', 'alarm']);
});

describe('a message that panics', () => {
  test('goes to the dead letters alone: the others of its batch are settled, once, and nothing is lost', async () => {
    const sent = ['first', 'panic', 'second', 'third'];
    const { neighbours } = await beside(() => post('/messages', sent));
    const ledger = await eventually('every message is accounted for', async () => {
      const rows = await words('ledger');
      return sent.every((text) => rows.some((row) => row.endsWith(`: ${text}`))) && rows;
    }, 20_000);
    assert.ok(ledger.includes('probe-dlq: panic'), ledger.join());
    if (unwinds) {
      assert.deepEqual(ledger.filter((row) => !row.includes('panic')).sort(), ['probe: first', 'probe: second', 'probe: third']);
    }
    assertUnharmed(neighbours, 204);
  });
});
