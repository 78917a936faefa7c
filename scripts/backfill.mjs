// `npm run backfill -- --source X --from DAY [--to DAY] [--base URL]`: decodes a source's kept answers of those days
// again with today's adapters and hands what they say to the price history. Interrupted, it goes on where it was; run
// twice, it changes nothing the second time. Needs OPERATOR_TOKEN, from the environment or .dev.vars.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { personalVars } from './lib/environment.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, dim, duration, green, main } from './lib/term.mjs';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A call may meet a deployment or a busy moment: it is tried so often, longer and longer apart. */
const TRIES = 5;

const USAGE = 'npm run backfill -- --source ticketmaster --from 2026-11-20 [--to 2026-11-21] [--base https://…]';

/** What was asked for, checked. */
export function options(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: { source: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' }, base: { type: 'string' } },
    }));
  } catch (error) {
    throw new Problem(`${error.message} Usage: ${USAGE}`);
  }
  const { source, from, to = from, base = 'http://localhost:8787' } = values;
  if (!/^[a-z]+$/.test(source ?? '')) throw new Problem(`--source names a source in small letters. Usage: ${USAGE}`);
  for (const day of [from, to]) {
    if (!DAY.test(day ?? '') || Number.isNaN(Date.parse(day))) throw new Problem(`A day looks like 2026-11-20. Usage: ${USAGE}`);
  }
  if (to < from) throw new Problem('--to must not be before --from.');
  return { source, from, to, base: base.replace(/\/+$/, '') };
}

/** The file that remembers how far a backfill of these days came. */
const memory = ({ source, from, to, base }, folder) =>
  path.join(folder, `${source}-${from}-${to}-${new URL(base).host.replace(/[^\w.-]/g, '_')}.json`);

function remembered(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { cursor: null, pages: 0, events: 0, observations: 0, skipped: 0 };
  }
}

/**
 * Runs to the end; answers the sums. `told` hears of the sums after every call.
 * @param {{source: string, from: string, to: string, base: string}} wanted
 */
export async function backfill(wanted, { token, folder, told = () => {}, ask = fetch, waitMs = 500 }) {
  const file = memory(wanted, folder);
  let done = remembered(file);
  const resumed = Boolean(done.cursor);
  for (;;) {
    const answer = await once(wanted, done.cursor, { token, ask, waitMs });
    const sum = (name) => done[name] + answer[name];
    done = {
      cursor: answer.cursor ?? null,
      pages: sum('pages'), events: sum('events'), observations: sum('observations'), skipped: sum('skipped'),
    };
    told(done);
    if (!done.cursor) break;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify(done));
  }
  rmSync(file, { force: true });
  return { ...done, resumed };
}

async function once({ source, from, to, base }, cursor, { token, ask, waitMs }) {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(`${base}/v1/sources/${source}/backfill`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ from, to, cursor }),
    }).catch((error) => ({ ok: false, status: 0, text: async () => error.message }));
    if (answer.ok) return answer.json();
    const text = await answer.text();
    if ((answer.status !== 0 && answer.status < 500) || tries === TRIES) {
      throw new Problem(`${base} answered ${answer.status || 'nothing'}: ${detailOf(text)}. Run the same command again to go on.`);
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs * 2 ** tries));
  }
}

function detailOf(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return text.slice(0, 200);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const wanted = options(process.argv.slice(2));
    const token = process.env.OPERATOR_TOKEN || personalVars().OPERATOR_TOKEN;
    const start = performance.now();
    const line = ({ pages, events, observations, skipped }) =>
      `${pages} answers, ${events} events, ${observations} observations, ${skipped} skipped`;
    const told = (done) => {
      const day = /^raw\/[a-z]+\/([\d-]+)\//.exec(done.cursor ?? '')?.[1] ?? wanted.to;
      const text = `${wanted.source} ${day}  ${line(done)}`;
      if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text}`);
      else console.log(text);
    };
    const done = await backfill(wanted, { token, folder: inRoot('.wrangler', 'backfill'), told });
    if (process.stdout.isTTY) process.stdout.write('\n');
    console.log(`${green('✓')} ${wanted.source} from ${wanted.from} to ${wanted.to}: ${line(done)} ${dim(duration(performance.now() - start))}`);
    if (done.resumed) console.log(dim('  Went on where it was interrupted; the numbers are of the whole.'));
    if (done.pages === 0) console.log(dim('  No answer of these days is kept: they are for a week.'));
  });
}
