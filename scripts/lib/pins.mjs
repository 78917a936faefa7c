// Versions the set-up installs, read from the files that pin them so that they are stated once.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CACHE, inRoot } from './paths.mjs';
import { Problem } from './term.mjs';

const read = (...parts) => readFileSync(inRoot(...parts), 'utf8');

function found(text, pattern, what) {
  const match = pattern.exec(text);
  if (!match) throw new Problem(`${what} is not pinned where the set-up looks for it`);
  return match[1];
}

/** The Rust release of rust-toolchain.toml. */
export const RUST = found(read('rust-toolchain.toml'), /channel = "([^"]+)"/, 'the Rust toolchain');

/** worker-build is released together with the `worker` crate. */
export const WORKER_BUILD = found(read('Cargo.toml'), /^worker = \{ version = "=([^"]+)"/m, 'worker');

/** The wasm-bindgen CLI must be of exactly the version the Workers are linked with. */
export const WASM_BINDGEN = found(
  read('Cargo.lock'),
  /name = "wasm-bindgen"\nversion = "([^"]+)"/,
  'wasm-bindgen',
);

/** Folder of the built tools; its name carries the versions, so clones of different age do not disturb each other. */
export const TOOLS = path.join(CACHE, `tools-${WORKER_BUILD}-${WASM_BINDGEN}`);
export const tool = (name) => path.join(TOOLS, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
