// worker-build and wasm-bindgen: built once per user from the registry's checksummed sources.
// A prebuilt download would be faster, but nothing here could vouch for its bytes.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { TOOLS, WASM_BINDGEN, WORKER_BUILD, tool } from './pins.mjs';
import { answer, run, which } from './proc.mjs';
import { rustEnv } from './rust.mjs';
import { Problem, step } from './term.mjs';

const NEEDED = [
  {
    crate: 'worker-build', version: WORKER_BUILD, binary: 'worker-build',
    why: 'packs a Rust crate as a Worker; built once for all clones, some minutes', locked: true,
  },
  {
    // Its lock file may name crates newer than a mirror holds, so it is resolved anew.
    crate: 'wasm-bindgen-cli', version: WASM_BINDGEN, binary: 'wasm-bindgen',
    why: 'writes the JavaScript beside the wasm; built once for all clones, some minutes', locked: false,
  },
];

const isThere = ({ binary, version }) => answer(tool(binary), ['--version'])?.split(/\s+/).includes(version) ?? false;

export async function ensureRustTools() {
  const missing = NEEDED.filter((needed) => !isThere(needed));
  if (missing.length === 0) return;
  await ensureLinker();
  const scratch = path.join(TOOLS, 'target');
  for (const needed of missing) {
    await step(`${needed.crate} ${needed.version}`, needed.why, async () => {
      if (needed.crate === 'worker-build') await ensureOpenssl();
      const install = (locked) => run('cargo',
        ['install', needed.crate, '--version', `=${needed.version}`, '--root', TOOLS, '--force', ...(locked ? ['--locked'] : [])],
        // Tools that run for seconds need no long optimisation; a shared folder lets the second reuse the first's crates.
        { env: rustEnv({ CARGO_TARGET_DIR: scratch, CARGO_PROFILE_RELEASE_OPT_LEVEL: '1', CARGO_PROFILE_RELEASE_LTO: 'off' }) });
      if ((needed.locked && (await install(true)) === 0) || (await install(false)) === 0) return;
      throw new Problem(`cargo could not build ${needed.crate}: its last lines above name the reason (often the network or a missing system library).`);
    });
  }
  rmSync(scratch, { recursive: true, force: true });
}

async function ensureLinker() {
  if (process.platform === 'win32' || which('cc') || which('gcc') || which('clang')) return;
  if (await aptInstall(['build-essential'], 'Rust links with the system C compiler')) return;
  throw new Problem(process.platform === 'darwin'
    ? 'A C linker is missing: run "xcode-select --install" and start again.'
    : 'A C linker is missing: install your system\'s C compiler (Debian, Ubuntu: "sudo apt-get install build-essential") and start again.');
}

/** worker-build links the system's TLS library on Linux. */
async function ensureOpenssl() {
  if (process.platform !== 'linux' || answer('pkg-config', ['--exists', 'openssl']) !== undefined) return;
  if (await aptInstall(['pkg-config', 'libssl-dev'], 'worker-build links OpenSSL')) return;
  throw new Problem('OpenSSL\'s headers are missing: install them (Debian, Ubuntu: "sudo apt-get install pkg-config libssl-dev"; Fedora: "sudo dnf install pkgconf openssl-devel") and start again.');
}

/** Installs Debian packages where that needs no question: as root with apt-get. Returns whether it did. */
export async function aptInstall(packages, why) {
  if (process.getuid?.() !== 0 || !which('apt-get')) return false;
  return step(`apt packages ${packages.join(' ')}`, why, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, capture: true });
    if ((await install()).code === 0) return true;
    await run('apt-get', ['update'], { env, capture: true });
    return (await install()).code === 0;
  });
}
