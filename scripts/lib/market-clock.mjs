// The two clocks of development: market time may run faster than real time (MARKET_CLOCK, see shared/edge/src/clock.rs).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A market day in real seconds at the beginning: five days pass in the first minute, so that charts have a history. */
const OPENING = { seconds: 60, scale: 7200 };
/** After that an hour is a minute. */
const STEADY_SCALE = 60;

export const segment = (realMs, marketMs, scale) => `${Math.round(realMs)}:${Math.round(marketMs)}:${scale}`;

/** Market time of a MARKET_CLOCK string at a real time, both epoch milliseconds. */
export function marketTime(clock, realMs = Date.now()) {
  if (!clock) return realMs;
  const segments = clock.split(',').map((part) => part.split(':').map(Number));
  const [real, market, scale] = segments.findLast?.(([start]) => start <= realMs) ?? segments[0];
  return market + (realMs - real) * scale;
}

/** A clock that begins now, at the present market time or `from`, and keeps one pace. */
export const steadyClock = (scale, from = Date.now()) => segment(Date.now(), from, scale);

/** The clock of a fresh `npm run dev`: the opening, then the steady pace. */
function openingClock() {
  const now = Date.now();
  const openingEnds = now + OPENING.seconds * 1000;
  return [
    segment(now, now, OPENING.scale),
    segment(openingEnds, now + OPENING.seconds * 1000 * OPENING.scale, STEADY_SCALE),
  ].join(',');
}

/**
 * The clock of a run on kept state. Market time never goes back: stored prices and due times lie in market time,
 * so a later run goes on where the last one stopped, at the steady pace.
 */
export function devClock(stateDir) {
  const file = path.join(stateDir, 'market-clock.json');
  const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).market_ms : undefined;
  const clock = last === undefined ? openingClock() : steadyClock(STEADY_SCALE, Math.max(last, Date.now()));
  const keep = () => {
    mkdirSync(stateDir, { recursive: true });
    writeFileSync(file, `${JSON.stringify({ market_ms: Math.round(marketTime(clock)) })}\n`);
  };
  return { clock, keep };
}
