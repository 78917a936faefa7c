// npm run bench -- score [--rounds N]
// Scores a second of events and of single listings, in wasm, natively and in idiomatic TypeScript side by side, after all
// three have answered alike. The last line is JSON with all of it.
import { parseArgs } from 'node:util';
import { scoreBench, scoreTable } from '../lib/score-bench.mjs';
import { Problem } from '../lib/term.mjs';

export async function run(args) {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string' } } });
  if (values.rounds !== undefined && !/^[1-9]\d{0,2}$/.test(values.rounds)) throw new Problem('--rounds must be a whole number above zero.');
  const score = await scoreBench({ rounds: values.rounds && Number(values.rounds) });
  console.log(scoreTable(score));
  console.log(JSON.stringify({ bench: 'score', score }));
}
