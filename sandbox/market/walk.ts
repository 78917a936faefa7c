/**
 * How a price moves: a walk of lasting steps from the day sales begin to the event.
 *
 * Sellers look at their prices a few times a day, so a walk is piecewise constant: morning, afternoon and evening each
 * may bring a step. Far from the day cuts and rises balance; in the last three weeks cuts of 5 to 15 % prevail (for
 * events in demand, rises do). Each walk is drawn once from its key and is therefore the same after a restart.
 */

import { DAY_MS, HOUR_MS } from "../calendar.ts";
import { stream } from "./random.ts";

export interface Step {
  readonly atMs: number;
  /** The price as a multiple of the opening price from this moment on. */
  readonly level: number;
}

export interface Temper {
  /** Chance that a seller acts in each of the day's three windows. */
  readonly activity: number;
  /** Chance that an action is a cut, far from the day and near it. */
  readonly cut: readonly [far: number, near: number];
  readonly rise: readonly [far: number, near: number];
  readonly floor: number;
  readonly ceiling: number;
}

export const DEMAND: Temper = { activity: 0.55, cut: [0.16, 0.36], rise: [0.15, 0.08], floor: 0.4, ceiling: 1.6 };
export const SCARCITY: Temper = { activity: 0.55, cut: [0.14, 0.1], rise: [0.16, 0.34], floor: 0.7, ceiling: 2.2 };
/** What one market does beside the others. */
export const OWN_MARKET: Temper = { activity: 0.2, cut: [0.3, 0.34], rise: [0.3, 0.3], floor: 0.85, ceiling: 1.15 };
/** A box office, which changes its prices rarely. */
export const BOX_OFFICE: Temper = { activity: 0.06, cut: [0.3, 0.7], rise: [0.4, 0.05], floor: 0.6, ceiling: 1.4 };

const NEAR_DAYS = 21;
const WINDOWS_UTC_HOURS = [16, 22, 4] as const;
const WINDOW_HOURS = 2.5;

/** The whole walk between two instants. At 2.4 steps a day over 60 days this is some 150 steps. */
export function walk(temper: Temper, fromMs: number, toMs: number, ...key: readonly (string | number)[]): Step[] {
  const next = stream("walk", ...key);
  const steps: Step[] = [{ atMs: fromMs, level: 1 }];
  let level = 1;
  for (let day = Math.floor(fromMs / DAY_MS); day <= toMs / DAY_MS; day += 1) {
    for (const hour of [...WINDOWS_UTC_HOURS].sort((a, b) => a - b)) {
      const atMs = day * DAY_MS + Math.round((hour + WINDOW_HOURS * next()) * HOUR_MS);
      const acts = next() < temper.activity;
      const kind = next();
      const size = next();
      if (!acts || atMs <= fromMs || atMs >= toMs) continue;
      const near = toMs - atMs < NEAR_DAYS * DAY_MS ? 1 : 0;
      const factor = stepFactor(temper, near, level, kind, size);
      if (factor !== 1) {
        level *= factor;
        steps.push({ atMs, level });
      }
    }
  }
  return steps;
}

/** 1 means that the seller looked and left the price alone. */
function stepFactor(temper: Temper, near: 0 | 1, level: number, kind: number, size: number): number {
  const cut = level <= temper.floor ? 0 : temper.cut[near];
  const rise = level >= temper.ceiling ? 0 : temper.rise[near];
  if (kind < cut) return 1 - (0.05 + 0.1 * size);
  if (kind < cut + rise) return 1 + (0.04 + 0.1 * size);
  return kind > 0.8 ? 1 + (size - 0.5) * 0.03 : 1;
}

/** The step that holds at `t`: binary search, because lists of prices ask this for every offer at every poll. */
export function stepAt(steps: readonly Step[], t: number): Step {
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((steps[middle]?.atMs ?? Infinity) <= t) low = middle;
    else high = middle - 1;
  }
  const step = steps[low];
  if (!step) throw new Error("stepAt: an empty walk");
  return step;
}
