// Everything a command needs before it does its work. Quick when nothing is to do.
import { existsSync } from 'node:fs';
import { ensureChromium } from './browser.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { inRoot } from './paths.mjs';
import { which } from './proc.mjs';
import { ensureRust, explainFlavour } from './rust.mjs';
import { ensureRustTools } from './rust-tools.mjs';
import { Problem, duration, dim } from './term.mjs';

const OLDEST_NODE = 20;

/** `browser`: also see to a Chromium. Returns `{ flavour, chromium }`. */
export async function setUp({ browser = false } = {}) {
  const start = performance.now();
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new Problem(`Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}: install it from https://nodejs.org and run the command again.`);
  }
  if (!which('git')) throw new Problem('git is missing: install it from https://git-scm.com and run the command again.');
  if (!existsSync(inRoot('package-lock.json'))) throw new Problem('package-lock.json is missing: this is not a complete clone.');
  await ensureNodeModules();
  const flavour = await ensureRust();
  await ensureRustTools();
  const chromium = browser ? await ensureChromium() : undefined;
  explainFlavour(flavour);
  console.log(dim(`Set-up complete (${duration(performance.now() - start)})`));
  return { flavour, chromium };
}
