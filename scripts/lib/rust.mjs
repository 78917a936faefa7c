// The pinned Rust toolchain: found, completed or installed, and the environment that selects it.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { RUST } from './pins.mjs';
import { answer, must, which } from './proc.mjs';
import { Problem, note, step, warn } from './term.mjs';

const WASM = 'wasm32-unknown-unknown';

/** rustup installs into ~/.cargo/bin, which a shell opened before the installation does not have on its PATH. */
function pathWithCargo() {
  const home = path.join(process.env.CARGO_HOME || path.join(homedir(), '.cargo'), 'bin');
  const current = process.env.PATH ?? '';
  return which('cargo') || !existsSync(home) ? current : `${home}${path.delimiter}${current}`;
}

/** Environment in which `cargo` and `rustc` are the pinned release, whatever else is installed. */
export const rustEnv = (extra = {}) => ({
  ...process.env,
  PATH: pathWithCargo(),
  RUSTUP_TOOLCHAIN: toolchainName(),
  ...extra,
});

let chosen;
/** Name under which rustup has the pinned release: its own, or another installed toolchain of the same release. */
function toolchainName() {
  return (chosen ??= candidates().find(isPinnedRelease) ?? RUST);
}

function candidates() {
  const listed = answer('rustup', ['toolchain', 'list', '--quiet'], { env: { ...process.env, PATH: pathWithCargo() } });
  const names = (listed ?? '').split('\n').map((line) => line.split(' ')[0]);
  return [...names.filter((name) => name.startsWith(RUST)), ...names.filter((name) => name && !name.startsWith(RUST))];
}

function isPinnedRelease(name) {
  const version = answer('rustup', ['run', name, 'rustc', '--version'], { env: { ...process.env, PATH: pathWithCargo() } });
  return version?.startsWith(`rustc ${RUST} `) ?? false;
}

function missingParts() {
  const sysroot = answer('rustc', ['--print', 'sysroot'], { env: rustEnv() });
  if (!sysroot) return undefined;
  const has = (...parts) => existsSync(path.join(sysroot, ...parts));
  const exe = process.platform === 'win32' ? '.exe' : '';
  return {
    target: !has('lib', 'rustlib', WASM),
    components: [
      !has('bin', `rustfmt${exe}`) && 'rustfmt',
      !has('bin', `cargo-clippy${exe}`) && 'clippy',
      !has('lib', 'rustlib', 'src', 'rust', 'library', 'Cargo.toml') && 'rust-src',
    ].filter(Boolean),
  };
}

/**
 * Sees to the pinned toolchain with the wasm target, rustfmt, clippy and the std sources.
 * Returns the flavour of build that is possible: `unwind` with the std sources, else `plain`.
 */
export async function ensureRust() {
  if (!which('rustup', pathWithCargo())) {
    throw new Problem('Rust is missing: install rustup from https://rustup.rs and run the command again.');
  }
  if (!candidates().some(isPinnedRelease)) {
    await step(`Rust ${RUST}`, 'the pinned compiler (rust-toolchain.toml)', () =>
      must(
        'rustup',
        ['toolchain', 'install', RUST, '--profile', 'minimal', '--component', 'rustfmt', '--component', 'clippy',
          '--component', 'rust-src', '--target', WASM, '--no-self-update'],
        `rustup could not install Rust ${RUST}: check the network and run "rustup toolchain install ${RUST}".`,
        { env: { ...process.env, PATH: pathWithCargo() } },
      ),
    );
    chosen = undefined;
  }
  const missing = missingParts();
  if (!missing) throw new Problem(`Rust ${RUST} is installed but does not run: try "rustup toolchain uninstall ${RUST}" and start again.`);
  if (missing.target) {
    await step(`Rust target ${WASM}`, 'the Workers are WebAssembly', () =>
      must('rustup', ['target', 'add', WASM, '--toolchain', toolchainName()],
        `rustup could not add the target: run "rustup target add ${WASM} --toolchain ${toolchainName()}".`,
        { env: rustEnv() }),
    );
  }
  for (const component of missing.components) await addComponent(component);
  return buildFlavour();
}

async function addComponent(component) {
  const needed = component !== 'rust-src';
  const why = needed ? 'npm test checks form and lints' : 'lets a panic end one request instead of its neighbours';
  const add = ['component', 'add', component, '--toolchain', toolchainName()];
  try {
    await step(`Rust component ${component}`, why, () =>
      must('rustup', add, `rustup could not add ${component}: run "rustup ${add.join(' ')}".`, { env: rustEnv() }));
  } catch (problem) {
    if (needed) throw problem; // without the std sources there is still the plain build
  }
}

/** `unwind` when std can be rebuilt with unwinding on this machine, else `plain`. */
export function buildFlavour() {
  if (process.platform === 'win32') return 'plain'; // the stand-ins of scripts/unwind-toolchain are POSIX scripts
  return missingParts()?.components.includes('rust-src') ? 'plain' : 'unwind';
}

/** Says once that the plain build is a second choice. */
export function explainFlavour(flavour) {
  if (flavour === 'unwind') note('panic strategy: unwinding, on the pinned toolchain');
  else warn('The std sources (rust-src) are not available here: building with aborting panics, so a panic ends all requests of its isolate.');
}
