// npm test: all rings in order, each runner's own lines as they come, and a summary.
//   --ring 3     only this ring
//   --no-audit   leave out the look for known vulnerabilities
import { audit } from './lib/audit.mjs';
import { inRoot } from './lib/paths.mjs';
import { run } from './lib/proc.mjs';
import { RINGS } from './lib/rings.mjs';
import { setUp } from './lib/setup.mjs';
import { Problem, bold, duration, green, main, red, table } from './lib/term.mjs';

function chosenRings() {
  const at = process.argv.indexOf('--ring');
  if (at < 0) return RINGS;
  const rings = RINGS.filter(({ number }) => String(number) === process.argv[at + 1]);
  if (rings.length === 0) throw new Problem(`--ring takes a number from 1 to ${RINGS.length}.`);
  return rings;
}

/** What a test runner itself says at its end: cargo a line for each crate, Node a few for each run. */
function runnersLines(output) {
  const cargo = output.match(/^test result: .*$/gm) ?? [];
  const node = [...output.matchAll(/^ℹ (tests|pass|fail|skipped) (\d+)$/gm)].map(([, what, count]) => `${what} ${count}`);
  const crates = cargo.filter((line) => !/ 0 passed; 0 failed/.test(line));
  return node.length > 0 ? [...crates, `node --test: ${node.join(', ')}`] : crates;
}

/** Runs all steps of a ring, also after a failure: one run shows everything that is wrong. */
async function runRing(ring, found) {
  console.log(`\n${bold(`Ring ${ring.number}: ${ring.name}`)}`);
  const start = performance.now();
  const failures = [];
  const verdicts = [];
  if (ring.needs && !found[ring.needs]) failures.push(`no ${ring.needs} on this machine`);
  else {
    for (const step of ring.steps(found)) {
      if (step.missing) {
        failures.push(step.missing);
        continue;
      }
      const line = [step.command, ...step.args].map((part) => part.replace(inRoot(''), '')).join(' ');
      console.log(`$ ${line.length > 120 ? `${line.slice(0, 117)}...` : line}`);
      const { code, output } = await run(step.command, step.args, { cwd: step.cwd ?? inRoot(), env: step.env, capture: 'too' });
      verdicts.push(...runnersLines(output));
      if (code !== 0) failures.push(`${line.slice(0, 60)} (exit code ${code})`);
    }
  }
  for (const failure of failures) console.log(red(`✗ ${failure}`));
  return { ring, failures, verdicts, ms: performance.now() - start };
}

await main(async () => {
  const rings = chosenRings();
  const found = await setUp({ browser: rings.some(({ needs }) => needs === 'chromium') });
  const results = [];
  for (const ring of rings) results.push(await runRing(ring, found));
  const audited = process.argv.includes('--no-audit') || rings.length < RINGS.length ? undefined : await audit();
  console.log(`\n${table(['Ring', '', 'took', ''], results.map(({ ring, failures, ms }) =>
    [`${ring.number}`, ring.name, duration(ms), failures.length === 0 ? green('passed') : red(failures.join('; '))]))}`);
  if (audited) console.log(`Known vulnerabilities: ${audited.summary}`);
  const failed = results.filter(({ failures }) => failures.length > 0).length + (audited?.failed ? 1 : 0);
  for (const { ring, verdicts } of results) {
    if (verdicts.length > 0) console.log(`Ring ${ring.number}:\n${verdicts.map((line) => `  ${line}`).join('\n')}`);
  }
  console.log(failed === 0 ? green(bold('All rings passed.')) : red(bold(`${failed} of ${results.length} rings failed.`)));
  return failed === 0 ? 0 : 1;
});
