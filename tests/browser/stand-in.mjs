// The site before stand-ins of the five Workers: what it shows when there is much to tell, nothing, or no answer at all.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { toolEnv } from '../../scripts/lib/node-modules.mjs';
import { inRoot, npmBin } from '../../scripts/lib/paths.mjs';
import { start } from '../../scripts/lib/proc.mjs';
import { workerNames } from '../../scripts/lib/workers.mjs';
import { answerFor } from './answers.mjs';

const START_LIMIT_MS = 60_000;

/**
 * Starts the built site. `answers.state` says how its Workers answer from now on: `full`, `empty` or `failing`;
 * `answers.down` is a list of path prefixes that fail whatever the state, `answers.replace` has answers by path.
 */
export async function startStandIn({ port = 8911 } = {}) {
  const answers = { state: 'full', down: [], asked: [] };
  const api = createServer((request, response) => {
    const url = new URL(request.url, 'http://workers.internal');
    answers.asked.push(`${request.method} ${url.pathname}${url.search}`);
    const { status, body } = answerFor(request.method, url, request.headers, answers);
    response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise((resolve) => api.listen(0, '127.0.0.1', resolve));
  mkdirSync(inRoot('.wrangler'), { recursive: true });
  const folder = mkdtempSync(path.join(inRoot('.wrangler'), 'stand-in-'));
  const configs = workerNames.map((name) => relay(path.join(folder, `${name}.json`), `rip-city-${name}`, api.address().port));
  const site = path.join(folder, 'site', 'wrangler.toml');
  cpSync(inRoot('frontend', 'dist'), path.join(folder, 'site', 'dist'), { recursive: true });
  cpSync(inRoot('frontend', 'wrangler.toml'), site);
  writeFileSync(path.join(folder, 'site', 'package.json'), '{ "private": true, "type": "module" }\n');
  const lines = [];
  const child = start('the site', npmBin('wrangler'),
    ['pages', 'dev', ...[site, ...configs].flatMap((file) => ['-c', file]), '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0',
      '--persist-to', path.join(folder, 'state'), '--show-interactive-dev-session=false'],
    { cwd: path.dirname(site), env: toolEnv({ WRANGLER_REGISTRY_PATH: path.join(folder, 'registry') }), onLine: (line) => lines.push(line) });
  const origin = `http://localhost:${port}`;
  const stop = async () => {
    await child.stop();
    api.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await fetch(origin, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return { origin, answers, stop };
    if (Date.now() > limit) {
      await stop();
      throw new Error(`The site did not start:\n${lines.slice(-20).join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A Worker that hands every request on to this process. */
function relay(file, name, port) {
  const script = file.replace(/json$/, 'mjs');
  writeFileSync(script, `export default { fetch(request) {
    const { pathname, search } = new URL(request.url);
    return fetch('http://127.0.0.1:${port}' + pathname + search, request);
  } };\n`);
  writeFileSync(file, JSON.stringify({ name, main: script, compatibility_date: '2026-10-01' }));
  return file;
}
