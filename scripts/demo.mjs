// `npm run demo`: the main job without a browser. A person registers, sets alerts, the market runs until prices fell
// and the messages arrived; everything is told as it happens, and the last line is one JSON object.
// `npm run demo -- --replay ../shared/providers [--speed N] [--seconds N]` does the same with recorded prices.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorkers } from './lib/workers-build.mjs';
import { seed } from './lib/seed.mjs';
import { setUp } from './lib/setup.mjs';
import { startStack } from './lib/stack.mjs';
import { Problem, main } from './lib/term.mjs';
import { Watch, settled } from './lib/demo-watch.mjs';

const { values: flags } = parseArgs({
  options: {
    replay: { type: 'string' },
    speed: { type: 'string' },
    seconds: { type: 'string' },
  },
});

/** Market seconds a real second. Recorded listings change with nearly every poll, so replay is not as fast as it could be. */
const SPEED = { simulated: 3600, replay: 14_400 };
/** How long the market runs at least and at most, real seconds. All that is recorded takes 12 minutes: --seconds 720. */
const RUN = { simulated: { least: 25, most: 110 }, replay: { least: 75, most: 110 } };

/** Recorded prices move less than invented ones: four people wait for smaller falls, on twenty events. */
const PEOPLE = {
  simulated: [{}],
  replay: ['demo', 'demo-2', 'demo-3', 'demo-4'].map((name) => ({ email: `${name}@ripcity.example`, fallPercent: 1, among: 40 })),
};

const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);

function positive(text, name, otherwise) {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (Number.isFinite(number) && number >= 1) return number;
  throw new Problem(`--${name} must be a number of at least 1, for example --${name} 3600.`);
}

await main(async () => {
  const mode = flags.replay ? 'replay' : 'simulated';
  const speed = positive(flags.speed, 'speed', SPEED[mode]);
  const least = positive(flags.seconds, 'seconds', RUN[mode].least);
  const most = Math.max(RUN[mode].most, least + 30);
  const { flavour } = await setUp();
  await buildWorkers({ flavour });

  const state = mkdtempSync(path.join(tmpdir(), 'rip-city-demo-'));
  const troubles = [];
  say(`starting the five Workers and the ${mode} market (1 real second is ${(speed / 3600).toFixed(1)} market hours)`);
  const stack = await startStack({
    ports: { site: 8887, sandbox: 8890 },
    persist: state,
    site: false,
    speed,
    replay: flags.replay,
    vars: mode === 'replay' ? { SOURCES_AREA: 'everywhere' } : {},
    onTrouble: (line) => troubles.push(line),
  });
  const watch = new Watch(stack, say);
  try {
    say(`the API is at ${stack.origin}, the inbox at ${stack.sandbox}/inbox`);
    const taken = new Set();
    for (const person of PEOPLE[mode]) await seed({ ...stack, log: say, taken, ...person });
    const started = Date.now();
    const elapsed = () => (Date.now() - started) / 1000;
    while (elapsed() < most && !(elapsed() >= least && (await watch.messages()) > 0)) {
      await watch.look();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    say('the markets close; waiting until everything seen is stored and everything written is sent');
    if (flags.replay) await watch.tellReplay();
    await watch.closeMarkets();
    const lost = await settled(watch, say);
    const report = await watch.report({ lost, troubles });
    if (report.messages_delivered === 0) say('no message arrived: that is a failure');
    console.log(JSON.stringify(report));
    process.exitCode = report.messages_delivered > 0 && report.errors === 0 ? 0 : 1;
  } finally {
    await stack.stop();
    rmSync(state, { recursive: true, force: true });
  }
});
