// The scripts' own rules: which service is real, how market time goes on, which Worker owns a path, what is stale,
// and what worker-build is told about the toolchain.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { backfill, options } from '../scripts/backfill.mjs';
import { SERVICES, liveServices, parseVars, personalVars, runVars, varsFile } from '../scripts/lib/environment.mjs';
import { fingerprint } from '../scripts/lib/fingerprint.mjs';
import { devClock, marketTime } from '../scripts/lib/market-clock.mjs';
import { portions, tables } from '../scripts/lib/past.mjs';
import { inRoot } from '../scripts/lib/paths.mjs';
import { RUST, WASM_BINDGEN, WORKER_BUILD } from '../scripts/lib/pins.mjs';
import { ownerOf } from '../scripts/lib/workers.mjs';
import { configs } from './lib/workspace.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'rip-city-scripts-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const run = (personal) => runVars({ origin: 'http://localhost:8787', sandbox: 'http://localhost:8790', personal });
const own = { SANDBOX_SECRET: 'a'.repeat(64) };

describe('real services and the sandbox', () => {
  test('without keys every outside service is the sandbox', () => {
    const vars = run(own);
    for (const name of Object.values(SERVICES).flatMap(({ bases }) => Object.keys(bases))) {
      assert.ok(vars[name].startsWith('http://localhost:8790/'), name);
    }
  });

  test('all keys of a service make that one real, and only that one', () => {
    const vars = run({ ...own, TICKETMASTER_KEY: 'real' });
    assert.equal(vars.TICKETMASTER_BASE, 'https://app.ticketmaster.com');
    assert.equal(vars.TICKETMASTER_KEY, 'real');
    assert.ok(vars.SEATGEEK_BASE.startsWith('http://localhost:8790/'));
    assert.deepEqual(liveServices({ ...own, TICKETMASTER_KEY: 'real' }), ['ticketmaster']);
  });

  test('half of the keys leave a service at the sandbox', () => {
    const vars = run({ ...own, STUBHUB_CLIENT_ID: 'real' });
    assert.ok(vars.STUBHUB_BASE.startsWith('http://localhost:8790/'));
    assert.ok(vars.STUBHUB_TOKEN_URL.startsWith('http://localhost:8790/'));
  });

  test('a base that a person names wins', () => {
    assert.equal(run({ ...own, STRIPE_BASE: 'http://localhost:12111' }).STRIPE_BASE, 'http://localhost:12111');
  });

  test('a run has a value for every variable and secret a Worker declares', () => {
    const vars = run({ ...own, INTERNAL_KEY: 'i', OPERATOR_TOKEN: 'o', UNSUBSCRIBE_KEY: 'u', PEPPER: 'p', RESEND_WEBHOOK_SECRET: 'w', STUBHUB_WEBHOOK_AUTHORIZATION: 's' });
    for (const { worker, config } of configs) {
      const declared = [...Object.keys(config.vars), ...config.secrets.required];
      assert.deepEqual(declared.filter((name) => !(name in vars)), [], worker);
    }
  });

  test('the secrets of a clone are made once, and what a person wrote stays', () => {
    const file = path.join(scratch, 'vars');
    writeFileSync(file, '# mine\nTICKETMASTER_KEY="abc"\n');
    const first = personalVars(file);
    assert.equal(first.TICKETMASTER_KEY, 'abc');
    assert.equal(first.OPERATOR_TOKEN.length, 64);
    const text = readFileSync(file, 'utf8');
    assert.deepEqual(personalVars(file), first);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  test('variables survive being written and read', () => {
    const vars = { A: 'b c', SITE_URL: 'http://x/?a=b', EMPTY: '' };
    assert.deepEqual(parseVars(varsFile(vars)), vars);
  });
});

describe('market time', () => {
  test('begins now and makes five days in the first minute, then an hour a minute', () => {
    const { clock } = devClock(path.join(scratch, 'fresh'));
    const [start] = clock.split(':').map(Number);
    assert.equal(marketTime(clock, start), start);
    assert.equal(marketTime(clock, start + 60_000), start + 5 * 86_400_000);
    assert.equal(marketTime(clock, start + 120_000), start + 5 * 86_400_000 + 3_600_000);
  });

  test('never goes back from one run to the next', () => {
    const dir = path.join(scratch, 'kept');
    mkdirSync(dir);
    const later = Date.now() + 90 * 86_400_000;
    writeFileSync(path.join(dir, 'market-clock.json'), JSON.stringify({ market_ms: later }));
    assert.ok(marketTime(devClock(dir).clock) >= later);
  });

  test('catches up with real time when that is ahead', () => {
    const dir = path.join(scratch, 'old');
    mkdirSync(dir);
    writeFileSync(path.join(dir, 'market-clock.json'), JSON.stringify({ market_ms: 1_000 }));
    const before = Date.now();
    assert.ok(marketTime(devClock(dir).clock) >= before);
  });

  test('is real time without a clock', () => {
    assert.equal(marketTime('', 42), 42);
  });
});

describe('the prefix table', () => {
  for (const [pathname, owner] of [
    ['/v1/events', 'aggregator'], ['/v1/events/evt_1', 'aggregator'], ['/v1/search', 'aggregator'], ['/v1/searches', 'auth'],
    ['/v1/me', 'auth'], ['/v1/metrics', undefined], ['/v1/prices/evt_1', 'pricing'], ['/hooks/stripe', 'webhooks'],
    ['/hooks', 'webhooks'], ['/hooksy', undefined], ['/internal/sessions/introspect', undefined], ['/', undefined],
  ]) {
    test(`${pathname} belongs to ${owner ?? 'no Worker'}`, () => assert.equal(ownerOf(pathname)?.name, owner));
  }
});

describe('fingerprints', () => {
  const dir = path.join(scratch, 'tree');
  mkdirSync(path.join(dir, 'build'), { recursive: true });
  writeFileSync(path.join(dir, 'a.rs'), 'one');

  test('change with a byte, a name and a version, not with results', () => {
    const first = fingerprint([dir], ['1']);
    writeFileSync(path.join(dir, 'build', 'out.js'), 'result');
    assert.equal(fingerprint([dir], ['1']), first);
    assert.notEqual(fingerprint([dir], ['2']), first);
    writeFileSync(path.join(dir, 'b.rs'), 'one');
    const second = fingerprint([dir], ['1']);
    assert.notEqual(second, first);
    writeFileSync(path.join(dir, 'b.rs'), 'two');
    assert.notEqual(fingerprint([dir], ['1']), second);
  });
});

describe('pins', () => {
  test('are exact versions', () => {
    for (const version of [RUST, WORKER_BUILD, WASM_BINDGEN]) assert.match(version, /^\d+\.\d+\.\d+$/);
  });

  test('npm tools are pinned exactly', () => {
    const { devDependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
    for (const [name, version] of Object.entries(devDependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });
});

describe('the stand-ins for tools that worker-build calls', { skip: process.platform === 'win32' }, () => {
  const bin = path.join(scratch, 'bin');
  mkdirSync(bin);
  const sysroot = path.join(scratch, 'sysroot');
  const sources = path.join(sysroot, 'lib/rustlib/src/rust/library');
  for (const name of ['cargo', 'rustc']) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n[ "$1" = --print ] && { echo ${sysroot}; exit; }\necho ${name} "$@"\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const standIn = (name, ...args) => spawnSync(inRoot('scripts', 'unwind-toolchain', name), args,
    { env: { PATH: '/nowhere', RIP_CITY_REAL_PATH: `${bin}:/usr/bin:/bin` }, encoding: 'utf8' });

  test('hand cargo and rustc the pinned toolchain', () => {
    assert.equal(standIn('cargo', '+nightly', 'build', '--lib').stdout, 'cargo build --lib\n');
    assert.equal(standIn('cargo', 'metadata').stdout, 'cargo metadata\n');
    assert.equal(standIn('rustc', '+nightly', '--version').stdout, 'rustc --version\n');
  });

  test('say that the std sources are there only when they are', () => {
    const ask = () => standIn('rustup', 'component', 'list', '--toolchain', 'nightly').stdout;
    assert.equal(ask(), '');
    mkdirSync(sources, { recursive: true });
    writeFileSync(path.join(sources, 'Cargo.toml'), '');
    assert.equal(ask(), 'rust-src (installed)\n');
  });

  test('hand wasm-opt lighter work and no function names', () => {
    const echo = path.join(bin, 'echo-args');
    writeFileSync(echo, '#!/bin/sh\nprintf "%s|" "$@"\n');
    chmodSync(echo, 0o755);
    const { stdout } = spawnSync(inRoot('scripts', 'wasm-opt'), ['a b.wasm', '-o', 'out', '-O', '--enable-x', '--debuginfo'],
      { env: { RIP_CITY_WASM_OPT: echo }, encoding: 'utf8' });
    assert.equal(stdout, 'a b.wasm|-o|out|-O1|--enable-x|--strip-debug|');
  });

  test('let worker-build install no toolchain', () => {
    const answer = standIn('rustup', 'toolchain', 'install', 'nightly');
    assert.equal(answer.status, 1);
    assert.match(answer.stderr, /npm run setup/);
  });
});

describe('backfill', () => {
  const wanted = options(['--source', 'seatgeek', '--from', '2026-11-20', '--base', 'http://localhost:1/']);
  const folder = path.join(scratch, 'backfill');
  const answers = [
    { cursor: 'raw/seatgeek/2026-11-20/a', pages: 2, events: 10, observations: 9, skipped: 1 },
    { cursor: 'raw/seatgeek/2026-11-20/b', pages: 2, events: 10, observations: 10, skipped: 0 },
    { pages: 1, events: 5, observations: 5, skipped: 0 },
  ];
  const run = (ask) => backfill(wanted, { token: 't', folder, ask, waitMs: 0 });

  test('goes on where it was interrupted, and its sums are of the whole', async () => {
    const asked = [];
    let broken = true;
    const ask = async (url, { body }) => {
      const { cursor } = JSON.parse(body);
      asked.push(cursor);
      if (broken && asked.length === 2) return Response.json({ detail: 'no' }, { status: 401 });
      return Response.json(answers[[null, answers[0].cursor, answers[1].cursor].indexOf(cursor)]);
    };
    await assert.rejects(run(ask), /answered 401: no\. Run the same command again/);
    broken = false;
    const done = await run(ask);
    assert.deepEqual(asked, [null, answers[0].cursor, answers[0].cursor, answers[1].cursor]);
    assert.deepEqual(done, { cursor: null, pages: 5, events: 25, observations: 24, skipped: 1, resumed: true });
    assert.equal((await run(ask)).resumed, false);
  });

  test('tries again what failed for a moment, and gives up what keeps failing', async () => {
    let tries = 0;
    const done = await run(async () => {
      tries += 1;
      if (tries < 3) throw new Error('reset');
      return Response.json(answers[2]);
    });
    assert.deepEqual([tries, done.pages], [3, 1]);
    await assert.rejects(run(async () => Response.json({ detail: 'down' }, { status: 502 })), /answered 502/);
  });

  test('says what it takes', () => {
    for (const args of [[], ['--source', 'X', '--from', '2026-11-20'], ['--source', 'feed', '--from', 'today'],
      ['--source', 'feed', '--from', '2026-11-20', '--to', '2026-11-19'], ['--what']]) {
      assert.throws(() => options(args), /Usage|--to must/, args.join(' '));
    }
    assert.deepEqual(wanted, { source: 'seatgeek', from: '2026-11-20', to: '2026-11-20', base: 'http://localhost:1' });
  });
});

describe('the past of a sandbox', () => {
  const listing = (market, id, sights, basis = 'all_in') => ({ market, source_event_id: id, name: `${id} "live"`, currency: 'USD', basis, sights });
  const offer = (market, id, basis) => ({ market, source_event_id: id, price: basis ? { kind: 'quoted', basis } : { kind: 'absent', reason: 'unknown' } });
  const past = { events: [
    { event: 'w1-0', kind: 'CCB', start_ms: Date.UTC(2026, 11, 1), listings: [
      listing('seatgeek', 'a', [[Date.UTC(2026, 10, 1), 5_000, 40], [Date.UTC(2026, 10, 1, 6), 'sold_out', 0]]),
      listing('stubhub', 'b', [[Date.UTC(2026, 10, 1), 6_000, 10]]),
      listing('stubhub', 'twin', [[Date.UTC(2026, 10, 1), 'unknown', 0]])] },
    { event: 'w0-0', kind: 'CCB', start_ms: Date.UTC(2026, 9, 1), listings: [listing('stubhub', 'c', [[Date.UTC(2026, 8, 1), 7_000, 5]])] },
  ] };
  const ours = { id: 'evt_1', name: 'A at B', starts_at: '2026-12-01T00:00:00Z', genre: 'sports',
    offers: [offer('seatgeek', 'a', 'all_in'), offer('stubhub', 'b', 'unknown'), offer('stubhub', 'twin')] };

  test('is imported under our ids, in the basis that adapters give today; absences stay absences', () => {
    const { history } = tables(past, [ours]);
    assert.deepEqual(history, [
      'evt_1,seatgeek,2026-11-01T00:00:00Z,USD,all_in,5000,,40,',
      'evt_1,seatgeek,2026-11-01T06:00:00Z,,,,sold_out,,',
      'evt_1,stubhub,2026-11-01T00:00:00Z,USD,unknown,6000,,10,',
    ]);
  });

  test('is sent in parts that an import takes: so many rows and so many events at most, in their order', () => {
    const rows = [...Array(7).fill('evt_1,a'), 'evt_2,a', 'evt_3,a', 'evt_3,b', 'evt_4,a'];
    const parts = portions(rows, { rows: 5, events: 2 });
    assert.deepEqual(parts.map((part) => part.length), [5, 3, 3]);
    assert.deepEqual(parts.flat(), rows);
    assert.deepEqual(portions([]), []);
  });

  test('is learned from with events that are over, by the genre of their kind', () => {
    const { lessons } = tables(past, [ours]);
    assert.deepEqual(lessons.events, ['evt_1,"A at B",2026-12-01T00:00:00Z,sports', 'w0-0,"c ""live""",2026-10-01T00:00:00.000Z,sports']);
    assert.equal(lessons.rows.at(-1), 'w0-0,stubhub,2026-09-01T00:00:00Z,USD,unknown,7000,,5,');
  });
});
