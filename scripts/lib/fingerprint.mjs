// Content fingerprints: what was built from exactly these bytes need not be built again.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders that are results, not sources. */
const SKIPPED = new Set(['node_modules', 'build', 'dist', 'target', '.next', '.open-next', '.wrangler', '.git']);

function* filesUnder(entry) {
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isFile()) {
    yield entry;
    return;
  }
  for (const child of readdirSync(entry).sort()) {
    if (!SKIPPED.has(child)) yield* filesUnder(path.join(entry, child));
  }
}

/** SHA-256 over names and bytes of all files under `entries`, and over the strings in `also`. */
export function fingerprint(entries, also = []) {
  const hash = createHash('sha256');
  for (const text of also) hash.update(`${text}\0`);
  for (const entry of entries) {
    for (const file of filesUnder(entry)) {
      const bytes = readFileSync(file);
      hash.update(`${path.relative(entry, file)}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest('hex');
}
