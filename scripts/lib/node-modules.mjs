// npm packages: exactly those of package-lock.json, among them the Node that wrangler needs.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, npmBin } from './paths.mjs';
import { answer, run } from './proc.mjs';
import { Problem, step } from './term.mjs';

/** wrangler 4.164 refuses an older Node. */
const WRANGLER_NODE = [22, 12];

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Whether node_modules holds every package the lock file names, in that version. */
function upToDate() {
  const installedFile = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(inRoot('package-lock.json'))).every(([key, wanted]) => {
    if (!key.startsWith('node_modules/') || wanted.link || wanted.optional) return true;
    if (wanted.peer && !installed[key]) return true;
    return installed[key]?.version === wanted.version;
  });
}

/** npm as it was started, so that a version manager's npm is used again. */
function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') || script?.endsWith('.cjs')
    ? run(process.execPath, [script, ...args], { cwd: inRoot() })
    : run('npm', args, { cwd: inRoot() });
}

export async function ensureNodeModules() {
  if (!upToDate()) {
    await step('npm packages', 'wrangler, Next.js and the build tools, as package-lock.json pins them', async () => {
      const quiet = ['--no-audit', '--no-fund'];
      if ((await npm(['ci', ...quiet])) === 0) return;
      if ((await npm(['install', ...quiet])) === 0) return;
      throw new Problem('npm could not install the packages: check the network, then run "npm ci" to see its reason.');
    });
  }
  if (!nodeForTools()) {
    await step('Node 24', 'wrangler needs Node 22.12 or newer', () =>
      run(process.execPath, ['installArchSpecificPackage.js'], { cwd: inRoot('node_modules', 'node') }));
    if (!nodeForTools()) {
      throw new Problem('The npm package "node" brought no Node for this machine: install Node 22.12 or newer and run the command again.');
    }
  }
}

let found;
/** The Node that runs wrangler and the TypeScript of the sandbox: the one npm brought, else the system's if new enough. */
export function nodeForTools() {
  return (found ??= [npmBin('node'), process.execPath].find((node) => {
    const version = existsSync(node) ? answer(node, ['--version']) : undefined;
    const [major, minor] = (version ?? 'v0.0').slice(1).split('.').map(Number);
    return major > WRANGLER_NODE[0] || (major === WRANGLER_NODE[0] && minor >= WRANGLER_NODE[1]);
  }));
}

/** Environment in which npm's tools come first and run on that Node. */
export const toolEnv = (extra = {}) => ({
  ...process.env,
  PATH: [path.dirname(nodeForTools()), inRoot('node_modules', '.bin'), process.env.PATH].join(path.delimiter),
  WRANGLER_SEND_METRICS: 'false',
  CI: process.env.CI ?? '1', // no questions, no hot keys
  ...extra,
});
