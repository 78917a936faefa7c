import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const SRC = join(import.meta.dirname, '../src');

/** What each layer may import: pages read features, features read what is shared, never the other way round. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  app: ['app', 'features', 'components', 'lib', 'config'],
  features: ['features', 'components', 'lib', 'config'],
  components: ['components', 'lib', 'config'],
  lib: ['lib', 'config', 'edge'],
  config: ['config', 'edge'],
  edge: ['edge'],
};

/** Every import between files of the site: [importing file, imported path], both below src. */
function imports(): [string, string][] {
  return globSync('**/*.{ts,tsx}', { cwd: SRC }).flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    return [...text.matchAll(/from '(#|\.\.?\/)([^']+)'/g)].map(([, kind, path = '']): [string, string] => [
      file,
      kind === '#' ? path : join(file, '..', kind + path),
    ]);
  });
}

test('imports go one way: app, features, components, lib, config, edge', () => {
  const found = imports();
  assert.ok(found.length > 100, `only ${found.length} imports found: the pattern is broken`);
  const wrong = found.filter(([file, path]) => {
    const layer = file.split('/')[0] ?? '';
    // The bundle's entry takes in what the build of Next.js left beside src.
    if (path.startsWith('../')) return file !== 'edge/worker.ts' && !path.includes('.open-next') && !path.includes('node_modules');
    return !MAY_IMPORT[layer]?.includes(path.split('/')[0] ?? '');
  });
  assert.deepEqual(wrong, []);
});

test('no feature imports another', () => {
  const wrong = imports().filter(([file, path]) => {
    const own = /^features\/([^/]+)\//.exec(file)?.[1];
    const other = /^features\/([^/]+)\//.exec(path)?.[1];
    return own !== undefined && other !== undefined && own !== other;
  });
  assert.deepEqual(wrong, []);
});

test('only Next.js’s own files export a default', () => {
  const allowed = /^(app\/.*(page|layout|error|not-found|robots)\.tsx?|edge\/(worker|open-next\.d)\.ts)$/;
  const wrong = globSync('**/*.{ts,tsx}', { cwd: SRC }).filter((file) => !allowed.test(file) && /^export default/m.test(readFileSync(join(SRC, file), 'utf8')));
  assert.deepEqual(wrong, []);
});
