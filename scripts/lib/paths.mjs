// Where things stand: one place for every folder the scripts know.
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const ROOT = path.resolve(fileURLToPath(import.meta.url), '../../..');

/** A path inside the repository. */
export const inRoot = (...parts) => path.join(ROOT, ...parts);

/** A tool that an npm package brought, for example `wrangler`. */
export const npmBin = (name) => inRoot('node_modules', '.bin', name);

/** Per-user folder for tools built once and used by every clone. */
export const CACHE = path.join(
  process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'),
  'rip-city-ticket-dispatch',
);

/** Local state of the runtime (D1, KV, R2, Durable Objects) that `npm run dev` keeps between runs. */
export const DEV_STATE = inRoot('.wrangler', 'state');

/** Workers that are no product: one panics on command for the tests, one reads pages for the bench. */
export const TEST_WORKERS = ['probe', 'decode', 'scoring'];

/** Folder of a Worker. */
export const workerDir = (name) => inRoot(TEST_WORKERS.includes(name) ? 'tests' : 'workers', name);
