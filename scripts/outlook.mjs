// `npm run outlook -- train [--api URL] [--out DIR] [--version V] [--keep]`: exports the histories of all events, trains an
// outlook on them, registers it and puts it into service (--keep: registers only). Needs OPERATOR_TOKEN, from the
// environment or .dev.vars.
import { mkdirSync, openSync, closeSync, writeSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { personalVars } from './lib/environment.mjs';
import { lab } from './lib/lab.mjs';
import { operatorOf, packed, ship, versionOf } from './lib/models.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, main, step } from './lib/term.mjs';

const USAGE = 'npm run outlook -- train [--api https://…] [--out DIR] [--version V] [--keep]';
const AT_ONCE = 6;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      api: { type: 'string', default: 'http://localhost:8787' }, out: { type: 'string' },
      version: { type: 'string', default: versionOf() }, keep: { type: 'boolean', default: false },
    },
  });
  if (positionals.join(' ') !== 'train') throw new Problem(`Usage: ${USAGE}`);
  const token = process.env.OPERATOR_TOKEN || personalVars().OPERATOR_TOKEN;
  const ask = operatorOf(values.api.replace(/\/+$/, ''), token);
  const folder = values.out ?? inRoot('.wrangler', 'outlook', values.version);
  mkdirSync(folder, { recursive: true });
  const sources = (await ask('GET', '/v1/sources')).sources;
  const invented = sources.some(({ mode }) => mode === 'sandbox');
  const count = await step('export', 'the histories of all events', () => exported(ask, folder));
  if (count === 0) throw new Problem('There is no event with a history yet.');
  const done = await step('train', `on ${count} events${invented ? ' (of invented prices)' : ''}`, () =>
    lab('train', '--history', path.join(folder, 'history.csv'), '--events', path.join(folder, 'events.csv'),
      '--out', folder, '--data', invented ? 'invented' : 'observed'));
  await step(values.keep ? 'register' : 'ship', values.version, () => (values.keep
    ? ask('PUT', `/v1/outlook/models/${values.version}`, { body: packed(folder), type: 'application/octet-stream' })
    : ship(ask, folder, values.version)));
  console.log(JSON.stringify({ version: values.version, folder, ...done }));
});

/** Writes history.csv and events.csv; answers how many events there are. */
async function exported(ask, folder) {
  const events = [];
  for (let cursor = ''; cursor !== undefined;) {
    const page = await ask('GET', `/v1/outlook/events${cursor && `?cursor=${encodeURIComponent(cursor)}`}`);
    events.push(...page.events);
    cursor = page.next_cursor ?? undefined;
  }
  const file = openSync(path.join(folder, 'history.csv'), 'w');
  let isFirst = true;
  const left = [...events];
  const worker = async () => {
    for (let event = left.shift(); event; event = left.shift()) {
      const table = await ask('GET', `/v1/prices/${event.id}/export`).catch((error) => {
        if (/ 404:/.test(error.message)) return undefined;
        throw error;
      });
      if (!table) continue;
      const [header, ...rows] = table.trimEnd().split('\n');
      writeSync(file, `${[...(isFirst ? [header] : []), ...rows].join('\n')}\n`);
      isFirst = false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  closeSync(file);
  const quoted = (text) => `"${(text ?? '').replaceAll('"', '""')}"`;
  writeFileSync(path.join(folder, 'events.csv'), `${['event_id,name,start_utc,genre', ...events.map((event) =>
    [event.id, quoted(event.name), event.starts_at ?? '', quoted(event.genre)].join(','))].join('\n')}\n`);
  return events.length;
}
