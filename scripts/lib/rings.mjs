// The rings of `npm test`, from the fastest to the slowest. A ring is a list of programs that must all succeed.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { nodeForTools, toolEnv } from './node-modules.mjs';
import { inRoot } from './paths.mjs';
import { rustEnv } from './rust.mjs';

const node = (...args) => ({ command: nodeForTools(), args, env: toolEnv() });
const cargo = (...args) => ({ command: 'cargo', args, env: rustEnv() });
/** Suites are found by folder; an empty folder is a mistake, not a success. */
function suite(folder, extension, ...options) {
  const names = existsSync(inRoot(folder)) ? readdirSync(inRoot(folder)).sort() : [];
  const files = names.filter((name) => name.endsWith(`.test.${extension}`)).map((name) => `${folder}/${name}`);
  return files.length > 0 ? node('--test', ...options, ...files) : { missing: `no *.test.${extension} in ${folder}/` };
}
function npmScript(workspace, name) {
  const { scripts = {} } = JSON.parse(readFileSync(inRoot(workspace, 'package.json'), 'utf8'));
  if (!scripts[name]) return { missing: `${workspace}/package.json has no script "${name}"` };
  return { command: 'sh', args: ['-c', scripts[name]], cwd: inRoot(workspace), env: toolEnv() };
}

export const RINGS = [
  {
    number: 1,
    name: 'rules, natively',
    steps: () => [
      cargo('fmt', '--all', '--check'),
      cargo('clippy', '--workspace', '--all-targets', '--quiet', '--', '-D', 'warnings'),
      cargo('clippy', '--workspace', '--lib', '--quiet', '--target', 'wasm32-unknown-unknown', '--exclude', 'lab', '--', '-D', 'warnings'),
      cargo('test', '--workspace', '--quiet'),
    ],
  },
  {
    number: 2,
    name: 'contracts: what is generated is fresh',
    steps: () => [npmScript('frontend', 'check:client'), npmScript('frontend', 'check:types')],
  },
  {
    number: 3,
    name: 'configuration, scripts, sandbox and site code',
    steps: () => [
      suite('tests', 'mjs'),
      suite('sandbox/test', 'ts'),
      suite('frontend/test', 'ts'),
    ],
  },
  { number: 4, name: 'build and sizes', steps: () => [node('scripts/build.mjs'), node('scripts/build.mjs', '--only', 'probe')] },
  { number: 5, name: 'the Workers on workerd', steps: () => [suite('tests/workers', 'mjs', '--test-concurrency=1')] },
  {
    number: 6,
    name: 'the site in Chromium',
    needs: 'chromium',
    steps: ({ chromium }) =>
      [suite('tests/browser', 'mjs', '--test-concurrency=1')].map((step) => ({ ...step, env: toolEnv({ CHROMIUM: chromium }) })),
  },
];
