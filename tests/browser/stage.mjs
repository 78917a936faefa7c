// Where the browser suites play: a running product, a Chromium, and the inbox.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/browser.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';

export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** Market seconds per real second: polls and their confirmations come within seconds, events stay days away. */
const SPEED = 120;

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

/**
 * The product at RIP_ORIGIN and RIP_SANDBOX, or one of its own that ends with the suite.
 * `answer` is how the browser sees the site; `ask` and `sandbox` are the doors beside it.
 */
export async function openStage() {
  const stack = process.env.RIP_ORIGIN
    ? { origin: process.env.RIP_ORIGIN, sandbox: process.env.RIP_SANDBOX, operatorToken: process.env.RIP_OPERATOR_TOKEN, stop: async () => {} }
    : await ownStack();
  const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
  const complaints = [];

  /** A page of a visitor who has never been here; what the browser complains about is kept. */
  async function visit(path, options = {}) {
    const context = await browser.newContext({ baseURL: stack.origin, viewport: DESK, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    page.on('console', (message) => {
      // A page that is meant to be missing or failing is reported by the browser as well.
      if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) complaints.push(`${path}: ${message.text()}`);
    });
    await page.goto(path);
    return page;
  }

  return {
    ...stack,
    visit,
    /** What the browsers complained about since the last time: broken scripts, refused styles, failed hydration. */
    takeComplaints: () => complaints.splice(0),
    /** Asks the public API; with a body, by POST. */
    ask: (path, body) => askJson(`${stack.origin}${path}`, body),
    /** Tells the sandbox what to do, or asks it. */
    control: (path, body) => askJson(`${stack.sandbox}${path}`, body),
    /** The newest message to an address that `wanted` accepts. */
    message: (to, wanted, what) =>
      until(what, async () => {
        const { messages } = await askJson(`${stack.sandbox}/inbox.json?to=${encodeURIComponent(to)}`);
        return messages.find(wanted);
      }),
    close: async () => {
      await browser.close();
      await stack.stop();
    },
  };
}

async function ownStack() {
  const persist = mkdtempSync(join(tmpdir(), 'rip-city-browser-'));
  const { origin, sandbox, stop, hasSite, vars } = await startStack({ ports: { site: 8887, sandbox: 8890 }, speed: SPEED, persist });
  assert.ok(hasSite, 'The site is not built: run "npm run build".');
  return {
    origin,
    sandbox,
    operatorToken: vars.OPERATOR_TOKEN,
    stop: async () => {
      await stop();
      rmSync(persist, { recursive: true, force: true });
    },
  };
}

async function askJson(url, body) {
  const answer = await fetch(url, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Waits for something to become true, and says what it waited for if it never does. */
export async function until(what, probe, patienceMs = 60_000) {
  const limit = Date.now() + patienceMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < limit, `not within ${patienceMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

/** An event that SeatGeek prices and whose history has begun: what the suites look at. */
export function pricedEvent(stage) {
  return until('the markets have a priced event that SeatGeek lists', async () => {
    // Market time runs fast: an event of tonight would be over before the suite is.
    const { as_of: now } = await stage.ask('/v1/sources');
    const { events } = await stage.ask(`/v1/events?limit=100&from=${new Date(Date.parse(now) + 2 * 86_400_000).toISOString()}`);
    for (const { id } of events.filter(({ from_price }) => from_price?.kind === 'quoted').sort((a, b) => b.markets - a.markets).slice(0, 10)) {
      const event = await stage.ask(`/v1/events/${id}`);
      const offer = event.offers.find(({ market, price }) => market === 'seatgeek' && price.kind === 'quoted');
      // Until its first price has come through the queue an event has no history: 404.
      const history = offer && (await fetch(`${stage.origin}/v1/prices/${id}`));
      if (history?.ok && (await history.json()).summary.now) return { ...event, seatgeek: offer };
    }
    return undefined;
  });
}
