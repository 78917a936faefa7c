import type { Candle, PriceHistory } from '#lib/api/types.ts';
import { across, down, type PriceScale, priceScale, SIDE, type Span } from './chart-geometry.ts';
import type { Step } from './courses.ts';

/** The candles of one market, or of the cheapest of all. */
export interface CandleSeries {
  readonly market: string;
  readonly basis: string;
  readonly estimated?: boolean | undefined;
  readonly candles: readonly Candle[];
}

/** Candles in one currency, ready to draw. */
export interface Candles {
  readonly currency: string;
  readonly stepMs: number;
  readonly series: readonly CandleSeries[];
  /** Markets whose prices cannot be compared with these, and so are not drawn beside them. */
  readonly elsewhere: readonly string[];
}

const HOUR_MS = 3_600_000;

/** Reads the API's candles, in the currency of the first market that has any; nothing if none has. */
export function readCandles({ resolution, series, best }: PriceHistory): Candles | undefined {
  const given = best ? [{ market: 'best', ...best }] : series;
  const filled = given.filter(({ candles }) => candles.length > 0);
  const currency = filled[0]?.currency;
  if (!currency) return undefined;
  const elsewhere = filled.filter((one) => one.currency !== currency).map(({ market }) => market);
  return { currency, stepMs: resolution === 'day' ? 24 * HOUR_MS : HOUR_MS, series: filled.filter((one) => one.currency === currency), elsewhere: best?.left_out ?? elsewhere };
}

/** From the first candle to the end of the last. */
export function candleSpan({ series, stepMs }: Candles): Span {
  const starts = series.flatMap(({ candles }) => candles.map(({ start }) => Date.parse(start)));
  return { fromMs: Math.min(...starts), toMs: Math.max(...starts) + stepMs };
}

/** A scale that holds every candle. */
export function candleScale({ series }: Candles, span: Span, minorPerMajor: number): PriceScale {
  const ends = series.map(({ candles }) => candles.flatMap(({ start, low_minor, high_minor }): Step[] => [[Date.parse(start), low_minor], [Date.parse(start) + 1, high_minor]]));
  return priceScale(ends, span, minorPerMajor);
}

/** Candles as four lines of upright strokes: wicks from low to high, bodies from open to close that fell, rose or stood. */
export function candlePaths(candles: readonly Candle[], stepMs: number, span: Span, scale: PriceScale): { wicks: string; fell: string; rose: string } {
  const x = ({ start }: Candle) => Math.round(across(Date.parse(start) + stepMs / 2, span) * SIDE * 10) / 10;
  const y = (minor: number) => Math.round(down(minor, scale) * SIDE);
  const paths = { wicks: '', fell: '', rose: '' };
  for (const candle of candles) {
    const [open, close] = [y(candle.open_minor), y(candle.close_minor)];
    paths.wicks += `M${x(candle)} ${y(candle.high_minor)}V${y(candle.low_minor)}`;
    // A price that stood still is a dash and not nothing.
    const end = open === close ? close + 6 : close;
    paths[candle.close_minor < candle.open_minor ? 'fell' : 'rose'] += `M${x(candle)} ${open}V${end}`;
  }
  return paths;
}

/** The stretch between lowest and highest, hour by hour or day by day, broken where there is none. */
export function rangePath(candles: readonly Candle[], stepMs: number, span: Span, scale: PriceScale): string {
  const x = (atMs: number) => Math.round(across(atMs, span) * SIDE * 10) / 10;
  const y = (minor: number) => Math.round(down(minor, scale) * SIDE);
  return candles.map(({ start, low_minor, high_minor }) => `M${x(Date.parse(start))} ${y(high_minor)}H${x(Date.parse(start) + stepMs)}V${y(low_minor)}H${x(Date.parse(start))}Z`).join('');
}

/** The last price of each hour or day as a line of steps. */
export function closes(candles: readonly Candle[], stepMs: number): Step[] {
  return candles.flatMap(({ start, close_minor }, index): Step[] => {
    const at = Date.parse(start);
    const next = candles[index + 1];
    const isLast = next !== undefined && Date.parse(next.start) > at + stepMs;
    return isLast ? [[at, close_minor], [at + stepMs, null]] : [[at, close_minor]];
  });
}
