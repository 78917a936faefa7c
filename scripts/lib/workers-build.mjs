// Builds the Workers: one cargo run for all of them, so that it works in parallel, then worker-build for each.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fingerprint } from './fingerprint.mjs';
import { nodeForTools } from './node-modules.mjs';
import { inRoot, npmBin, workerDir } from './paths.mjs';
import { WASM_BINDGEN, WORKER_BUILD, tool } from './pins.mjs';
import { answer, must, run } from './proc.mjs';
import { rustEnv } from './rust.mjs';
import { Problem, step, table, warn } from './term.mjs';
import { workerNames } from './workers.mjs';

const TARGET = 'wasm32-unknown-unknown';
const SHIMS = inRoot('scripts', 'unwind-toolchain');
const WASM_OPT = inRoot('scripts', 'wasm-opt');
const recordFile = (name) => path.join(workerDir(name), 'build', 'record.json');

/** Environment of a build. Under `unwind` the stand-ins come first on the PATH (scripts/unwind-toolchain/README.md). */
function buildEnv(flavour) {
  const env = rustEnv({
    WASM_BINDGEN_BIN: tool('wasm-bindgen'),
    WASM_OPT_BIN: process.platform === 'win32' ? npmBin('wasm-opt') : WASM_OPT,
    RIP_CITY_WASM_OPT: npmBin('wasm-opt'),
    ESBUILD_BIN: npmBin('esbuild'),
    WASM_BINDGEN_USE_JS_SYS: '1', // as worker-build sets it: otherwise its own cargo run would compile all again
  });
  // npm's wasm-opt is a Node script: it runs on the Node that npm brought.
  const realPath = [path.dirname(nodeForTools()), env.PATH].join(path.delimiter);
  if (flavour !== 'unwind') return { ...env, PATH: realPath };
  return { ...env, PATH: [SHIMS, realPath].join(path.delimiter), RIP_CITY_REAL_PATH: realPath, RUSTC_BOOTSTRAP: '1' };
}

/** Folders whose bytes decide what a Worker is: its own and those of the workspace crates it depends on. */
function sourcesOf(names) {
  const metadata = answer('cargo', ['metadata', '--no-deps', '--offline', '--format-version', '1'],
    { cwd: inRoot(), env: rustEnv(), maxBuffer: 64 << 20 });
  if (!metadata) throw new Problem('cargo cannot read the workspace: run "cargo metadata --no-deps" to see why.');
  const packages = new Map(JSON.parse(metadata).packages.map((entry) => [entry.name, entry]));
  const reach = (name, seen = new Set()) => {
    if (seen.has(name) || !packages.has(name)) return seen;
    seen.add(name);
    for (const dependency of packages.get(name).dependencies) {
      if (dependency.kind !== 'dev') reach(dependency.name, seen);
    }
    return seen;
  };
  return new Map(names.map((name) => [name,
    [...reach(name)].sort().flatMap((crate) => {
      const folder = path.dirname(packages.get(crate).manifest_path);
      return ['Cargo.toml', 'build.rs', 'src'].map((entry) => path.join(folder, entry));
    })]));
}

/** Fingerprint of each Worker's sources, toolchain and build steps. */
export function workerFingerprints(names, flavour) {
  const common = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', 'package-lock.json'].map((file) => inRoot(file));
  const versions = [flavour, WORKER_BUILD, WASM_BINDGEN];
  return new Map([...sourcesOf(names)].map(([name, sources]) =>
    [name, fingerprint([...sources, ...common, SHIMS, WASM_OPT], versions)]));
}

/** What the last build of a Worker wrote down about itself, or undefined. */
export function buildRecord(name) {
  const there = ['index.js', 'index_bg.wasm'].every((file) => existsSync(path.join(workerDir(name), 'build', file)));
  return there && existsSync(recordFile(name)) ? JSON.parse(readFileSync(recordFile(name), 'utf8')) : undefined;
}

/** Names of the Workers whose build is not of these sources. */
export function staleWorkers(names, flavour) {
  const wanted = workerFingerprints(names, flavour);
  return names.filter((name) => buildRecord(name)?.fingerprint !== wanted.get(name));
}

/**
 * Builds what is out of date among `names` and prints sizes against budgets. One over its budget is said; with
 * `heldToBudget` (the build and the tests) it fails: who only wants to run the product is not stopped by it.
 */
export async function buildWorkers({ names = workerNames, flavour, force = false, heldToBudget = false }) {
  const wanted = workerFingerprints(names, flavour);
  const stale = force ? names : names.filter((name) => buildRecord(name)?.fingerprint !== wanted.get(name));
  if (stale.length > 0) {
    const env = buildEnv(flavour);
    await step(`compile ${stale.join(', ')}`, `cargo, release, ${flavour} flavour`, () => compile(stale, flavour, env));
    await step(`pack ${stale.join(', ')}`, 'wasm-bindgen, wasm-opt, esbuild', () => packAll(stale, flavour, env));
    for (const name of stale) writeRecord(name, flavour, wanted.get(name));
  }
  return reportSizes(names, stale, heldToBudget);
}

function compile(names, flavour, env) {
  const unwind = flavour === 'unwind';
  return must('cargo',
    ['build', '--release', '--lib', '--target', TARGET, ...names.flatMap((name) => ['-p', name]),
      ...(unwind ? ['-Z', 'build-std=std,panic_unwind'] : [])],
    'The Workers do not compile: cargo says above why.',
    { cwd: inRoot(), env: unwind ? { ...env, RUSTFLAGS: joined(env.RUSTFLAGS, '-Cpanic=unwind') } : env });
}

const joined = (...parts) => parts.filter(Boolean).join(' ');

/** Packs several at once: wasm-opt uses one core. Their output is shown only when one fails. */
async function packAll(names, flavour, env) {
  const waiting = [...names];
  const packer = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) await pack(name, flavour, env);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), names.length) }, packer));
}

async function pack(name, flavour, env) {
  const args = ['--release', ...(flavour === 'unwind' ? ['--panic-unwind'] : [])];
  const { code, output } = await run(tool('worker-build'), args, { cwd: workerDir(name), env, capture: true });
  if (code === 0) return;
  console.error(output);
  throw new Problem(`worker-build could not pack ${name}: it says above why.`);
}

function writeRecord(name, flavour, print) {
  const wasm = readFileSync(path.join(workerDir(name), 'build', 'index_bg.wasm'));
  const script = readFileSync(path.join(workerDir(name), 'build', 'index.js'));
  const record = {
    fingerprint: print,
    flavour,
    wasm_bytes: wasm.length,
    gzip_bytes: gzipSync(wasm, { level: 9 }).length + gzipSync(script, { level: 9 }).length,
  };
  mkdirSync(path.dirname(recordFile(name)), { recursive: true });
  writeFileSync(recordFile(name), `${JSON.stringify(record, null, 2)}\n`);
}

/** Budgets in KB of gzip: what is uploaded, wasm and glue together. */
export function budgetOf(name) {
  const budgets = JSON.parse(readFileSync(inRoot('scripts', 'size-budgets.json'), 'utf8'));
  return budgets.workers[name]?.gzip_kb ?? budgets.default.gzip_kb;
}

const kb = (bytes) => Math.ceil(bytes / 1000);

function reportSizes(names, built, heldToBudget) {
  const rows = names.map((name) => ({ name, ...buildRecord(name), budget: budgetOf(name) }));
  console.log(table(['Worker', 'wasm KB', 'gzip KB', 'budget', ''],
    rows.map((row) => [row.name, kb(row.wasm_bytes), kb(row.gzip_bytes), row.budget,
      `${row.flavour}${built.includes(row.name) ? ', built now' : ', up to date'}`])));
  const over = rows.filter((row) => kb(row.gzip_bytes) > row.budget);
  if (over.length > 0) {
    const text = `Over the size budget: ${over.map((row) => `${row.name} by ${kb(row.gzip_bytes) - row.budget} KB`).join(', ')} (scripts/size-budgets.json).`;
    if (heldToBudget) throw new Problem(text);
    warn(text);
  }
  return rows;
}
