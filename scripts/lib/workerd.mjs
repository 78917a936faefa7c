// workerd itself, without wrangler or miniflare round it: for benches, where those would be most of what is measured.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, npmBin } from './paths.mjs';
import { start } from './proc.mjs';
import { Problem } from './term.mjs';

const START_LIMIT_MS = 15_000;

/**
 * Starts one workerd with a socket for each Worker. A Worker is `{ name, port, modules: [[name, kind, file]] }`, the first
 * module being its entry and `kind` esModule or wasm. Workers may fetch from this machine.
 */
export async function startWorkerd(workers) {
  const parent = inRoot('.wrangler', 'runs');
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(path.join(parent, 'workerd-'));
  writeFileSync(path.join(dir, 'config.capnp'), configOf(workers, dir));
  const lines = [];
  const child = start('workerd', npmBin('workerd'), ['serve', 'config.capnp'], { cwd: dir, onLine: (line) => lines.push(line) });
  process.once('exit', child.killNow);
  const stop = async () => {
    process.off('exit', child.killNow);
    await child.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  for (const { port } of workers) {
    if (await untilListening(port, child)) continue;
    await stop();
    throw new Problem(`workerd did not start:\n${lines.slice(-10).join('\n')}`);
  }
  return { stop, cpuMs: () => cpuMs(child.pid) };
}

/** Processor time the process has used, milliseconds; undefined where there is no /proc. Unlike the clock it does not mind neighbours. */
function cpuMs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

async function untilListening(port, child) {
  const limit = Date.now() + START_LIMIT_MS;
  let dead = false;
  child.ended.then(() => (dead = true));
  while (Date.now() < limit && !dead) {
    if (await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.arrayBuffer(), () => undefined)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

const text = JSON.stringify;

function configOf(workers, dir) {
  const services = workers.map(({ name, modules }) => `    (name = ${text(name)}, worker = (
      compatibilityDate = "2026-10-01",
      modules = [${modules.map(([module, kind, file]) => `(name = ${text(module)}, ${kind} = embed ${text(path.relative(dir, file))})`).join(', ')}],
    )),`);
  const sockets = workers.map(({ name, port }) => `    (name = ${text(name)}, address = "127.0.0.1:${port}", http = (), service = ${text(name)}),`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
${services.join('\n')}
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [
${sockets.join('\n')}
  ],
);
`;
}
