// npm run dev: everything on this machine, with no account and no key.
//   --port 9000   another first choice for the address people open
//   --fresh       forget the state of earlier runs
import { rmSync } from 'node:fs';
import path from 'node:path';
import { devClock } from './lib/market-clock.mjs';
import { operatorOf } from './lib/models.mjs';
import { givePast } from './lib/past.mjs';
import { DEV_STATE } from './lib/paths.mjs';
import { seed } from './lib/seed.mjs';
import { setUp } from './lib/setup.mjs';
import { buildSite } from './lib/site-build.mjs';
import { PORTS, startStack } from './lib/stack.mjs';
import { Problem, bold, dim, main, step, warn, yellow } from './lib/term.mjs';
import { buildWorkers } from './lib/workers-build.mjs';

const KEEP_CLOCK_EVERY_MS = 5000;
/** Cron does not run by itself locally: the operator's door does its nightly work, a few times a day of market time. */
const NIGHTLY_EVERY_MS = 10_000;

function firstPort() {
  const at = process.argv.indexOf('--port');
  const port = at < 0 ? PORTS.site : Number(process.argv[at + 1]);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) throw new Problem('--port takes a number from 1024 to 65000.');
  return port;
}

function printAddresses(stack, person) {
  const site = stack.hasSite ? stack.origin : `${stack.origin} (the API only: the site is not built)`;
  console.log(`
  ${bold('Rip City Ticket Dispatch is running')}
  Site      ${bold(site)}
  Inbox     ${stack.sandbox}/inbox  ${dim('every mail and SMS the system sends lands here')}`);
  if (person) console.log(`  Sign in   ${stack.origin}/sign-in  ${dim(`as ${person.email}, password ${person.password}`)}`);
  console.log(`  Outside   ${stack.live.length > 0 ? `live: ${stack.live.join(', ')}; the rest is the sandbox` : 'the sandbox stands in for every outside service'}
  Log       ${dim(stack.logFile)}
  ${dim('Market time runs faster than real time. Ctrl-C stops everything; warnings and errors follow.')}
`);
}

await main(async () => {
  const ports = { site: firstPort() };
  const { flavour } = await setUp();
  await buildWorkers({ flavour });
  await buildSite();
  if (process.argv.includes('--fresh')) rmSync(DEV_STATE, { recursive: true, force: true });
  const { clock, keep } = devClock(DEV_STATE);
  let running = false;
  const interrupted = new Promise((resolve) => {
    // Before everything runs there is nothing to wind down: leaving ends what was started (the stack's exit handler).
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (running ? resolve() : process.exit(130)));
  });
  const stack = await step('start', 'the sandbox, the site and five Workers', () =>
    startStack({ ports, clock, onTrouble: ({ from, text }) => console.log(`${yellow(from)} ${text}`) }));
  running = true;
  keep();
  const keeper = setInterval(keep, KEEP_CLOCK_EVERY_MS);
  const log = (text) => console.log(`  ${dim(text)}`);
  const ask = operatorOf(stack.origin, stack.vars.OPERATOR_TOKEN);
  let nightly;
  const nights = () => { nightly = setInterval(() => ask('POST', '/v1/outlook/nightly').catch(() => {}), NIGHTLY_EVERY_MS); };
  seed({ origin: stack.origin, sandbox: stack.sandbox, log })
    .catch((error) => void warn(`The demo person could not be set up: ${error.message}`))
    .then((person) => printAddresses(stack, person));
  // Beside all else: without a past the product runs on past rates, which come by themselves.
  givePast({ origin: stack.origin, sandbox: stack.sandbox, token: stack.vars.OPERATOR_TOKEN, folder: path.join(DEV_STATE, 'outlook'), log })
    .catch((error) => void warn(`The sandbox has no past: ${error.message}`))
    .then(nights);
  const how = await Promise.race([interrupted, stack.ended]);
  clearInterval(keeper);
  clearInterval(nightly);
  keep();
  await stack.stop();
  if (how?.name) throw new Problem(`${how.name} ended by itself (${how.reason}); its lines are in ${stack.logFile}.`);
  console.log('Stopped.');
  process.exit(0); // the demo person may still be waited for
});
