// What the files of the repository say about themselves, read once for the tests of the configuration.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { unstable_readConfig as readConfig } from 'wrangler';
import { ROOT, inRoot } from '../../scripts/lib/paths.mjs';
import { rustEnv } from '../../scripts/lib/rust.mjs';
import { WORKERS } from '../../scripts/lib/workers.mjs';

export const ENVIRONMENTS = ['development', 'staging', 'production'];

export const readJson = (...parts) => JSON.parse(readFileSync(inRoot(...parts), 'utf8'));

/** A wrangler file as wrangler understands it, in one environment. */
export function wranglerConfig(file, environment) {
  const env = environment === 'development' ? undefined : environment;
  const config = readConfig({ config: inRoot(file), env }, { hideWarnings: true });
  return { ...config, queues: { producers: [], consumers: [], ...config.queues } };
}

/** Every Worker in every environment: `{ worker, environment, config }`. */
export const configs = WORKERS.flatMap((worker) => ENVIRONMENTS.map((environment) => ({
  worker: worker.name, environment, config: wranglerConfig(`workers/${worker.name}/wrangler.toml`, environment),
})));

export const configOf = (worker, environment = 'development') =>
  configs.find((entry) => entry.worker === worker && entry.environment === environment).config;

/** Names a Worker is bound to, resources and other Workers. */
export const bindingNames = (config) => [
  ...config.d1_databases.map(({ binding }) => binding),
  ...config.kv_namespaces.map(({ binding }) => binding),
  ...config.r2_buckets.map(({ binding }) => binding),
  ...config.services.map(({ binding }) => binding),
  ...config.durable_objects.bindings.map(({ name }) => name),
  ...config.queues.producers.map(({ binding }) => binding),
];

/** Names of its variables and secrets. */
export const variableNames = (config) => [...Object.keys(config.vars), ...(config.secrets?.required ?? [])];

/** Rust sources below a folder, without their test modules. */
export function rustSource(folder) {
  const files = existsSync(inRoot(folder)) ? readdirSync(inRoot(folder), { recursive: true }) : [];
  return files.filter((file) => file.endsWith('.rs') && !/(^|\/)tests?(\/|\.rs$)/.test(file))
    .map((file) => readFileSync(inRoot(folder, file), 'utf8').split(/#\[cfg\(test\)\]/)[0])
    .join('\n');
}

/** Files git tracks. */
export const trackedFiles = () =>
  execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);

/** The workspace as cargo resolves it. */
export const cargoMetadata = () => JSON.parse(execFileSync('cargo',
  ['metadata', '--locked', '--offline', '--format-version', '1'],
  { cwd: ROOT, env: rustEnv(), encoding: 'utf8', maxBuffer: 128 << 20 }));

export const relative = (file) => path.relative(ROOT, file);
