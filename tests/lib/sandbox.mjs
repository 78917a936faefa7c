// The sandbox as a process of its own on a free port, for tests.
import { createServer } from 'node:net';
import { start } from '../../scripts/lib/proc.mjs';
import { inRoot, ROOT } from '../../scripts/lib/paths.mjs';

const START_LIMIT_MS = 15_000;
/** Taken before tests patch it: looking into the inbox is not a call of the Workers. */
const fetchUncounted = globalThis.fetch;

/** `vars`: the secrets it signs with, the market clock, and WEBHOOK_TARGET, where its callbacks go. */
export async function startSandbox(port, vars, args = []) {
  const origin = `http://localhost:${port}`;
  const lines = [];
  const child = start('the sandbox', process.execPath, [inRoot('sandbox', 'server.ts'), '--port', String(port), ...args], {
    cwd: ROOT, env: { ...process.env, ...vars }, onLine: (line) => lines.push(line),
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
    /** Messages the system has sent so far, newest first; with `to`, only those. */
    async inbox(to) {
      const query = to ? `?to=${encodeURIComponent(to)}` : '';
      return (await (await fetchUncounted(`${origin}/inbox.json${query}`)).json()).messages;
    },
    /** A command to the sandbox (sandbox/control.ts), for example `control('drop', { event, percent })`. */
    async control(command, body) {
      const answer = await fetchUncounted(`${origin}/control/${command}`, body === undefined ? {} : {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`the sandbox refused ${command}: ${await answer.text()}`);
      return answer.status === 204 ? undefined : answer.json();
    },
    async stop() {
      process.off('exit', child.killNow);
      await child.stop();
    },
  };
}

/** A port nobody listens on now. */
export const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});
