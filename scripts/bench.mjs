// npm run bench -- <name> [options]: one of the measurements in scripts/bench/, each a file that exports run(args).
import { existsSync, readdirSync } from 'node:fs';
import { inRoot } from './lib/paths.mjs';
import { Problem, main } from './lib/term.mjs';

await main(async () => {
  const [name, ...args] = process.argv.slice(2);
  const names = readdirSync(inRoot('scripts', 'bench')).filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -4)).sort();
  const file = inRoot('scripts', 'bench', `${name}.mjs`);
  if (!names.includes(name) || !existsSync(file)) throw new Problem(`Say which: npm run bench -- ${names.join(' | ')}`);
  await (await import(file)).run(args);
});
