import type { OutlookPart } from '#lib/api/types.ts';
import type { PriceScale, Span } from './chart-geometry.ts';
import { across, down, SIDE } from './chart-geometry.ts';

/** Where the price may be at an instant, minor units: one in twenty lies below `q05`, one in twenty above `q95`. */
export interface FanPoint {
  readonly atMs: number;
  readonly q05: number;
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
  readonly q95: number;
}

/** Where the price may go from now on; it begins at the price now. */
export type Fan = readonly FanPoint[];

/** Reads the outlook's spans; nothing if none is told, or if they are in another currency than the chart. */
export function readFan({ price, horizons }: OutlookPart, currency: string, nowMs: number): Fan | undefined {
  if (!price || price.currency !== currency || horizons.length === 0) return undefined;
  const now = price.amount_minor;
  const told = horizons.map(({ until, q05, q25, q50, q75, q95 }): FanPoint => ({
    atMs: Date.parse(until), q05: q05.amount_minor, q25: q25.amount_minor, q50: q50.amount_minor, q75: q75.amount_minor, q95: q95.amount_minor,
  }));
  const later = told.filter(({ atMs }) => atMs > nowMs).sort((a, b) => a.atMs - b.atMs);
  return later.length === 0 ? undefined : [{ atMs: nowMs, q05: now, q25: now, q50: now, q75: now, q95: now }, ...later];
}

/** The fan at an instant, straight between the moments that are told; nothing outside them. */
export function fanAt(fan: Fan, atMs: number): FanPoint | undefined {
  const next = fan.findIndex((point) => point.atMs >= atMs);
  const [before, after] = [fan[next - 1], fan[next]];
  if (after === undefined) return undefined;
  if (before === undefined) return after.atMs === atMs ? after : undefined;
  const share = (atMs - before.atMs) / (after.atMs - before.atMs);
  const between = (key: Exclude<keyof FanPoint, 'atMs'>) => Math.round(before[key] + share * (after[key] - before[key]));
  return { atMs, q05: between('q05'), q25: between('q25'), q50: between('q50'), q75: between('q75'), q95: between('q95') };
}

/** The part of a fan that a span shows, cut off straight at its end. */
export function fanWithin(fan: Fan, { toMs }: Span): Fan {
  const inside = fan.filter(({ atMs }) => atMs < toMs);
  const end = fanAt(fan, toMs);
  return end === undefined ? inside : [...inside, end];
}

/** The area between two of a fan's lines. */
export function fanArea(fan: Fan, low: 'q05' | 'q25', high: 'q75' | 'q95', span: Span, scale: PriceScale): string {
  const at = (point: FanPoint, minor: number) => `${Math.round(across(point.atMs, span) * SIDE)} ${Math.round(down(minor, scale) * SIDE)}`;
  const edge = [...fan.map((point) => at(point, point[high])), ...[...fan].reverse().map((point) => at(point, point[low]))];
  return edge.length < 4 ? '' : `M${edge.join('L')}Z`;
}
