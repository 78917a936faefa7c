import type { PriceHistory } from '#lib/api/types.ts';
import { partSights, type Sights } from './sights.ts';

/** From this instant (epoch ms) on, this price (minor units); null where the market states none. */
export type Step = readonly [atMs: number, minor: number | null];

/** What one market asked over time. */
export interface Course {
  readonly market: string;
  readonly basis: string;
  readonly steps: readonly Step[];
  /** Single sights that none bore out: marked, and no part of the course. */
  readonly odd: Sights['odd'];
  /** Some amounts are worked out from what a market stated without all fees. */
  readonly estimated?: boolean | undefined;
}

/** The courses of an event in one currency, ready to draw. */
export interface Courses {
  readonly currency: string;
  readonly markets: readonly Course[];
  /** The lowest at each instant, of markets whose prices include the same; nothing where there are no two such. */
  readonly best: { readonly basis: string; readonly steps: readonly Step[] } | undefined;
  /** Markets whose prices cannot be compared with these, and so are not drawn beside them. */
  readonly elsewhere: readonly string[];
  /** The instant of the answer, epoch ms: the right end of every course. */
  readonly asOfMs: number;
}

const DAY_MS = 86_400_000;

/** A course is thinned to this many steps for its last week and as many for what came before. */
const STEPS_PER_SPAN = 240;

/** Reads the API's history; nothing if no market has quoted a price yet. */
export function readCourses({ series, best, as_of }: PriceHistory): Courses | undefined {
  if (best) return bestCourse(best, Date.parse(as_of));
  const currency = series.flatMap(({ points }) => points.flatMap(({ price }) => (price.kind === 'quoted' ? [price.currency] : []))).at(0);
  if (currency === undefined) return undefined;
  const asOfMs = Date.parse(as_of);
  const markets: Course[] = [];
  const elsewhere: string[] = [];
  for (const { market, basis, points } of series) {
    const steps = points.map(({ at, price }): Step => [Date.parse(at), price.kind === 'quoted' && price.currency === currency ? price.amount_minor : null]);
    if (steps.some(([, minor]) => minor !== null)) {
      const parted = partSights(steps);
      markets.push({ market, basis, steps: thinForDrawing(changesOnly(parted.steps), asOfMs), odd: parted.odd });
    } else if (points.some(({ price }) => price.kind === 'quoted')) elsewhere.push(market);
  }
  return { currency, markets, best: bestOfOneBasis(markets), elsewhere, asOfMs };
}

/** The cheapest of all markets as the API sums it up: one course, of levels that were borne out. */
function bestCourse({ currency, basis, points, left_out, estimated }: NonNullable<PriceHistory['best']>, asOfMs: number): Courses | undefined {
  const steps = thinForDrawing(changesOnly(points.map(({ at, amount_minor }): Step => [Date.parse(at), amount_minor ?? null])), asOfMs);
  return steps.every(([, minor]) => minor === null) ? undefined : { currency, markets: [{ market: 'best', basis, steps, odd: [], estimated }], best: undefined, elsewhere: left_out, asOfMs };
}

/** The lowest of those that are all-in, where two are; else of all, if they include the same: other amounts say nothing of which is lowest. */
function bestOfOneBasis(markets: readonly Course[]): Courses['best'] {
  const allIn = markets.filter(({ basis }) => basis === 'all_in');
  const alike = allIn.length > 0 ? allIn : markets.filter(({ basis }) => basis === markets[0]?.basis);
  const basis = alike[0]?.basis;
  return basis === undefined || alike.length < 2 || (allIn.length === 0 && alike.length < markets.length) ? undefined : { basis, steps: bestOf(alike) };
}

/** The price in force at an instant. */
export function valueAt(steps: readonly Step[], atMs: number): number | null {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.[0] ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.[1] ?? null;
}

/** The lowest price of all courses, at each instant at which one of them changes. */
export function bestOf(courses: readonly Pick<Course, 'steps'>[]): Step[] {
  const instants = [...new Set(courses.flatMap(({ steps }) => steps.map(([at]) => at)))].sort((a, b) => a - b);
  const best = instants.map((at): Step => {
    const quotes = courses.map(({ steps }) => valueAt(steps, at)).filter((minor) => minor !== null);
    return [at, quotes.length === 0 ? null : Math.min(...quotes)];
  });
  return changesOnly(best);
}

/** Confirmations of the same price add nothing to a line. */
function changesOnly(steps: readonly Step[]): Step[] {
  return steps.filter(([, minor], index) => index === 0 || minor !== steps[index - 1]?.[1]);
}

function thinForDrawing(steps: readonly Step[], asOfMs: number): Step[] {
  const weekAgo = asOfMs - 7 * DAY_MS;
  return [thin(steps.filter(([at]) => at < weekAgo)), thin(steps.filter(([at]) => at >= weekAgo))].flat();
}

/** At most `STEPS_PER_SPAN` steps; of each stretch the first, lowest, highest and last stay, so no extreme is lost. */
function thin(steps: readonly Step[]): Step[] {
  if (steps.length <= STEPS_PER_SPAN) return [...steps];
  const stretch = Math.ceil((steps.length * 4) / STEPS_PER_SPAN);
  const kept: Step[] = [];
  for (let start = 0; start < steps.length; start += stretch) {
    const part = steps.slice(start, start + stretch);
    const byPrice = part.filter(([, minor]) => minor !== null).sort(([, a], [, b]) => (a ?? 0) - (b ?? 0));
    const keep = new Set([part[0], byPrice[0], byPrice.at(-1), part.at(-1)]);
    kept.push(...part.filter((step) => keep.has(step)));
  }
  return kept;
}

/** One row of the table that stands in for the chart: the lowest price of each market on one day. */
export interface DayRow {
  readonly day: string;
  readonly lowest: readonly (number | null)[];
}

/** The last `days` days, newest first, each with the lowest price in force on it per market. */
export function lowestByDay({ markets, asOfMs }: Courses, days: number, nameDay: (atMs: number) => string): DayRow[] {
  const first = Math.min(...markets.flatMap(({ steps }) => steps.slice(0, 1).map(([at]) => at)));
  const rows: DayRow[] = [];
  for (let end = asOfMs; end > first && rows.length < days; end -= DAY_MS) {
    const start = end - DAY_MS;
    rows.push({ day: nameDay(end), lowest: markets.map(({ steps }) => lowestBetween(steps, start, end)) });
  }
  return rows;
}

function lowestBetween(steps: readonly Step[], startMs: number, endMs: number): number | null {
  const inForce = [valueAt(steps, startMs), ...steps.filter(([at]) => at > startMs && at <= endMs).map(([, minor]) => minor)];
  const quotes = inForce.filter((minor) => minor !== null);
  return quotes.length === 0 ? null : Math.min(...quotes);
}
