// The local D1 database: migrations are applied when they changed since the last time.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { toolEnv } from './node-modules.mjs';
import { ROOT, inRoot, npmBin } from './paths.mjs';
import { run } from './proc.mjs';
import { Problem } from './term.mjs';

/** Applies migrations/ to the state folder `persist`. */
export async function applyMigrations(persist) {
  const folder = inRoot('migrations');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sql')) : [];
  if (files.length === 0) return;
  const record = path.join(persist, 'migrations.json');
  const present = fingerprint([folder]);
  if (existsSync(record) && JSON.parse(readFileSync(record, 'utf8')).fingerprint === present) return;
  const { code, output } = await run(npmBin('wrangler'),
    ['d1', 'migrations', 'apply', 'rip-city', '--local', '--persist-to', persist, '-c', inRoot('wrangler.toml')],
    { cwd: ROOT, env: toolEnv(), capture: true });
  if (code !== 0) throw new Problem(`The D1 migrations could not be applied to ${persist}:\n${output.trim()}`);
  mkdirSync(persist, { recursive: true });
  writeFileSync(record, `${JSON.stringify({ fingerprint: present })}\n`);
}
