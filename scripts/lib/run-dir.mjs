// A folder per local run from which wrangler reads: the committed wrangler files, the built Workers by link, and the
// run's own variables. So several runs (dev, demo, tests) stand side by side and none writes into the sources.
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { varsFile } from './environment.mjs';
import { inRoot, workerDir } from './paths.mjs';
import { Problem } from './term.mjs';
import { WORKERS, workerNames } from './workers.mjs';

const RUNS = inRoot('.wrangler', 'runs');
let made = 0;

/**
 * Makes a folder in `.wrangler/runs` and returns the wrangler files in it: `{ dir, workers: {name: file}, frontDoor,
 * site, remove() }`. `site` is undefined when the site has not been built. Only declared variables reach a Worker: wrangler leaves out
 * of .dev.vars what a Worker's `vars` and `secrets` do not name.
 */
export function makeRunDir(id, vars) {
  removeLeftovers();
  const dir = path.join(RUNS, `${id}-${process.pid}-${++made}`);
  const workers = Object.fromEntries(workerNames.map((name) => {
    const built = path.join(workerDir(name), 'build');
    if (!existsSync(path.join(built, 'index.js'))) throw new Problem(`The Worker ${name} is not built: run "npm run build".`);
    return [name, place(path.join(dir, name), path.join(workerDir(name), 'wrangler.toml'), { build: built }, vars)];
  }));
  const dist = inRoot('frontend', 'dist');
  const site = existsSync(dist)
    ? placeSite(path.join(dir, 'site'), dist, vars)
    : undefined;
  return {
    dir, workers, site, frontDoor: placeFrontDoor(path.join(dir, 'front-door')),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Folders of runs whose process is gone: they hold secrets and are of no use. */
function removeLeftovers() {
  for (const name of existsSync(RUNS) ? readdirSync(RUNS) : []) {
    const pid = Number(/-(\d+)-\d+$/.exec(name)?.[1]);
    if (!pid || !isAlive(pid)) rmSync(path.join(RUNS, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function place(folder, config, links, vars) {
  mkdirSync(folder, { recursive: true });
  // Pages keeps its intermediate files beside the nearest package.json and finds them again only from there.
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const file = path.join(folder, 'wrangler.toml');
  copyFileSync(config, file);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(folder, name), 'junction');
  writeFileSync(path.join(folder, '.dev.vars'), varsFile(vars), { mode: 0o600 });
  return file;
}

/** Pages bundles its Worker by paths relative to the real folder and loses its way through a link: the site is copied. */
function placeSite(folder, dist, vars) {
  const file = place(folder, inRoot('frontend', 'wrangler.toml'), {}, vars);
  cpSync(dist, path.join(folder, 'dist'), { recursive: true });
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
