// The sandbox as a process of its own on a free port, for tests.
import { createServer } from 'node:net';
import { start } from '../../scripts/lib/proc.mjs';
import { inRoot, ROOT } from '../../scripts/lib/paths.mjs';

const START_LIMIT_MS = 15_000;
/** Taken before tests patch it: looking into the inbox is not a call of the Workers. */
const fetchUncounted = globalThis.fetch;

/** `varsFor(origin)` gives the variables, among them the keys the sandbox accepts and the market clock. */
export async function startSandbox(varsFor, args = []) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const lines = [];
  const child = start('the sandbox', process.execPath, [inRoot('sandbox', 'server.ts'), '--port', String(port), ...args], {
    cwd: ROOT, env: { ...process.env, ...varsFor(origin) }, onLine: (line) => lines.push(line),
  });
  const limit = Date.now() + START_LIMIT_MS;
  let dead = false;
  child.ended.then(() => (dead = true));
  process.once('exit', child.killNow);
  for (;;) {
    const up = await fetchUncounted(`${origin}/healthz`).then((answer) => answer.ok, () => false);
    if (up) break;
    if (dead || Date.now() > limit) {
      await child.stop();
      throw new Error(`the sandbox did not start:\n${lines.slice(-20).join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    origin,
    lines,
    /** Everything the system has sent so far. */
    inbox: async () => (await fetchUncounted(`${origin}/inbox.json`)).json(),
    async stop() {
      process.off('exit', child.killNow);
      await child.stop();
    },
  };
}

const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
