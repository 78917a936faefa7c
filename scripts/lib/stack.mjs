// Starts the whole product on this machine: the sandbox and one workerd process with the site and the five Workers.
import { appendFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { applyMigrations } from './d1.mjs';
import { liveServices, personalVars, runVars } from './environment.mjs';
import { steadyClock } from './market-clock.mjs';
import { nodeForTools, toolEnv } from './node-modules.mjs';
import { DEV_STATE, ROOT, inRoot, npmBin } from './paths.mjs';
import { start } from './proc.mjs';
import { makeRunDir } from './run-dir.mjs';
import { Problem } from './term.mjs';
import { workerNames } from './workers.mjs';

export const PORTS = { site: 8787, sandbox: 8790 };
const START_LIMIT_MS = 90_000;
/** Cron does not run by itself locally: the operator's door wakes the planners in its place. */
const WAKE_EVERY_MS = 60_000;
const KEPT_LINES = 5000;

/**
 * @param {object} options
 * @param {{site?: number, sandbox?: number}} [options.ports] first choice; the next free ones are taken
 * @param {string} [options.replay] folder of recorded provider answers to replay instead of the simulated market
 * @param {number} [options.speed] pace of market time from now on, market seconds per real second
 * @param {string} [options.clock] MARKET_CLOCK string, instead of `speed`; empty is real time
 * @param {string} [options.persist] folder of the runtime's state
 * @param {string} [options.logFile] receives every line of every process
 * @param {Record<string, string>} [options.vars] variables that override the generated ones
 * @param {boolean} [options.site] false: leave out the site even if it is built
 * @param {(line: {from: string, text: string}) => void} [options.onTrouble] warnings and errors as they appear
 * @returns addresses, `logs`, `vars`, `stop()`, and `ended`, which settles when a process ends by itself
 */
export async function startStack(options = {}) {
  const { replay, persist = DEV_STATE, site: wantSite = true } = options;
  const clock = options.clock ?? (options.speed ? steadyClock(options.speed) : '');
  const logFile = options.logFile ?? inRoot('.wrangler', 'logs', `run-${process.pid}.log`);
  const sandboxPort = await freePort(options.ports?.sandbox ?? PORTS.sandbox);
  const sitePort = await freePort(options.ports?.site ?? PORTS.site);
  const sandbox = `http://localhost:${sandboxPort}`;
  const origin = `http://localhost:${sitePort}`;
  const personal = personalVars();
  const vars = { ...runVars({ origin, sandbox, clock, market: replay ? 'replay' : 'simulated', personal }), ...options.vars };
  const run = makeRunDir('stack', vars);
  const logs = makeLog(logFile, options.onTrouble);

  await applyMigrations(persist);
  const processes = [startSandbox({ vars, port: sandboxPort, replay, onLine: logs.from('sandbox') })];
  const killAll = () => processes.forEach((child) => child.killNow());
  process.once('exit', killAll);
  let stopped = false;
  const stop = async () => {
    stopped = true;
    clearInterval(waker);
    await Promise.all(processes.map((child) => child.stop()));
    process.off('exit', killAll);
    run.remove();
  };
  let waker;
  try {
    await untilAnswers(`${sandbox}/healthz`, processes, logs);
    processes.push(startRuntime({ run, wantSite, port: sitePort, persist, onLine: logs.from('workers') }));
    await untilAnswers(`${origin}/v1/events?limit=1`, processes, logs);
  } catch (error) {
    await stop();
    throw error;
  }
  const wake = () => wakePlanners(origin, vars.OPERATOR_TOKEN);
  await wake().catch((error) => logs.add('workers', `[warn] the planners did not wake: ${error.message}`));
  waker = setInterval(() => wake().catch(() => {}), WAKE_EVERY_MS);
  waker.unref();
  const ended = Promise.race(processes.map((child) => child.ended.then((how) => ({ name: child.name, ...how }))))
    .then((how) => (stopped ? undefined : how));
  return {
    origin, sandbox, vars, logs: logs.lines, logFile, wake, stop, ended,
    hasSite: Boolean(run.site && wantSite), live: liveServices(personal),
  };
}

function startSandbox({ vars, port, replay, onLine }) {
  const args = ['sandbox/server.ts', '--port', String(port)];
  if (replay) args.push('--replay', path.resolve(replay));
  return start('the sandbox', nodeForTools(), args, { cwd: ROOT, env: toolEnv(vars), onLine });
}

function startRuntime({ run, wantSite, port, persist, onLine }) {
  const first = (wantSite && run.site) || run.frontDoor;
  const command = first === run.site ? ['pages', 'dev'] : ['dev'];
  const configs = [first, ...workerNames.map((name) => run.workers[name])].flatMap((file) => ['-c', file]);
  const args = [...command, ...configs, '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0',
    '--persist-to', persist, '--show-interactive-dev-session=false'];
  return start('the Workers', npmBin('wrangler'), args, {
    cwd: path.dirname(first), // Pages takes its wrangler file from the working directory only
    env: toolEnv({ WRANGLER_REGISTRY_PATH: path.join(run.dir, 'registry') }), // other runs' Workers have the same names
    onLine,
  });
}

async function wakePlanners(origin, token) {
  const answer = await fetch(`${origin}/v1/sources/wake`, {
    method: 'POST', headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`POST /v1/sources/wake answered ${answer.status}`);
}

/** Waits until an address answers without a server error; fails when a process ends or time runs out. */
async function untilAnswers(url, processes, logs) {
  const limit = Date.now() + START_LIMIT_MS;
  let dead;
  for (const child of processes) child.ended.then((how) => (dead ??= { name: child.name, ...how }));
  let last = 'no answer';
  while (Date.now() < limit && !dead) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
      await answer.arrayBuffer();
      if (answer.status < 500) return;
      last = `status ${answer.status}`;
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  const tail = logs.lines.slice(-15).map((line) => `    ${line.from}: ${line.text}`).join('\n');
  const what = dead ? `${dead.name} ended (${dead.reason})` : `${url} did not answer in ${START_LIMIT_MS / 1000} s (${last})`;
  throw new Problem(`The product did not start: ${what}. Its last lines:\n${tail}\n  All lines: ${logs.file}`);
}

/** The first free port from `wanted` on. */
async function freePort(wanted) {
  for (let port = wanted; port < wanted + 50; port++) {
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Problem(`No free port between ${wanted} and ${wanted + 49}.`);
}

const TROUBLE = /"level":"(warn|error)"|\[(ERROR|WARNING|warn|error)\]|✘|▲|Uncaught|PanicError/;
/**
 * What wrangler says on every closed network or local run, and what means nothing: the runtime complains when somebody
 * leaves before an answer is whole, since it then cannot finish its own record of the request.
 */
const HARMLESS = /tail session was canceled|IoContext dropped queued cross-context|Request\.cf|Scheduled Workers are not automatically|local\/scheduled|ENOTFOUND workers\.cloudflare\.com|marked as having no side effects/;

function makeLog(file, onTrouble) {
  mkdirSync(path.dirname(file), { recursive: true });
  const lines = [];
  const add = (from, text) => {
    if (!text) return;
    const line = { at_ms: Date.now(), from, text };
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.splice(0, KEPT_LINES / 10);
    appendFileSync(file, `${new Date(line.at_ms).toISOString()} ${from} ${text}\n`);
    if (TROUBLE.test(text) && !HARMLESS.test(text)) onTrouble?.(line);
  };
  return { lines, file, add, from: (name) => (text) => add(name, text) };
}
