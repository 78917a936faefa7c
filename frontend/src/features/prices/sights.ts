import type { Step } from './courses.ts';

/** What one market asked, parted into what bears itself out and what was seen once and stands out. */
export interface Sights {
  readonly steps: readonly Step[];
  /** Seen once, and farther out than the sights before and after it: no part of the course. */
  readonly odd: readonly (readonly [atMs: number, minor: number])[];
}

/** A sight with one neighbour only, the newest above all, is odd when it is below this share of it, or above the inverse. */
const BOUND = 0.65;

/**
 * Parts a market's sights. A sight bears out its neighbour as far as it goes the same way: what two in a row were at, or beyond,
 * is the course (docs/PRICING.md, stage 2, with its band). What sticks out beyond both neighbours was seen once.
 */
export function partSights(sights: readonly Step[]): Sights {
  const priceAt = (index: number) => sights[index]?.[1] ?? null;
  const sticksOut = sights.map((_, index) => isBeyondBoth(priceAt(index), priceAt(index - 1), priceAt(index + 1)));
  /** The nearest sight on one side that does not stick out itself, if another follows: of two that disagree neither is the odd one. */
  const beside = (index: number, way: 1 | -1): number | null => {
    let next = index + way;
    while (sticksOut[next]) next += way;
    return priceAt(next + way) === null ? null : priceAt(next);
  };
  const steps: Step[] = [];
  const odd: [number, number][] = [];
  for (const [index, sight] of sights.entries()) {
    const [atMs, minor] = sight;
    const [before, after] = [priceAt(index - 1), priceAt(index + 1)];
    const isOdd = minor !== null && (sticksOut[index] || (before === null && isFarFrom(minor, beside(index, 1))) || (after === null && isFarFrom(minor, beside(index, -1))));
    if (isOdd) odd.push([atMs, minor]);
    else steps.push(sight);
  }
  return { steps, odd };
}

function isBeyondBoth(minor: number | null, before: number | null, after: number | null): boolean {
  if (minor === null || before === null || after === null) return false;
  const band = bandOf(Math.max(before, after));
  return minor < Math.min(before, after) - band || minor > Math.max(before, after) + band;
}

/** Alone, a sight is all there is to draw. */
const isFarFrom = (minor: number, beside: number | null) => beside !== null && (minor < beside * BOUND || minor > beside / BOUND);

/** Within this of each other prices are one level: 1 %, at least one major unit of most currencies. */
const bandOf = (minor: number) => Math.max(minor / 100, 100);
