// Builds the site when its sources changed. How it is built is the frontend's own business.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fingerprint } from './fingerprint.mjs';
import { nodeForTools, toolEnv } from './node-modules.mjs';
import { inRoot } from './paths.mjs';
import { run } from './proc.mjs';
import { Problem, note, step } from './term.mjs';

const DIST = inRoot('frontend', 'dist');
const RECORD = inRoot('frontend', '.open-next', 'record.json');

const current = () => fingerprint([inRoot('frontend'), inRoot('shared', 'contract', 'openapi.json'), inRoot('package-lock.json')]);

/** Whether the site's output folder is there and made of the present sources. */
export const siteIsFresh = () =>
  existsSync(DIST) && existsSync(RECORD) && JSON.parse(readFileSync(RECORD, 'utf8')).fingerprint === current();

/** Builds the Pages output folder frontend/dist if it is out of date. */
export async function buildSite({ force = false } = {}) {
  if (!force && siteIsFresh()) return note('site: up to date');
  await step('site', 'Next.js, rendered on the server, for the Pages runtime', async () => {
    const { scripts } = JSON.parse(readFileSync(inRoot('frontend', 'package.json'), 'utf8'));
    if (!scripts?.build) throw new Problem('frontend/package.json has no build script.');
    const [command, ...args] = scripts.build.split(' ');
    if (command !== 'node') throw new Problem('frontend\'s build script is expected to be a Node script.');
    const { code, output } = await run(nodeForTools(), args,
      { cwd: inRoot('frontend'), env: toolEnv({ NEXT_TELEMETRY_DISABLED: '1' }), capture: true });
    if (code !== 0) {
      console.error(output);
      throw new Problem('The site does not build: its output stands above.');
    }
    note(output.trim().split('\n').at(-1) ?? '');
  });
  // Read after the build: it may write files of its own beside the sources (next-env.d.ts).
  writeFileSync(RECORD, `${JSON.stringify({ fingerprint: current() })}\n`);
}
