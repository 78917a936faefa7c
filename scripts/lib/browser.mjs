// A Chromium for the browser suite: one that is installed, else Playwright's, else the system's package.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { npmBin, inRoot } from './paths.mjs';
import { run, which } from './proc.mjs';
import { aptInstall } from './rust-tools.mjs';
import { nodeForTools } from './node-modules.mjs';
import { step, warn } from './term.mjs';

const DOWNLOAD_LIMIT_MS = 180_000;

/** Path of a Chromium on this machine, or undefined. The environment variable CHROMIUM wins. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named && existsSync(named)) return named;
  const onPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
    .map((name) => which(name))
    .find(Boolean);
  if (onPath) return onPath;
  const apps = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`).find(existsSync);
  return apps ?? playwrightChromium();
}

function playwrightChromium() {
  const folders = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    path.join(homedir(), '.cache', 'ms-playwright'),
    path.join(homedir(), 'Library', 'Caches', 'ms-playwright'),
  ].filter((folder) => folder && existsSync(folder));
  const inside = ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-linux/headless_shell',
    'chrome-headless-shell-linux64/chrome-headless-shell', 'chrome-mac/Chromium.app/Contents/MacOS/Chromium'];
  for (const folder of folders) {
    const builds = readdirSync(folder).filter((name) => name.startsWith('chromium')).sort().reverse();
    for (const build of builds) {
      const hit = inside.map((file) => path.join(folder, build, file)).find(existsSync);
      if (hit) return hit;
    }
  }
  return undefined;
}

/** Sees to a Chromium. Without one the browser suite cannot run: a sentence says so and undefined is returned. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const cli = [inRoot('node_modules', 'playwright-core', 'cli.js')].find(existsSync);
  if (cli) {
    await step('Chromium', 'the browser suite opens the site as people do', async () => {
      const { code } = await run(nodeForTools() ?? npmBin('node'), [cli, 'install', 'chromium-headless-shell'],
        { capture: true, timeout: DOWNLOAD_LIMIT_MS });
      if (code !== 0) warn('Playwright\'s download did not work here; looking for a system package.');
    });
  }
  if (!findChromium()) await aptInstall(['chromium'], 'the browser suite opens the site as people do');
  const installed = findChromium();
  if (!installed) warn('No Chromium on this machine: install Chromium or Chrome, or name one in the environment variable CHROMIUM.');
  return installed;
}
