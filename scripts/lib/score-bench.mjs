// Scores a second: our Rust in wasm and idiomatic TypeScript on one workerd, and the same Rust natively, in turns.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { freePort } from '../../tests/lib/sandbox.mjs';
import { inRoot, workerDir } from './paths.mjs';
import { answer, must } from './proc.mjs';
import { rustEnv } from './rust.mjs';
import { Problem, table } from './term.mjs';
import { startWorkerd } from './workerd.mjs';

const PARTS = [
  { part: 'events', what: 'events, each of 360 observations in 3 markets', times: 20 },
  { part: 'seats', what: 'listings, 600 an event with 3 others of its venue', times: 4 },
];
const NATIVE = inRoot('target', 'release', process.platform === 'win32' ? 'native.exe' : 'native');

/** Makes up the input, starts both Workers, compares what all three answer, then times. Answers one row a part. */
export async function scoreBench({ rounds = 9 } = {}) {
  const built = workerDir('scoring');
  if (!existsSync(path.join(built, 'build', 'index.js'))) throw new Problem('The bench Worker is not built: node scripts/build.mjs --only scoring');
  await must('cargo', ['build', '--release', '-q', '-p', 'scoring', '--bin', 'native'], 'The native bench did not build.', { cwd: inRoot(), env: rustEnv() });
  const dir = mkdtempSync(path.join(tmpdir(), 'rip-city-score-'));
  const input = made();
  const file = path.join(dir, 'input.json');
  writeFileSync(file, JSON.stringify(input));
  const [wasm, typescript] = [await freePort(), await freePort()];
  const workerd = await startWorkerd([
    { name: 'wasm', port: wasm, modules: [['index.js', 'esModule', path.join(built, 'build', 'index.js')], ['./index_bg.wasm', 'wasm', path.join(built, 'build', 'index_bg.wasm')]] },
    { name: 'typescript', port: typescript, modules: [['index.js', 'esModule', await twin(dir)]] },
  ]);
  try {
    const rows = [];
    for (const { part, what, times } of PARTS) {
      const body = JSON.stringify(part === 'events' ? { events: input.events, seats: [] } : { events: [], seats: input.seats });
      rows.push(await measure({ part, what, times, body, file, rounds, ports: { wasm, typescript } }));
    }
    return rows;
  } finally {
    await workerd.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function twin(dir) {
  const outfile = path.join(dir, 'twin.mjs');
  await build({ entryPoints: [inRoot('tests', 'scoring', 'twin.ts')], bundle: true, format: 'esm', minify: true, outfile, logLevel: 'silent' });
  return outfile;
}

async function measure({ part, what, times, body, file, rounds, ports }) {
  const ask = async (port, rest) => {
    const response = await fetch(`http://127.0.0.1:${port}${rest}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const said = await response.json();
    if (!response.ok) throw new Problem(`The bench Worker answered ${response.status}: ${JSON.stringify(said)}`);
    return said;
  };
  const native = (...words) => {
    const said = answer(NATIVE, [file, part, ...words], { maxBuffer: 64 << 20 });
    if (said === undefined) throw new Problem('The native bench failed.');
    return JSON.parse(said);
  };
  const [first, ...others] = [await ask(ports.wasm, `/answers?part=${part}`), native(), await ask(ports.typescript, `/answers?part=${part}`)];
  for (const other of others) compare(part, first, other);
  const once = {
    wasm: () => timed(() => ask(ports.wasm, `/run?part=${part}&times=${times}`)),
    typescript: () => timed(() => ask(ports.typescript, `/run?part=${part}&times=${times}`)),
    native: async () => {
      const { scores, ms } = native(`${times}`);
      return (1_000 * scores) / ms;
    },
  };
  const rates = { wasm: [], native: [], typescript: [] };
  for (const run of Object.values(once)) await run();
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ['wasm', 'native', 'typescript'] : ['typescript', 'native', 'wasm'];
    for (const name of order) rates[name].push(await once[name]());
  }
  const rate = Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, Math.round(median(all))]));
  return { part, what, agreed: count(first), ...rate, wasm_to_typescript: round3(rate.wasm / rate.typescript), wasm_to_native: round3(rate.wasm / rate.native) };
}

async function timed(ask) {
  const start = performance.now();
  const { scores } = await ask();
  return (1_000 * scores) / (performance.now() - start);
}

/** Logarithms and roots differ by a last bit from one runtime to the next, and a solution is good to a hundred-thousandth:
 * money may differ by a thousandth, points by one, the span (of the listings most alike) by a fiftieth. */
function compare(part, ours, theirs, at = part) {
  const differ = (why) => {
    throw new Problem(`The answers differ at ${at}: ${why}\n${JSON.stringify(ours)}\n${JSON.stringify(theirs)}`);
  };
  if (Array.isArray(ours)) {
    if (!Array.isArray(theirs) || ours.length !== theirs.length) differ('length');
    ours.forEach((one, i) => compare(part, one, theirs[i], `${at}[${i}]`));
  } else if (typeof ours === 'number') {
    const share = /fair_low|fair_high/.test(at) && part === 'seats' ? 0.02 : 0.001;
    if (Math.abs(ours - theirs) > Math.max(part === 'seats' ? 1 : 0, share * Math.abs(ours)) && !(part === 'seats' && /reasons/.test(at) && Math.abs(ours - theirs) <= 20)) differ('number');
  } else if (typeof ours === 'object' && ours !== null) {
    // What rests on nothing may be told as null or not at all.
    for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs ?? {})])) {
      if (name === 'all_in' || (part === 'seats' && name === 'text')) continue;
      compare(part, ours[name] ?? null, theirs?.[name] ?? null, `${at}.${name}`);
    }
  } else if (ours !== theirs) {
    differ('value');
  }
}

const count = (answers) => answers.reduce((sum, one) => sum + (Array.isArray(one) ? one.length : 1), 0);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round3 = (value) => Number(value.toFixed(3));

export const scoreTable = (rows) => table(['scores a second of', 'wasm', 'native', 'TypeScript', 'wasm : TypeScript', 'wasm : native'],
  rows.map((row) => [row.what, row.wasm, row.native, row.typescript, row.wasm_to_typescript, row.wasm_to_native]));

/** Whole numbers below `n`, the same in every run (Lehmer's generator). */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
}

const NOW = Date.UTC(2026, 10, 20, 12);
const iso = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z');

function made() {
  const roll = dice(20_261_120);
  return { events: Array.from({ length: 100 }, () => madeEvent(roll)), seats: Array.from({ length: 2 }, (_, n) => madeSeats(roll, n)) };
}

function madeEvent(roll) {
  const markets = ['seatgeek', 'stubhub', 'ticketevolution'];
  const level = 3_000 + roll(20_000);
  const quoted = (amount_minor) => ({ kind: 'quoted', amount_minor, currency: 'USD', basis: 'all_in' });
  const history = Object.fromEntries(markets.map((market) => {
    let price = level + roll(2_000);
    const course = Array.from({ length: 120 }, (_, i) => {
      price = Math.max(price + roll(401) - 200, 500);
      return { at: iso(NOW - (120 - i) * 6 * 3_600_000 - roll(3_600) * 1_000), price: roll(40) === 0 ? { kind: 'absent', reason: 'unknown' } : quoted(price) };
    });
    return [market, course];
  }));
  const current = markets.map((market) => ({ market, price: quoted(level + roll(2_000)), seen_at: iso(NOW - roll(20) * 3_600_000) }));
  return { now: iso(NOW), starts_at: iso(NOW + (1 + roll(60)) * 86_400_000), current, history };
}

function madeSeats(roll, n) {
  const zones = [['Floor', 0, 30_000], ['Lower Center', 100, 18_000], ['Lower Corner', 110, 13_000], ['Club', 200, 15_000], ['Upper Center', 300, 8_000], ['Upper End', 310, 5_000]];
  const seat = () => {
    const [words, first, level] = zones[roll(zones.length)];
    const section = first === 0 ? `${words} ${'ABCDEF'[roll(6)]}` : `${words} ${first + roll(10)}`;
    const row = 1 + roll(24);
    const factor = (1 - 0.01 * row) * (0.75 + roll(500) / 1_000) * (roll(60) === 0 ? 8 : 1);
    return { section, row: `${row}`, quantity: 1 + roll(6), minor: Math.round(level * factor) };
  };
  const remembered = (event) => {
    const places = new Map();
    for (let i = 0; i < 500; i += 1) {
      const { section, row, quantity, minor } = seat();
      places.set(`${section}|${row}|${quantity}`, { s: section.toLowerCase(), r: row, q: quantity, w: 100 + 100 * roll(3), p: Math.round(1_000 * Math.log(minor)) });
    }
    return [event, { at: NOW, places: [...places.values()] }];
  };
  return { event: `event ${n}`, now: iso(NOW), listings: Array.from({ length: 600 }, seat), others: ['one', 'two', 'three'].map(remembered) };
}
