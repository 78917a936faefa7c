// npm run bench -- ingest [--only throughput|decode] [--events N] [--listings N] [--per-page N] [--walks N] [--rounds N]
//   throughput   tickets a minute through decode, match, inventory, queue and history; storage rows a ticket; memory
//   decode       fetch, decode and normalise of two 500 KB pages beside idiomatic TypeScript on the same runtime
// The last line is JSON with all of it.
import { parseArgs } from 'node:util';
import { decodeBench, decodeTable } from '../lib/decode-bench.mjs';
import { ingestBench, tellIngest } from '../lib/ingest-bench.mjs';
import { Problem } from '../lib/term.mjs';

const NUMBERS = ['events', 'listings', 'per-page', 'walks', 'rounds'];

export async function run(args) {
  const { values } = parseArgs({
    args, options: { only: { type: 'string' }, ...Object.fromEntries(NUMBERS.map((name) => [name, { type: 'string' }])) },
  });
  if (values.only !== undefined && !['throughput', 'decode'].includes(values.only)) throw new Problem('--only is throughput or decode.');
  const number = (name) => {
    if (values[name] === undefined) return undefined;
    if (!/^\d{1,6}$/.test(values[name])) throw new Problem(`--${name} must be a whole number.`);
    return Number(values[name]);
  };
  const result = {};
  if (values.only !== 'decode') {
    result.ingest = await ingestBench({ events: number('events'), listings: number('listings'), perPage: number('per-page'), walks: number('walks') });
    tellIngest(result.ingest);
  }
  if (values.only !== 'throughput') {
    result.decode = await decodeBench({ rounds: number('rounds') });
    console.log(decodeTable(result.decode));
  }
  console.log(JSON.stringify({ bench: 'ingest', ...result }));
}
