// A folder per local run from which wrangler reads: the committed wrangler files, the built Workers by link, and the
// run's own variables. So several runs (dev, demo, tests) stand side by side and none writes into the sources.
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { varsFile } from './environment.mjs';
import { inRoot, workerDir } from './paths.mjs';
import { Problem } from './term.mjs';
import { WORKERS, workerNames } from './workers.mjs';

/**
 * Makes `.wrangler/runs/<id>` and returns the wrangler files in it: `{ dir, workers: {name: file}, frontDoor, site }`.
 * `site` is undefined when the site has not been built. Only declared variables reach a Worker: wrangler leaves out
 * of .dev.vars what a Worker's `vars` and `secrets` do not name.
 */
export function makeRunDir(id, vars) {
  const dir = inRoot('.wrangler', 'runs', id);
  rmSync(dir, { recursive: true, force: true });
  const workers = Object.fromEntries(workerNames.map((name) => {
    const built = path.join(workerDir(name), 'build');
    if (!existsSync(path.join(built, 'index.js'))) throw new Problem(`The Worker ${name} is not built: run "npm run build".`);
    return [name, place(path.join(dir, name), path.join(workerDir(name), 'wrangler.toml'), { build: built }, vars)];
  }));
  const dist = inRoot('frontend', 'dist');
  const site = existsSync(dist)
    ? place(path.join(dir, 'site'), inRoot('frontend', 'wrangler.toml'), { dist }, vars)
    : undefined;
  return { dir, workers, site, frontDoor: placeFrontDoor(path.join(dir, 'front-door')) };
}

function place(folder, config, links, vars) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'wrangler.toml');
  copyFileSync(config, file);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(folder, name), 'junction');
  writeFileSync(path.join(folder, '.dev.vars'), varsFile(vars), { mode: 0o600 });
  return file;
}

/** The front door without the site: the same split by prefix, and the door through which tests reach D1. */
function placeFrontDoor(folder) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'wrangler.json');
  const config = {
    name: 'rip-city-front-door',
    main: inRoot('scripts', 'lib', 'front-door.mjs'),
    compatibility_date: '2026-10-01',
    services: WORKERS.map(({ name, binding }) => ({ binding, service: `rip-city-${name}` })),
    d1_databases: [{
      binding: 'DB', database_name: 'rip-city', database_id: 'rip-city-local', migrations_dir: inRoot('migrations'),
    }],
  };
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}
