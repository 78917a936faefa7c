import { formatMoney } from '#lib/money.ts';
import { across, down, type PriceScale, type Span, timeTicks } from '../chart-geometry.ts';
import styles from './price-chart.module.css';

/** Heights of every price chart, px, so that changing between them moves nothing. Keep in step with the style sheet. */
export const PLOT_TOP = 14;
export const PLOT_HEIGHT = 240;
export const CHART_HEIGHT = 286;

/** Where an amount lies, px from the top. */
export const topOf = (minor: number, scale: PriceScale) => PLOT_TOP + down(minor, scale) * PLOT_HEIGHT;

/** The amounts at the left. */
export function AmountAxis({ scale, currency }: { scale: PriceScale; currency: string }) {
  return (
    <svg className={styles.scale} height={CHART_HEIGHT} aria-hidden="true" focusable="false">
      {scale.ticks.map((minor) => (
        <text key={minor} className={styles.tick} x="100%" y={topOf(minor, scale) + 4} textAnchor="end">
          {formatMoney({ amount_minor: minor, currency })}
        </text>
      ))}
    </svg>
  );
}

/** Rules at the amounts, and the times below, as `name` writes them. */
export function Grid({ scale, span, name }: { scale: PriceScale; span: Span; name: (atMs: number) => string }) {
  return (
    <>
      {scale.ticks.map((minor) => (
        <line key={minor} className={styles.rule} x1="0" x2="100%" y1={topOf(minor, scale)} y2={topOf(minor, scale)} />
      ))}
      {timeTicks(span).map((atMs, index) => (
        <text key={index} className={styles.time} data-minor={index % 2 === 1 || undefined} x={`${across(atMs, span) * 100}%`} y={CHART_HEIGHT - 10} textAnchor="middle">
          {name(atMs)}
        </text>
      ))}
    </>
  );
}
