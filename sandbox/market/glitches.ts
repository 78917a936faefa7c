/**
 * Bad moments of the markets' own making: an outlier (a price twenty times too low or twelve times too high) or a ghost
 * (the event is missing from one answer).
 *
 * A glitch lasts for one window of market time. The window is shorter than the time between two polls, so one poll may
 * see it but two in a row cannot: whoever believes a price only when it was seen twice is never fooled.
 */

import type { Listing } from "./carriage.ts";
import { hash, unit } from "./random.ts";

export interface Glitch {
  readonly ghost: boolean;
  /** What the price is multiplied by. */
  readonly factor: number;
}

/** One window in so many has a glitch, for each listing: with 200 listings, one glitch every seven windows or so. */
const WINDOWS_PER_GLITCH = 1_500;
const SHORTEST_WINDOW_MS = 30_000;
const WINDOW_REAL_MS = 700;

/** The window for a clock, by its slowest pace: 0.7 real seconds, at least 30 market seconds. */
export function windowFor(slowest: number): number {
  return Math.max(SHORTEST_WINDOW_MS, Math.round(WINDOW_REAL_MS * slowest));
}

export function glitchAt(seed: number, listing: Listing, t: number, windowMs: number): Glitch | null {
  if (windowMs === 0) return null;
  const window = Math.floor(t / windowMs);
  const slot = Math.floor(window / WINDOWS_PER_GLITCH);
  const hit = hash(seed, listing.id, "glitch", slot) % WINDOWS_PER_GLITCH;
  if (window - slot * WINDOWS_PER_GLITCH !== hit) return null;
  const kind = unit(seed, listing.id, "glitch-kind", slot);
  if (kind < 0.4) return { ghost: true, factor: 1 };
  return { ghost: false, factor: kind < 0.8 ? 1 / 20 : 12 };
}

/** When the last bad moment at or before `t` began or, if it is over, ended; 0 when there was none in this slot or the last. */
export function lastGlitchTurn(seed: number, listing: Listing, t: number, windowMs: number): number {
  if (windowMs === 0) return 0;
  const slot = Math.floor(Math.floor(t / windowMs) / WINDOWS_PER_GLITCH);
  const turns = [slot - 1, slot].flatMap((one) => {
    const window = one * WINDOWS_PER_GLITCH + (hash(seed, listing.id, "glitch", one) % WINDOWS_PER_GLITCH);
    return [window * windowMs, (window + 1) * windowMs];
  });
  return Math.max(0, ...turns.filter((at) => at <= t));
}
