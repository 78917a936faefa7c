// The outlook on the runtime: who speaks, what is said, what is withheld, what goes on record and what came of it.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { lab } from '../../scripts/lib/lab.mjs';
import { eventually, startHarness } from '../lib/harness.mjs';
import { clockOf, problem, read } from '../lib/market.mjs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVENTS = 36;
const DAYS = 40;

let harness;
let now;
let folder;
/** Events with their sights, `[at, cents, listings]`. */
let market;
const models = {};

const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const usd = (amount) => ({ kind: 'quoted', amount_minor: amount, currency: 'USD', basis: 'all_in' });

/** A walk that falls more often than it rises: the same in every run. */
function sights(seed, from, until) {
  let state = seed * 7919 + 17;
  const next = () => ((state = (state * 48271) % 2147483647) / 2147483647);
  let price = 4_000 + Math.floor(next() * 6_000);
  const found = [];
  for (let at = from; at <= until; at += 6 * HOUR_MS) {
    const act = next();
    if (act < 0.12) price = Math.round(price * (0.86 + 0.08 * next()));
    else if (act < 0.18) price = Math.round(price * (1.05 + 0.1 * next()));
    price = Math.max(1_000, price);
    found.push([at, price, 20 + Math.floor((until - at) / DAY_MS) * 8]);
  }
  return found;
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rip-city-outlook-'));
  const clock = clockOf();
  const [realMs, marketMs] = clock.split(':').map(Number);
  now = () => Math.floor((marketMs + Date.now() - realMs) / 1_000) * 1_000;
  const atOnce = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n');
  harness = await startHarness({ clock, sandbox: false, edit: { pricing: atOnce } });
  const start = now();
  market = Array.from({ length: EVENTS }, (_, i) => ({
    card: {
      id: id('evt'), name: `Guests ${i} at Home ${i % 6}`, venue: 'Hall', city: 'Portland', genre: i % 3 === 0 ? 'music' : 'sports',
      // A third is over, one begins in two days, the others later.
      starts_at: new Date(start + (i % 3 === 2 ? -1 - (i % 5) : i === 0 ? 2 : 10 + i) * DAY_MS).toISOString(),
      local_start: null, date_tbd: false, time_tbd: false,
    },
  }));
  for (const [i, event] of market.entries()) {
    const until = Math.min(start, Date.parse(event.card.starts_at) - HOUR_MS);
    event.sights = sights(i, start - DAYS * DAY_MS, until);
  }
  await Promise.all([feed(), train()]);
});
after(async () => {
  await harness?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Every event's history, by the queue. */
async function feed() {
  const batches = market.map(({ card, sights: seen }) => ({
    request_id: id('req'), seen_at_ms: Date.now(), market: 'seatgeek',
    items: seen.map(([at, amount, listings], i) => ({
      event: card, source_event_id: '1', seq: i + 1, observed_at: at, price: usd(amount), listings, tickets: null,
      confirms: i > 0 && seen[i - 1][1] === amount, url: null,
    })),
  }));
  // What stands now was seen twice: only then it is believed.
  for (const batch of batches) {
    const last = batch.items.at(-1);
    batch.items.push({ ...last, seq: last.seq + 1, observed_at: last.observed_at + 60_000, confirms: true });
  }
  for (let i = 0; i < batches.length; i += 4) {
    await harness.bound.OBSERVATIONS.sendBatch(batches.slice(i, i + 4).map((body) => ({ body: JSON.stringify(body), contentType: 'text' })));
  }
  await eventually('pricing took it in', () => {
    const done = new Set(harness.logs().filter((line) => line.event === 'appended').map((line) => line.request_id));
    return batches.every(({ request_id: request }) => done.has(request));
  }, 60_000);
}

/** Two models of the same past, by the native tool. */
async function train() {
  const rows = market.flatMap(({ card, sights: seen }) => seen.map(([at, amount, listings]) =>
    [card.id, 'seatgeek', new Date(at).toISOString().replace('.000', ''), 'USD', 'all_in', amount, '', listings, ''].join(',')));
  writeFileSync(path.join(folder, 'history.csv'),
    `event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets\n${rows.join('\n')}\n`);
  writeFileSync(path.join(folder, 'events.csv'), `event_id,name,start_utc,genre\n${market.map(({ card }) =>
    [card.id, card.name, card.starts_at, card.genre].join(',')).join('\n')}\n`);
  for (const [name, every] of [['one', '6'], ['two', '9']]) {
    const out = path.join(folder, name);
    await lab('train', '--history', path.join(folder, 'history.csv'), '--events', path.join(folder, 'events.csv'),
      '--out', out, '--data', 'invented', '--every', every);
    models[name] = {
      report: JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8')),
      artefact: readFileSync(path.join(out, 'model.bin')),
    };
  }
}

const operator = (method, where, body) => harness.open(where, {
  method, body, headers: { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` },
});
const done = async (method, where, body, status = 200) => {
  const answer = await operator(method, where, body);
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return JSON.parse(text);
};
/** What was refused, with this status and code. */
async function refused(asking, status, code) {
  const answer = await asking;
  const body = answer.clone();
  assert.deepEqual(await problem(answer), [status, code]);
  return body.json();
}
const pack = ({ report, artefact }, change = {}) =>
  Buffer.concat([Buffer.from(`${JSON.stringify({ ...report, ...change })}\n`), artefact]);
const put = (version, body, status = 201) => done('PUT', `/v1/outlook/models/${version}`, body, status);
const act = (version, action) => done('POST', `/v1/outlook/models/${version}/${action}`);
const nightly = () => done('POST', '/v1/outlook/nightly');
const future = () => market.filter(({ card }) => Date.parse(card.starts_at) > now() + 8 * DAY_MS);
let asked = 0;
/** The outlook as it is now: answers are kept for a moment, so each event is asked once unless it is forgotten. */
async function outlook(event = future()[(asked += 1) % future().length]) {
  await harness.bound.RESPONSES.delete(`outlook/v1/${event.card.id}`);
  return read(harness, `/v1/outlook/${event.card.id}`);
}

describe('without a model', () => {
  test('nobody speaks while there is no history to speak from, and the answer says so', async () => {
    const told = await outlook();
    assert.equal(told.outlook.model.kind, 'none');
    assert.deepEqual(told.outlook.absent.map(({ reason }) => reason), ['no_model', 'no_model', 'no_model']);
    assert.equal(told.advice.withheld.reason, 'no_outlook');
    assert.ok(told.score.score);
    assert.ok(told.history.summary.observations > 100);
  });

  test('past rates speak once the night has looked at our own history, and give no advice', async () => {
    const first = await nightly();
    assert.deepEqual([first.left, first.summed], [0, true]);
    assert.ok(first.events >= 24, `${first.events} events`);
    const told = await outlook();
    assert.deepEqual([told.outlook.model.kind, told.outlook.horizons.length], ['past_rates', 3]);
    assert.equal(told.advice.withheld.reason, 'past_rates_only');
    const other = await outlook();
    assert.deepEqual(other.outlook.horizons.map((one) => one.fall_permille), told.outlook.horizons.map((one) => one.fall_permille));
  });

  test('running the night again says and settles nothing twice', async () => {
    const count = async () => (await harness.rows('SELECT (SELECT count(*) FROM forecasts) AS said, (SELECT count(*) FROM forecast_outcomes) AS came'))[0];
    const before = await count();
    await nightly();
    assert.deepEqual(await count(), before);
  });
});

describe('the register', () => {
  test('is the operator\'s', async () => {
    await refused(harness.open('/v1/outlook/models'), 401, 'unauthenticated');
    await refused(harness.open('/v1/outlook/models/one', { method: 'PUT', body: pack(models.one) }), 401, 'unauthenticated');
    await refused(harness.open('/v1/outlook/nightly', { method: 'POST' }), 401, 'unauthenticated');
  });

  test('refuses another digest, a damaged artefact, another version and what is no upload', async () => {
    const wrong = createHash('sha256').update('something else').digest('hex');
    await refused(operator('PUT', '/v1/outlook/models/bad', pack(models.one, { sha256: wrong })), 422, 'validation_failed');
    const broken = Buffer.from(models.one.artefact);
    broken[broken.length >> 1] ^= 1;
    const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
    await refused(operator('PUT', '/v1/outlook/models/bad', pack({ ...models.one, artefact: broken }, { sha256: digest(broken) })), 422, 'validation_failed');
    const newer = Buffer.from(models.one.artefact);
    newer[2] = 99;
    const { detail } = await refused(operator('PUT', '/v1/outlook/models/bad', pack({ ...models.one, artefact: newer }, { sha256: digest(newer) })), 422, 'validation_failed');
    assert.match(detail, /version 99/);
    await refused(operator('PUT', '/v1/outlook/models/bad', 'no report'), 400, 'invalid_body');
    await refused(operator('PUT', `/v1/outlook/models/${encodeURIComponent('a b')}`, pack(models.one)), 400, 'invalid_parameter');
    await refused(operator('POST', '/v1/outlook/models/bad/activate'), 404, 'not_found');
    assert.deepEqual((await done('GET', '/v1/outlook/models')).models, []);
  });

  test('takes a model once; a version is never replaced', async () => {
    const taken = await put('one', pack(models.one));
    assert.deepEqual([taken.version, taken.state, taken.sha256, taken.report.data], ['one', 'registered', models.one.report.sha256, 'invented']);
    assert.equal((await put('one', pack(models.one))).registered_at, taken.registered_at);
    await refused(operator('PUT', '/v1/outlook/models/one', pack(models.two)), 409, 'conflict');
  });

  test('puts a model into service: it speaks, and says who it is', async () => {
    assert.equal((await act('one', 'activate')).state, 'active');
    const told = await outlook();
    assert.deepEqual([told.outlook.model.kind, told.outlook.model.version, told.outlook.model.note], ['trained', 'one', null]);
    assert.ok(models.one.report.sha256.startsWith(told.outlook.model.digest));
    assert.ok(told.outlook.not_meant.some((text) => /invented/.test(text)));
  });

  test('goes back to the model before when an artefact is damaged in the bucket, and says so', async () => {
    await put('two', pack(models.two));
    await act('two', 'activate');
    await harness.bound.HISTORY.put(`models/${models.two.report.sha256}.bin`, 'damaged');
    const told = await outlook();
    assert.deepEqual([told.outlook.model.kind, told.outlook.model.version], ['previous', 'one']);
    assert.match(told.outlook.model.note, /two could not be used/);
    assert.equal(told.outlook.horizons.length, 3);
  });

  test('does not put a damaged model into service', async () => {
    await act('one', 'activate');
    const { detail } = await refused(operator('POST', '/v1/outlook/models/two/activate'), 409, 'conflict');
    assert.match(detail, /not the one that was registered/);
    assert.equal((await outlook()).outlook.model.version, 'one');
  });

  test('takes a model out of service; the one before speaks, then past rates; every step is on record', async () => {
    await put('three', pack(models.one));
    await act('three', 'activate');
    assert.equal((await outlook()).outlook.model.version, 'three');
    assert.equal((await act('three', 'rollback')).state, 'rolled_back');
    const { models: rows, actions } = await done('GET', '/v1/outlook/models');
    assert.deepEqual(rows.filter(({ state }) => state === 'active').map(({ version }) => version), ['one']);
    assert.deepEqual([actions[0].action, actions[0].version, actions[0].before, actions[0].after], ['rolled_back', 'three', 'three', 'one']);
    assert.ok(actions.every(({ request_id: request }) => request.startsWith('req_')));
    await refused(operator('POST', '/v1/outlook/models/three/rollback'), 409, 'conflict');
    assert.equal((await outlook()).outlook.model.version, 'one');
  });
});

describe('an outlook', () => {
  test('has probabilities that never fall with time and quantiles that never cross, in money', async () => {
    for (const event of future()) {
      const { outlook: told } = await outlook(event);
      assert.deepEqual(told.horizons.map(({ hours }) => hours), [24, 72, 168]);
      const falls = told.horizons.map((one) => one.fall_permille);
      assert.deepEqual(falls, [...falls].sort((a, b) => a - b));
      assert.ok(falls.every((fall) => fall >= 1 && fall <= 999));
      for (const { q05, q25, q50, q75, q95, fall_to: fallTo } of told.horizons) {
        const amounts = [q05, q25, q50, q75, q95].map((money) => money.amount_minor);
        assert.deepEqual(amounts, [...amounts].sort((a, b) => a - b));
        assert.equal(fallTo.amount_minor, Math.floor(told.price.amount_minor * 95 / 100));
      }
    }
  });

  test('leaves out horizons beyond the start, with the reason', async () => {
    const { outlook: told } = await outlook(market[0]);
    assert.deepEqual(told.horizons.map(({ hours }) => hours), [24]);
    assert.deepEqual(told.absent.map(({ hours, reason }) => [hours, reason]), [[72, 'after_start'], [168, 'after_start']]);
    const over = await outlook(market.find(({ card }) => Date.parse(card.starts_at) < now()));
    assert.deepEqual(over.outlook.absent.map(({ reason }) => reason), ['begun', 'begun', 'begun']);
  });

  test('has every part with its freshness and confidence, and says what moved it', async () => {
    const answers = [];
    for (const event of future()) answers.push(await outlook(event));
    for (const told of answers) {
      for (const part of ['score', 'outlook', 'advice', 'history', 'spread', 'supply', 'risk']) {
        const { confidence, why, fresh_at: freshAt } = told[part].evidence;
        assert.ok(['low', 'medium', 'high'].includes(confidence), part);
        assert.ok(why.endsWith('.') && Date.parse(freshAt) <= now() + 120_000, `${part}: ${why} ${freshAt}`);
      }
      assert.ok(told.supply.listings > 0 && told.supply.trend === 'falling');
      assert.equal(told.spread.spread_percent_hundredths, null);
      assert.ok(told.outlook.meaning.length === 2 && told.outlook.not_meant.length > 1);
    }
    assert.ok(answers.some(({ outlook: told }) => told.drivers.length > 0));
  });

  test('is kept for a moment under a weak tag', async () => {
    const event = future()[0];
    const first = await harness.open(`/v1/outlook/${event.card.id}`);
    const tag = first.headers.get('etag');
    assert.match(tag, /^W\/"[0-9a-f]{16}"$/);
    assert.equal((await harness.open(`/v1/outlook/${event.card.id}`, { headers: { 'if-none-match': tag } })).status, 304);
    await refused(harness.open('/v1/outlook/evt_nonsense'), 404, 'not_found');
    await refused(harness.open(`/v1/outlook/${id('evt')}`), 404, 'not_found');
  });
});

describe('advice', () => {
  const earned = (money) => ({ ...money, waited_events: 40, events: 40, mean_saved_minor: 300, mean_saved_interval_minor: [100, 500], earned: true });
  const lost = (money) => ({ ...earned(money), mean_saved_minor: -300, mean_saved_interval_minor: [-500, -100], earned: false });
  const money = { currency: 'USD', events: 0, waited_events: 0, at_once_minor: 1, paid_minor: 1, best_minor: 1, mean_saved_minor: 0,
    mean_saved_interval_minor: [0, 0], saved_share_of_money: null, saved_share: null, paid_more_events: 0, earned: false };
  const group = (genre, record) => ({ genre, horizons: [], money: [record] });

  test('is given where following it earned money, with saving, risk and record', async () => {
    await put('earns', pack(models.one, { whole: group(null, earned(money)), groups: [] }));
    await act('earns', 'activate');
    const told = (await outlook()).advice;
    assert.equal(told.withheld, null);
    assert.ok(['buy', 'wait'].includes(told.advice.action));
    assert.ok(told.advice.expected_saving.amount_minor >= 0 && told.advice.risk.amount_minor >= 0);
    assert.deepEqual([told.record.source, told.record.genre], ['backtest', null]);
  });

  test('is withheld where it lost money, with the numbers', async () => {
    await put('loses', pack(models.one, { whole: group(null, earned(money)), groups: [group('sports', lost(money))] }));
    await act('loses', 'activate');
    const sports = (await outlook(future().find(({ card }) => card.genre === 'sports'))).advice;
    assert.deepEqual([sports.advice, sports.withheld.reason, sports.record.genre], [null, 'did_not_earn', 'sports']);
    assert.match(sports.withheld.text, /\$3 a ticket more/);
    const music = (await outlook(future().find(({ card }) => card.genre === 'music'))).advice;
    assert.equal(music.withheld, null);
  });

  test('is withheld where it was not tried enough, and in the last day', async () => {
    await put('young', pack(models.one, { whole: group(null, money), groups: [] }));
    await act('young', 'activate');
    assert.equal((await outlook()).advice.withheld.reason, 'not_proven');
    await act('one', 'activate');
  });
});

describe('the record', () => {
  const ago = (days) => now() - days * DAY_MS;
  const day = (at) => new Date(at).toISOString().slice(0, 10);
  /** Puts what was said in the past on record, as the night of that day would have. */
  async function said(event, daysAgo, waits, price) {
    const at = ago(daysAgo);
    const told = JSON.stringify([[24, 0.2, [0.8, 0.95, 1, 1, 1.1]], [72, 0.4, [0.7, 0.9, 1, 1.05, 1.2]], [168, 0.6, [0.6, 0.8, 1, 1.1, 1.3]]]);
    await harness.rows(
      `INSERT INTO forecasts (event_id, said_on, said_at_ms, event, genre, starts_at_ms, price_minor, currency, basis, told, waits,
         saving_minor, shown, model) VALUES (?, ?, ?, ?, ?, ?, ?, 'USD', 'all_in', ?, ?, 100, 1, 'test') RETURNING said_on`,
      event.card.id, day(at), at, event.card.name, event.card.genre, Date.parse(event.card.starts_at), price, told, waits);
    return day(at);
  }
  const standing = (event, at) => event.sights.filter(([seen]) => seen <= at).at(-1)[1];
  const again = () => harness.rows('UPDATE outlook_events SET tended_at_ms = 0 RETURNING event_id');
  let event;

  test('has the day\'s forecast of every event that can be waited for, once', async () => {
    await again();
    assert.ok((await nightly()).said >= future().length);
    await again();
    assert.equal((await nightly()).said, 0);
    const rows = await harness.rows('SELECT event_id, said_on, model, told, waits FROM forecasts');
    assert.equal(rows.length, new Set(rows.map((row) => row.event_id)).size);
    assert.ok(rows.length >= future().length);
    assert.ok(rows.every((row) => row.said_on === day(now())));
    assert.ok(rows.every((row) => row.model === 'one' && row.waits !== null), 'what is withheld is on record too');
  });

  test('is settled by what was seen, once, and never edited', async () => {
    event = future()[2];
    const price = standing(event, ago(10));
    const first = await said(event, 10, 1, price + 2_000);
    await said(event, 9, 0, standing(event, ago(9)));
    await again();
    assert.ok((await nightly()).settled >= 8);
    const came = () => harness.rows(`SELECT hours, fell, came_minor, lowest_minor, paid_minor, verdict FROM forecast_outcomes
      WHERE event_id = ? AND said_on = ? ORDER BY hours`, event.card.id, first);
    const rows = await came();
    assert.deepEqual(rows.map(({ hours }) => hours), [0, 24, 72, 168]);
    const within = (days) => event.sights.filter(([at]) => at > ago(10) - 60_000 && at <= ago(10 - days) + 60_000).map(([, amount]) => amount);
    const [advice, , , week] = rows;
    assert.equal(advice.lowest_minor, Math.min(...within(7)));
    assert.deepEqual([advice.paid_minor, advice.verdict], [standing(event, ago(9)), 'saved']);
    assert.equal(week.fell, Number(Math.min(...within(7)) * 100 <= (price + 2_000) * 95));
    await again();
    await nightly();
    assert.deepEqual(await came(), rows);
    await assert.rejects(harness.rows('UPDATE forecasts SET price_minor = 1 RETURNING event_id'), /never edited/);
    await assert.rejects(harness.rows('UPDATE forecast_outcomes SET fell = 1 RETURNING event_id'), /never edited/);
  });

  test('is told with the event, in words', async () => {
    const { past_advice: past } = await outlook(event);
    assert.equal(past.length, 3);
    assert.match(past[0].text, /what comes is not known yet/);
    assert.match(past[2].text, /^Said wait on \d+ \w+ at \$[\d.]+; lowest after \$[\d.]+; who followed paid \$[\d.]+\.$/);
    assert.deepEqual([past[2].verdict, past[1].action], ['saved', 'buy']);
  });

  test('adds up, by genre and horizon, with failures first if asked', async () => {
    const failing = future()[5];
    await said(failing, 12, 1, 100);
    await again();
    await nightly();
    const live = await read(harness, '/v1/accuracy?failures_first=true');
    assert.equal(live.source, 'live');
    assert.deepEqual(live.whole.horizons.map(({ hours, answers, events }) => [hours, answers, events]), [[24, 3, 2], [72, 3, 2], [168, 3, 2]]);
    for (const { reliability, answers } of live.whole.horizons) {
      assert.equal(reliability.reduce((sum, bin) => sum + bin.answers, 0), answers);
      assert.ok(reliability.every(({ low, came, high }) => low <= came && came <= high));
    }
    const failures = live.advice.map(({ verdict }) => ['paid_more', 'missed_a_fall'].includes(verdict));
    assert.deepEqual(failures, [...failures].sort().reverse());
    assert.ok(live.advice.some(({ verdict, event_id: of }) => verdict === 'paid_more' && of === failing.card.id));
    assert.ok(live.said > live.open && live.open > 0);
    const narrow = await read(harness, `/v1/accuracy?genre=${failing.card.genre}&horizon=72&limit=1`);
    assert.deepEqual(narrow.whole.horizons.map(({ hours }) => hours), [72]);
    assert.deepEqual([narrow.advice.length, narrow.groups.length], [1, 1]);
    const since = await read(harness, `/v1/accuracy?since=${new Date(ago(11)).toISOString()}&limit=0`);
    assert.deepEqual([since.whole.horizons[0].answers, since.advice.length], [2, 0]);
    const none = await read(harness, '/v1/accuracy?genre=opera');
    assert.deepEqual([none.whole.horizons, none.groups], [[], []]);
  });

  test('goes on where the cursor says', async () => {
    const first = await read(harness, '/v1/accuracy?limit=2');
    const second = await read(harness, `/v1/accuracy?limit=2&cursor=${first.next_cursor}`);
    assert.equal(new Set([...first.advice, ...second.advice].map(({ event_id: of, said_at: at }) => `${of} ${at}`)).size, 4);
    const rest = await read(harness, `/v1/accuracy?limit=100&cursor=${second.next_cursor}`);
    assert.equal(rest.next_cursor, null);
    assert.ok(rest.advice.length > 0);
  });

  test('is beside the backtest of the model that speaks, which is called one', async () => {
    const { source, model, whole, advice, limits, said: given } = await read(harness, '/v1/accuracy?source=backtest&limit=5');
    assert.deepEqual([source, model.version, advice.length], ['backtest', 'one', 5]);
    assert.deepEqual(whole, models.one.report.whole);
    assert.equal(given, models.one.report.advice_given);
    assert.match(limits[0], /invented/);
    assert.ok(advice.every(({ event_id: of, text }) => of === null && text.startsWith('Said ')));
  });

  const reports = async () => (await harness.bound.HISTORY.list({ prefix: `models/${models.one.report.sha256}/` })).map(({ key }) => key);

  test('has pages of one backtest; another refuses its cursor', async () => {
    const ask = (limit, more = '') => read(harness, `/v1/accuracy?source=backtest&limit=${limit}${more}`);
    const [first, whole] = [await ask(3), await ask(7)];
    const second = await ask(4, `&cursor=${first.next_cursor}`);
    assert.deepEqual([...first.advice, ...second.advice], whole.advice);
    for (const other of ['&genre=sports', '&failures_first=true']) {
      await refused(harness.open(`/v1/accuracy?source=backtest&limit=3${other}&cursor=${first.next_cursor}`), 400, 'invalid_parameter');
    }
    await put('later', pack(models.one, { limits: ['A later one.'] }));
    await act('later', 'activate');
    await refused(harness.open(`/v1/accuracy?source=backtest&limit=6&cursor=${first.next_cursor}`), 400, 'invalid_parameter');
    await act('one', 'activate');
  });

  test('tells the backtest without its list where the report is missing or another\'s, and says so', async () => {
    const before_ = await reports();
    await put('lost', pack(models.one, { limits: ['Only a test.'], advice_given: 12 }));
    await act('lost', 'activate');
    const [key] = (await reports()).filter((one) => !before_.includes(one));
    const [foreign] = before_;
    const tells = async (limit, why) => {
      const { whole, advice, limits, said: given, next_cursor: cursor, model } = await read(harness, `/v1/accuracy?source=backtest&limit=${limit}`);
      assert.deepEqual([model.version, whole, given, advice, cursor], ['lost', models.one.report.whole, 12, [], null]);
      assert.ok(limits.includes('Only a test.'));
      assert.match(limits.at(-1), why);
    };
    await harness.bound.HISTORY.put(key, Buffer.from(await harness.bound.HISTORY.bytes(foreign), 'base64').toString('utf8'));
    await tells(21, /^The list of advice cannot be shown: its training report is not the one that was registered/);
    await harness.bound.HISTORY.put(key, 'damaged');
    await tells(22, /is not the one that was registered/);
    await harness.bound.HISTORY.delete(key);
    await tells(23, /is not in the bucket/);
    // One that was registered before reports were kept under their digest.
    await harness.rows("UPDATE outlook_models SET report_sha256 = NULL WHERE version = 'lost' RETURNING version");
    await act('one', 'activate');
    await act('lost', 'activate');
    await tells(24, /without a digest/);
    await act('one', 'activate');
  });

  test('of two different uploads of one version at once keeps one, with its own report', async () => {
    for (const version of ['race-1', 'race-2', 'race-3']) {
      const uploads = ['a', 'b', 'c'].map((name) => [`${version} ${name}`, pack(models.one, { limits: [`${version} ${name}`] })]);
      const answers = await Promise.all(uploads.map(async ([name, body]) => [name, (await operator('PUT', `/v1/outlook/models/${version}`, body)).status]));
      assert.deepEqual(answers.map(([, status]) => status).sort(), [201, 409, 409], version);
      const [[winner]] = answers.filter(([, status]) => status === 201);
      await act(version, 'activate');
      const told = await read(harness, `/v1/accuracy?source=backtest&limit=${30 + Number(version.at(-1))}`);
      assert.deepEqual([told.model.version, told.limits[1], told.advice.length > 0], [version, winner, true]);
      const { actions } = await done('GET', '/v1/outlook/models');
      assert.equal(actions.filter((one) => one.version === version && one.action === 'registered').length, 1);
    }
    await act('one', 'activate');
  });

  test('refuses odd questions', async () => {
    for (const query of ['source=guess', 'horizon=25', 'limit=101', 'since=yesterday', 'failures_first=maybe', 'cursor=x', 'source=backtest&since=2026-01-01T00:00:00Z']) {
      await refused(harness.open(`/v1/accuracy?${query}`), 400, 'invalid_parameter');
    }
  });
});
