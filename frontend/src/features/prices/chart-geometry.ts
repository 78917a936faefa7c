import type { Courses, Step } from './courses.ts';
import { valueAt } from './courses.ts';

/** The stretch of time that is shown, epoch ms. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stretch of prices that is shown, minor units, and where its lines are. */
export interface PriceScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Paths are drawn in a square of this side and stretched to the window. */
export const SIDE = 1_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A range that can be chosen. */
export interface Range {
  readonly key: string;
  readonly label: string;
  readonly lengthMs: number;
}

const RANGES: readonly Range[] = [
  { key: '1d', label: '24 hours', lengthMs: DAY_MS },
  { key: '7d', label: '7 days', lengthMs: 7 * DAY_MS },
  { key: '30d', label: '30 days', lengthMs: 30 * DAY_MS },
];

/** The ranges shorter than the history, and all of it. */
export function rangesFor(courses: Courses): Range[] {
  const whole = wholeSpan(courses);
  const length = whole.toMs - whole.fromMs;
  return [...RANGES.filter(({ lengthMs }) => lengthMs < length), { key: 'all', label: 'All', lengthMs: length }];
}

/** From the first price to the answer; at least an hour, so that a first price is a line and not a point. */
export function wholeSpan({ markets, asOfMs }: Courses): Span {
  const first = Math.min(...markets.flatMap(({ steps }) => steps.slice(0, 1).map(([at]) => at)));
  return { fromMs: Math.min(first, asOfMs - HOUR_MS), toMs: asOfMs };
}

/** The steps that shape the line within a span: the price in force at its start, then each change. */
export function stepsWithin(steps: readonly Step[], { fromMs, toMs }: Span): Step[] {
  const before = valueAt(steps, fromMs);
  const inside = steps.filter(([at]) => at > fromMs && at <= toMs);
  return before === null ? inside : [[fromMs, before], ...inside];
}

/** A scale that holds every price within the span, with three to six lines at round amounts. */
export function priceScale(courses: readonly (readonly Step[])[], span: Span, minorPerMajor: number): PriceScale {
  const prices = courses.flatMap((steps) => stepsWithin(steps, span).flatMap(([, minor]) => (minor === null ? [] : [minor])));
  const lowest = prices.length === 0 ? 0 : Math.min(...prices);
  const highest = prices.length === 0 ? minorPerMajor : Math.max(...prices);
  const step = roundStep(Math.max(highest - lowest, minorPerMajor) / 4, minorPerMajor);
  const low = Math.max(0, Math.floor(lowest / step) * step);
  const high = Math.max(low + 2 * step, Math.ceil(highest / step) * step);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);
  return { low, high, ticks };
}

/** The next 1, 2 or 5 times a power of ten; never below one major unit. */
function roundStep(atLeast: number, minorPerMajor: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(atLeast, minorPerMajor)));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= atLeast) ?? 10 * magnitude;
}

/** How much of the time to come is drawn beside so much of the past: at most a third of the chart, and no more than is told. */
export function aheadOf(pastMs: number, toldMs: number): number {
  return Math.max(0, Math.min(toldMs, pastMs / 2));
}

/** Across, from 0 to 1. */
export function across(atMs: number, { fromMs, toMs }: Span): number {
  return Math.min(1, Math.max(0, (atMs - fromMs) / (toMs - fromMs)));
}

/** Down, from 0 to 1. */
export function down(minor: number, { low, high }: PriceScale): number {
  return (high - minor) / (high - low);
}

/** A line of steps up to `endMs`: level until the price changes, then straight to the new one; broken where there is none. */
export function stepPath(steps: readonly Step[], span: Span, scale: PriceScale, endMs = span.toMs): string {
  let path = '';
  let drawing = false;
  for (const [at, minor] of stepsWithin(steps, span)) {
    const x = Math.round(across(at, span) * SIDE);
    if (drawing) path += `H${x}`;
    if (minor !== null) path += drawing ? `V${Math.round(down(minor, scale) * SIDE)}` : `M${x} ${Math.round(down(minor, scale) * SIDE)}`;
    drawing = minor !== null;
  }
  return drawing ? `${path}H${Math.round(across(endMs, span) * SIDE)}` : path;
}

/** Three or four instants to name under the chart, none at the very edge. */
export function timeTicks({ fromMs, toMs }: Span): number[] {
  return [1, 3, 5, 7].map((eighth) => fromMs + ((toMs - fromMs) * eighth) / 8);
}

/** Every instant within the span at which something changes or is told, with both ends: where the keyboard stops. */
export function stops({ markets }: Courses, span: Span, told: readonly number[] = []): number[] {
  const changes = [...markets.flatMap(({ steps }) => steps.map(([at]) => at)), ...told].filter((at) => at > span.fromMs && at < span.toMs);
  return [...new Set([span.fromMs, ...changes, span.toMs])].sort((a, b) => a - b);
}
