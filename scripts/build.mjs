// npm run build: the Workers and the site, what is out of date of them.
//   --only aggregator,pricing   only these Workers, and not the site unless "site" is among them; "probe" and "decode" are
//                               those of tests/, which nothing but tests and benches needs
//   --force                     also what is up to date
//   --check                     builds nothing; fails when something is out of date
import { TEST_WORKERS } from './lib/paths.mjs';
import { setUp } from './lib/setup.mjs';
import { buildSite, siteIsFresh } from './lib/site-build.mjs';
import { Problem, main } from './lib/term.mjs';
import { buildWorkers, staleWorkers } from './lib/workers-build.mjs';
import { workerNames } from './lib/workers.mjs';

const flag = (name) => process.argv.includes(`--${name}`);

function chosen() {
  const at = process.argv.indexOf('--only');
  const names = at < 0 ? [...workerNames, 'site'] : (process.argv[at + 1] ?? '').split(',').filter(Boolean);
  const known = [...workerNames, ...TEST_WORKERS, 'site'];
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    throw new Problem(`--only takes names out of ${known.join(', ')}, separated by commas.`);
  }
  return { workers: names.filter((name) => name !== 'site'), site: names.includes('site') };
}

await main(async () => {
  const { workers, site } = chosen();
  const { flavour } = await setUp();
  if (flag('check')) {
    const stale = [...staleWorkers(workers, flavour), ...(site && !siteIsFresh() ? ['site'] : [])];
    if (stale.length > 0) throw new Problem(`Not built from the present sources: ${stale.join(', ')}. Run: npm run build`);
    return;
  }
  if (workers.length > 0) await buildWorkers({ names: workers, flavour, force: flag('force'), heldToBudget: true });
  if (site) await buildSite({ force: flag('force') });
});
