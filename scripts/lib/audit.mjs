// Known vulnerabilities in what is shipped. A machine that cannot reach the advisories says so and does not fail:
// the same commit must not be green on one network and red on another. High and critical findings do fail.
import { inRoot } from './paths.mjs';
import { run, which } from './proc.mjs';
import { rustEnv } from './rust.mjs';
import { step } from './term.mjs';

const LIMIT_MS = 60_000;

/** Returns `{ failed, summary }`. */
export async function audit() {
  return step('audit', 'known vulnerabilities in npm packages and crates', async () => {
    const parts = [await npmAudit(), await cargoAudit()];
    return { failed: parts.some((part) => part.failed), summary: parts.map((part) => part.summary).join('; ') };
  });
}

async function npmAudit() {
  const { output } = await run('npm', ['audit', '--omit=dev', '--json'], { cwd: inRoot(), capture: true, timeout: LIMIT_MS })
    .catch(() => ({ output: '' }));
  const found = parse(output)?.metadata?.vulnerabilities;
  if (!found) return { failed: false, summary: 'npm: the registry\'s advisories could not be reached' };
  const grave = found.high + found.critical;
  return { failed: grave > 0, summary: `npm: ${found.total} (${grave} high or critical)` };
}

async function cargoAudit() {
  if (!which('cargo-audit', rustEnv().PATH)) return { failed: false, summary: 'crates: not looked at, cargo-audit is not installed' };
  const { output } = await run('cargo', ['audit', '--json'], { cwd: inRoot(), env: rustEnv(), capture: true, timeout: LIMIT_MS });
  const found = parse(output)?.vulnerabilities;
  if (!found) return { failed: false, summary: 'crates: the advisory database could not be reached' };
  return { failed: found.count > 0, summary: `crates: ${found.count}` };
}

/** The JSON object in an output that may have warnings before it. */
function parse(output) {
  const at = output.indexOf('{');
  const end = output.lastIndexOf('}');
  if (at < 0) return undefined;
  try {
    return JSON.parse(output.slice(at, end + 1));
  } catch {
    return undefined;
  }
}
