// npm run bench -- history [--years 5] [--events 40] [--rounds 40]
// Price history on workerd, timed from the client: what it takes in, what it answers, what an observation weighs, and a
// history of years with hourly polls of three markets in one request. Aim: that one under 200 ms. The last line is JSON.
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { eventually, startHarness } from '../../tests/lib/harness.mjs';
import { importRows, importTables, priceCourse } from '../lib/price-course.mjs';
import { Problem, note, table } from '../lib/term.mjs';

const AIM_MS = 200;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MARKETS = ['seatgeek', 'stubhub', 'ticketmaster'];
/** Market seconds to a second: the half hour after which a history is flushed is then the 15 s of its least gap. */
const FAST = 360;
/** Events whose first answer is timed: later ones find in memory what has not changed. */
const COPIES = 6;
const FIRST = 'by the day, nothing in memory';

export async function run(args) {
  const { values } = parseArgs({ args, options: Object.fromEntries(['years', 'events', 'rounds'].map((name) => [name, { type: 'string' }])) });
  const number = (name, otherwise) => {
    if (values[name] !== undefined && !/^[1-9]\d{0,3}$/.test(values[name])) throw new Problem(`--${name} must be a whole number.`);
    return Number(values[name] ?? otherwise);
  };
  const [years, events, rounds] = [number('years', 5), number('events', 40), number('rounds', 40)];
  const result = { bench: 'history', years, events, rounds, aim_ms: AIM_MS };
  await within(1, async (bench) => {
    result.append = await append(bench, events);
    result.import = await imports(bench, events);
    result.read = await reads(bench, result.import.ids, rounds);
    result.as_imported = await longHistory(bench, years, rounds);
  });
  await within(FAST, async (bench) => {
    const filled = [];
    for (let copy = 0; copy < COPIES; copy += 1) filled.push(await fillYears(bench, years));
    const compacted = (event) => bench.harness.logs().some((line) => line.event === 'compacted' && line.event_id === event);
    await eventually('compaction', () => filled.every(({ event }) => compacted(event)), 180_000);
    const [{ event, observations }] = filled;
    const first = await firstReads(bench, filled);
    const { answers } = await timed(bench, event, rounds);
    result.compacted = { imported: observations, answers: { [FIRST]: first, ...answers }, ...(await weight(bench, event)) };
  });
  delete result.import.ids;
  tell(result);
  console.log(JSON.stringify(result));
  return result;
}

async function within(scale, measure) {
  const marketMs = Date.now();
  const realMs = Date.now();
  const harness = await startHarness({ sandbox: false, clock: `${realMs}:${marketMs}:${scale}` });
  const now = () => marketMs + (Date.now() - realMs) * scale;
  try {
    await measure({ harness, now });
  } finally {
    await harness.stop();
  }
}

const id = (prefix) => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const rate = (count, ms) => Math.round((count * 1_000) / ms);

/** Runs `jobs` with so many at once; answers the milliseconds it took. */
async function all(jobs, atOnce) {
  const began = performance.now();
  const waiting = [...jobs];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  }));
  return performance.now() - began;
}

/** Observations straight to the objects, as the queue's consumer sends them: 100 to a call, 16 calls at once. */
async function append({ harness, now }, events) {
  const PER_CALL = 100;
  const CALLS = 10;
  const jobs = Array.from({ length: events }, (_, n) => {
    const event = { id: id('evt'), name: 'A night', venue: 'Hall', city: 'Portland', starts_at: new Date(now() + 20 * DAY).toISOString(), local_start: null, date_tbd: false, time_tbd: false };
    const course = priceCourse({ seed: n + 1, start: now() - 30 * DAY, count: PER_CALL * CALLS, stepMs: 40 * 60_000 });
    const items = course.map(({ at, amount, listings }, i) => ({
      event, source_event_id: '1', seq: i + 1, observed_at: at, listings, tickets: null, confirms: false, url: null,
      price: amount === null ? { kind: 'absent', reason: 'sold_out' } : { kind: 'quoted', amount_minor: amount, currency: 'USD', basis: 'all_in' },
    }));
    return async () => {
      for (let i = 0; i < items.length; i += PER_CALL) {
        const body = JSON.stringify({ event_id: event.id, request_id: id('req'), seen_at_ms: Date.now(), market: 'seatgeek', items: items.slice(i, i + PER_CALL) });
        const answer = await harness.bound.PRICE_HISTORY.getByName(event.id).fetch('http://object/append', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        if (answer.status !== 200) throw new Error(`append: ${answer.status} ${await answer.text()}`);
        await answer.arrayBuffer();
      }
    };
  });
  const ms = await all(jobs, 16);
  return { observations: events * PER_CALL * CALLS, seconds: Math.round(ms) / 1_000, observations_per_second: rate(events * PER_CALL * CALLS, ms) };
}

async function send({ harness }, rows) {
  for (const body of importTables(rows, 30_000)) {
    const answer = await harness.open('/v1/prices/import', { method: 'POST', body, headers: { 'content-type': 'text/csv', authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` } });
    if (answer.status !== 200) throw new Error(`import: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}

/** Events with two months of polls each, through the import. */
async function imports(bench, events) {
  const PER_EVENT = 1_500;
  const ids = Array.from({ length: events }, () => id('evt'));
  const rows = ids.flatMap((event, n) => importRows(event, MARKETS[n % 3], priceCourse({ seed: n + 1, start: bench.now() - 60 * DAY, count: PER_EVENT, stepMs: 57 * 60_000 })));
  const began = performance.now();
  await send(bench, rows);
  const ms = performance.now() - began;
  return { ids, observations: rows.length, seconds: Math.round(ms) / 1_000, observations_per_second: rate(rows.length, ms) };
}

/** Histories of ordinary events by the day, eight readers at once. */
async function reads({ harness }, ids, rounds) {
  const jobs = ids.flatMap((event) => Array.from({ length: Math.ceil(rounds / 4) }, () => async () => {
    const answer = await harness.call('pricing', `/v1/prices/${event}?resolution=day`);
    if (answer.status !== 200) throw new Error(`read: ${answer.status}`);
    await answer.arrayBuffer();
  }));
  const ms = await all(jobs, 8);
  return { answers: jobs.length, answers_per_second: rate(jobs.length, ms), observations_per_second: rate(jobs.length * 1_500, ms) };
}

/** One event polled hourly on three markets, for years. */
async function fillYears(bench, years) {
  const event = id('evt');
  const start = bench.now() - years * 365 * DAY;
  const rows = MARKETS.flatMap((market, n) => importRows(event, market, priceCourse({ seed: 100 + n, start, count: years * 365 * 24, stepMs: HOUR })));
  await send(bench, rows);
  return { event, observations: rows.length };
}

async function longHistory(bench, years, rounds) {
  const { event, observations } = await fillYears(bench, years);
  return { imported: observations, ...(await timed(bench, event, rounds)), ...(await weight(bench, event)) };
}

const QUESTIONS = {
  'by the day': '?resolution=day', 'by the hour': '?resolution=hour', 'best, by the day': '?series=best&resolution=day', raw: '',
  'as of two years ago, by the day': (now) => `?resolution=day&as_of=${new Date(now - 730 * DAY).toISOString()}`,
  'export, CSV': '/export', 'known already (304)': '?resolution=day',
};

/** Processor time of the workerd processes this process started, milliseconds: unlike the clock it does not mind neighbours. Zero where there is no /proc. */
function cpuMs() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.replace(/^.*\) /, '').split(' ');
        return stat.includes('(workerd)') && Number(fields[1]) === process.pid ? sum + (Number(fields[11]) + Number(fields[12])) * 10 : sum;
      } catch {
        return sum;
      }
    }, 0);
  } catch {
    return 0;
  }
}

/** Each event's first answer in an isolate: every object of the bucket is read and decoded. */
async function firstReads({ harness }, filled) {
  const times = [];
  let kb = 0;
  const cpu = cpuMs();
  for (const { event } of filled) {
    const began = performance.now();
    const answer = await harness.call('pricing', `/v1/prices/${event}?resolution=day`);
    kb = Math.round((await answer.arrayBuffer()).byteLength / 1_000);
    times.push(performance.now() - began);
  }
  return { ...spread(times), cpu_ms: Math.round((cpuMs() - cpu) / filled.length), kb };
}

const spread = (times) => ({ p50_ms: Math.round(quantile(times, 0.5) * 10) / 10, p95_ms: Math.round(quantile(times, 0.95) * 10) / 10 });

async function timed({ harness, now }, event, rounds) {
  const answers = {};
  const asOf = now();
  for (const [name, query] of Object.entries(QUESTIONS)) {
    const path = `/v1/prices/${event}${typeof query === 'function' ? query(asOf) : query}`;
    const [times, bytes] = [[], []];
    let headers = {};
    let cpu = 0;
    for (let round = 0; round < rounds + 3; round += 1) {
      if (round === 3) cpu = cpuMs();
      const began = performance.now();
      const answer = await harness.call('pricing', path, { headers });
      const body = await answer.arrayBuffer();
      const ms = performance.now() - began;
      if (![200, 304].includes(answer.status)) throw new Error(`${answer.status} ${path}`);
      if (name.includes('304')) headers = { 'if-none-match': answer.headers.get('etag') };
      if (round >= 3) times.push(ms);
      bytes.push(body.byteLength);
    }
    answers[name] = { ...spread(times), cpu_ms: Math.round((cpuMs() - cpu) / rounds), kb: Math.round(bytes.at(-1) / 1_000) };
  }
  return { answers };
}

/** What the event's objects in the bucket hold and weigh. */
async function weight({ harness }, event) {
  const objects = await harness.bound.HISTORY.list({ prefix: `v1/${event}/` });
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  const observations = objects.reduce((sum, { customMetadata }) => sum + Number(customMetadata.observations), 0);
  return { objects: objects.length, stored_observations: observations, bytes, bytes_per_observation: Number((bytes / observations).toFixed(3)) };
}

function tell({ append: taken, import: loaded, read, as_imported: plain, compacted, years }) {
  console.log(table(['', 'per second', ''], [
    ['observations appended (100 to a call, 16 calls at once)', taken.observations_per_second, `${taken.observations} in ${taken.seconds.toFixed(1)} s`],
    ['observations imported', loaded.observations_per_second, `${loaded.observations} in ${loaded.seconds.toFixed(1)} s`],
    ['histories of 1,500 observations read, by the day', read.answers_per_second, `${read.observations_per_second} observations a second`],
  ]));
  for (const [name, long] of [[`${years} years as imported`, plain], [`${years} years compacted and thinned`, compacted]]) {
    note(`${name}: ${long.stored_observations} of ${long.imported} observations in ${long.objects} objects, ${long.bytes_per_observation} bytes each`);
    console.log(table(['', 'p50 ms', 'p95 ms', 'processor ms', 'KB', ''], Object.entries(long.answers).map(([question, { p50_ms: p50, p95_ms: p95, cpu_ms: cpu, kb }]) => [question, p50, p95, cpu, kb, p50 < AIM_MS ? 'aim reached' : `OVER ${AIM_MS} ms`])));
  }
}
