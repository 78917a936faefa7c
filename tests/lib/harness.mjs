// The five Workers on the real runtime (workerd), as wrangler's test harness starts them: committed wrangler files,
// D1 with all migrations, the sandbox as the outside world. State lives as long as the harness.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { createTestHarness } from 'wrangler';
import { runVars } from '../../scripts/lib/environment.mjs';
import { makeRunDir } from '../../scripts/lib/run-dir.mjs';
import { DOOR, door as openTo, doorConfig } from './door.mjs';
import { freePort, startSandbox } from './sandbox.mjs';
import { interceptOutbound } from './outbound.mjs';

const FRONT_DOOR = 'rip-city-front-door';
/** Fixed so that a failing test can be run again as it was. */
const SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0';
const SECRETS = {
  INTERNAL_KEY: `internal-${SECRET}`,
  OPERATOR_TOKEN: `operator-${SECRET}`,
  UNSUBSCRIBE_KEY: `unsubscribe-${SECRET}`,
  PEPPER: `pepper-${SECRET}`,
  RESEND_WEBHOOK_SECRET: `whsec_${Buffer.from(SECRET.slice(0, 24)).toString('base64')}`,
  STUBHUB_WEBHOOK_AUTHORIZATION: `stubhub-${SECRET}`,
  SANDBOX_SECRET: SECRET,
};

/**
 * @param {object} [options]
 * @param {string} [options.clock] MARKET_CLOCK string, shared with the sandbox; empty is real time
 * @param {Record<string, string>} [options.vars] overrides; an empty string makes a variable missing
 * @param {boolean} [options.sandbox] false: no sandbox; outbound calls need a test's own answers
 * @param {string[]} [options.sandboxArgs] more arguments for sandbox/server.ts
 * @param {Record<string, (toml: string) => string>} [options.edit] changes to a Worker's wrangler file, by its name
 */
export async function startHarness({
  clock = '', vars = {}, sandbox: wantSandbox = true, sandboxArgs = [], edit = {},
} = {}) {
  const [sitePort, sandboxPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${sitePort}`;
  const allVars = {
    ...runVars({ origin, sandbox: wantSandbox ? `http://localhost:${sandboxPort}` : 'http://sandbox.invalid', clock, personal: SECRETS }),
    ...vars,
  };
  let sandbox;
  let door;
  const run = makeRunDir('test', allVars);
  for (const [name, change] of Object.entries(edit)) {
    writeFileSync(run.workers[name], change(readFileSync(run.workers[name], 'utf8')));
  }
  /** Runtimes of harnesses that were started before this one. */
  const others = existsSync('/proc') ? workerdPids() : [];
  const outbound = interceptOutbound();
  const server = createTestHarness({
    root: run.dir,
    workers: [
      { configPath: run.frontDoor },
      ...Object.values(run.workers).map((configPath) => ({ configPath })),
      { config: doorConfig() },
    ],
  });
  const stop = async () => {
    await server.close();
    await sandbox?.stop();
    door?.close();
    outbound.restore();
    run.remove();
  };
  try {
    const { url } = await server.listen();
    door = await openDoor(sitePort, url);
    if (wantSandbox) sandbox = await startSandbox(sandboxPort, allVars, sandboxArgs);
    await server.getWorker(DOOR).applyD1Migrations('DB');
  } catch (error) {
    await stop();
    throw error;
  }
  const worker = (name) => server.getWorker(`rip-city-${name}`);
  const url = (path) => new URL(path, origin).href;
  /** Reads again what broke: after a crash there are connections left that lead to the runtime that was. */
  const reading = async (ask, { method = 'GET' } = {}, tries = 3) => {
    try {
      return await ask();
    } catch (error) {
      if (method !== 'GET' || tries === 1) throw error;
      return reading(ask, { method }, tries - 1);
    }
  };
  const bound = openTo((...request) => server.getWorker(DOOR).fetch(...request));
  return {
    origin,
    vars: allVars,
    sandbox,
    outbound,
    stop,
    /** The Worker itself, past the front door: also /healthz and /internal/*. */
    call: (name, path, init) => reading(() => worker(name).fetch(url(path), { redirect: 'manual', ...init }), init),
    /** The public way: through the front door, by prefix. */
    open: (path, init) => reading(() => server.getWorker(FRONT_DOOR).fetch(url(path), { redirect: 'manual', ...init }), init),
    /** Like `call` to an internal path, with the key that Workers show each other. */
    internal: (name, path, init = {}) => worker(name).fetch(url(path), {
      ...init, headers: { ...init.headers, 'x-internal-key': allVars.INTERNAL_KEY },
    }),
    /** Runs a Worker's cron handler as if the schedule had come. */
    cron: (name, scheduledTime = new Date()) => worker(name).scheduled({ cron: '*/1 * * * *', scheduledTime }),
    /** Rows of a D1 query. */
    rows: (sql, ...values) => reading(() => bound.DB.rows(sql, ...values)),
    /** Kills workerd in the middle of whatever it does, and starts it again on the state it left behind. */
    async crash() {
      for (const pid of workerdPids().filter((one) => !others.includes(one))) process.kill(pid, 'SIGKILL');
      await server.update((options) => ({ ...options }));
      door.inside = (await server.listen()).url;
    },
    /** Ends a running Durable Object; its storage stays. */
    evict: (name, className, objectName) => worker(name).evictDurableObject(className, { name: objectName }),
    /** Ids of the objects of a class that have stored something. */
    objectIds: (name, className) => worker(name).listDurableObjectIds(className),
    /** What the Workers are bound to, by name, to put a message on a queue or look into KV and R2 (door.mjs). */
    bound,
    /** What the Workers logged: our JSON lines as objects, other lines as text. */
    logs: () => server.getLogs().map(({ level, message }) => parseLine(message) ?? { level, text: message }),
    clearLogs: () => server.clearLogs(),
    /** Prints the harness's own timeline, for a test that failed. */
    debug: () => server.debug(),
  };
}

/** SITE_URL must be known before the Workers start, their own address is known after: this leads from one to the other. */
function openDoor(port, inside) {
  const door = createServer((request, response) => {
    const { hostname: host, port } = door.inside;
    const through = httpRequest({ host, port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
    through.on('error', () => response.destroy());
    request.pipe(through);
  });
  door.inside = inside;
  door.unref();
  return new Promise((resolve, reject) => door.once('error', reject).listen(port, () => resolve(door)));
}

/** What the system says of a process; nothing of one that has just ended. */
function statusOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** Every workerd that this process has started. Needs /proc. */
function workerdPids() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    const status = statusOf(pid);
    return /^Name:\s+workerd$/m.test(status) && new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(status);
  });
}

function parseLine(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Asks until `probe` answers something true, and returns that; fails with `what` after `limitMs`. */
export async function eventually(what, probe, limitMs = 10_000) {
  const limit = Date.now() + limitMs;
  let last;
  do {
    try {
      const value = await probe();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < limit);
  throw new Error(`not within ${limitMs} ms: ${what}${last ? ` (${last.message})` : ''}`);
}
