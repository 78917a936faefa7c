/** A recorded price history moved in time: what was last recorded at a moment, and which points have been served. */

import { DAY_MS } from "../calendar.ts";

export interface Point {
  /** Epoch milliseconds: as recorded in a {@link Recording}, shifted in a {@link Series}. */
  readonly atMs: number;
  /** Cents; null where the record has no price. */
  readonly minor: number | null;
  /** Listings or tickets; null where the record has none, and for 0, which means "unknown" there. */
  readonly count: number | null;
}

export class Series {
  readonly #points: readonly Point[];
  readonly #served: Uint8Array;
  served = 0;

  constructor(points: readonly Point[], shiftMs: number) {
    this.#points = points.map((point) => ({ ...point, atMs: point.atMs + shiftMs })).sort((a, b) => a.atMs - b.atMs);
    this.#served = new Uint8Array(points.length);
  }

  get total(): number {
    return this.#points.length;
  }
  get firstMs(): number {
    return this.#points[0]?.atMs ?? Infinity;
  }
  get lastMs(): number {
    return this.#points.at(-1)?.atMs ?? -Infinity;
  }

  /** How many points lie at or before `t`. */
  due(t: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#points[middle]?.atMs ?? Infinity) <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last point at or before `t`; `undefined` before the first. Counts it as served. */
  serve(t: number): Point | undefined {
    const index = this.due(t) - 1;
    if (index < 0) return undefined;
    if (this.#served[index] === 0) {
      this.#served[index] = 1;
      this.served += 1;
    }
    return this.#points[index];
  }
}

/** The whole days that bring `firstMs` to `startMs` or less than a day after it: nothing of the record is skipped. */
export function shiftDays(firstMs: number, startMs: number): number {
  return Math.ceil((startMs - firstMs) / DAY_MS);
}

/** What `GET /control/replay` tells of one recorded set. */
export interface SetReport {
  readonly set: string;
  readonly provider: string;
  readonly files: readonly string[];
  readonly events: number;
  readonly shift_days: number;
  readonly first_record: string;
  readonly last_record: string;
  readonly points_total: number;
  readonly points_due: number;
  readonly points_served: number;
  /** 0 to 1: how far market time has come between the first and the last record; 1 for a set of one moment. */
  readonly progress: number;
}

export function reportOf(
  about: Pick<SetReport, "set" | "provider" | "files" | "shift_days">,
  series: readonly Series[],
  t: number,
): SetReport {
  const first = Math.min(...series.map((one) => one.firstMs));
  const last = Math.max(...series.map((one) => one.lastMs));
  const sum = (of: (one: Series) => number): number => series.reduce((total, one) => total + of(one), 0);
  return {
    ...about,
    events: series.length,
    first_record: new Date(first).toISOString(),
    last_record: new Date(last).toISOString(),
    points_total: sum((one) => one.total),
    points_due: sum((one) => one.due(t)),
    points_served: sum((one) => one.served),
    progress: last === first ? 1 : Math.min(1, Math.max(0, (t - first) / (last - first))),
  };
}
