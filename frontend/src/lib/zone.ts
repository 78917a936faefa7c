/** How a zone's clock stands from an instant on. */
export interface Standing {
  /** Epoch ms. */
  readonly fromMs: number;
  /** Ahead of UTC, ms. */
  readonly aheadMs: number;
  /** "PST", "GMT+1". */
  readonly name: string;
}

/**
 * A zone over a span of time, as one runtime knows it. The server tells it to the scripts of a page: a browser with older or
 * newer zone data would otherwise write other times than the page already shows.
 */
export type ToldZone = readonly Standing[];

export const UTC: Standing = { fromMs: 0, aheadMs: 0, name: 'UTC' };

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Formatters are dear to make. */
const made = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format = made.get(timeZone) ?? new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', timeZoneName: 'short',
  });
  made.set(timeZone, format);
  return format;
}

/** How a zone's clock stands at an instant, asked of this runtime. It has to know the zone, see `knownZone`. */
export function lookUp(atMs: number, timeZone: string): Standing {
  const parts = formatOf(timeZone).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const clock = Date.UTC(Number(part('year')), Number(part('month')) - 1, Number(part('day')), Number(part('hour')), Number(part('minute')), Number(part('second')));
  return { fromMs: atMs, aheadMs: clock - Math.floor(atMs / 1_000) * 1_000, name: part('timeZoneName') };
}

/** A zone from one instant to another, to be told: each change of its clock, to the minute. */
export function tellZone(timeZone: string, fromMs: number, toMs: number): ToldZone {
  const told = [lookUp(fromMs, timeZone)];
  for (let atMs = fromMs; atMs < toMs; atMs += DAY_MS) {
    const before = told.at(-1) ?? UTC;
    const next = lookUp(Math.min(atMs + DAY_MS, toMs), timeZone);
    if (isSame(before, next)) continue;
    let [low, high] = [Math.floor(atMs / MINUTE_MS), Math.ceil(next.fromMs / MINUTE_MS)];
    while (low + 1 < high) {
      const middle = Math.floor((low + high) / 2);
      if (isSame(before, lookUp(middle * MINUTE_MS, timeZone))) low = middle;
      else high = middle;
    }
    told.push({ ...next, fromMs: high * MINUTE_MS });
  }
  return told;
}

const isSame = (one: Standing, other: Standing) => one.aheadMs === other.aheadMs && one.name === other.name;
