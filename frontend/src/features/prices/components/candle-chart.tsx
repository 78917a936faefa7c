import { marketName } from '#lib/markets.ts';
import { formatMoney, minorDigits } from '#lib/money.ts';
import { formatDay, formatInstant } from '#lib/time.ts';
import { includesInWords } from '#lib/words.ts';
import { type Candles, candlePaths, candleScale, candleSpan, closes, rangePath } from '../candles.ts';
import { SIDE, stepPath } from '../chart-geometry.ts';
import { includedInWords, notDrawn } from '../chart-words.ts';
import { AmountAxis, CHART_HEIGHT, Grid, PLOT_HEIGHT, PLOT_TOP } from './chart-axes.tsx';
import styles from './price-chart.module.css';
import table from './history-table.module.css';

/** Bodies of candles share so many pixels, roughly the width of the chart. */
const BODIES_WIDTH = 420;
const ROWS = 40;

/** Prices by hour or day: candles for one course, the stretch from lowest to highest for several. Needs no script. */
export function CandleChart({ candles, timeZone }: { candles: Candles; timeZone: string }) {
  const { series, stepMs, currency } = candles;
  const span = candleSpan(candles);
  const scale = candleScale(candles, span, 10 ** minorDigits(currency));
  const money = (amount_minor: number) => formatMoney({ amount_minor, currency });
  const single = series.length === 1 ? series[0] : undefined;
  const isDaily = stepMs > 3_600_000;
  return (
    <div className={styles.chart}>
      <ul className={styles.legend}>
        {series.map(({ market, basis, estimated, candles }) => (
          <li key={market} data-market={market}>
            <svg className={styles.swatch} viewBox="0 0 28 8" aria-hidden="true" focusable="false">
              <path className={styles.line} d="M0 4H28" />
            </svg>
            <span>{marketName(market)}</span>
            <strong className="figure">{money(candles.at(-1)?.close_minor ?? 0)}</strong>
            <span className={styles.basis}>{includesInWords({ basis, estimated })}</span>
          </li>
        ))}
      </ul>
      <div className={styles.frame}>
        <AmountAxis scale={scale} currency={currency} />
        <svg className={styles.drawing} width="100%" height={CHART_HEIGHT} aria-hidden="true" focusable="false">
          <Grid scale={scale} span={span} name={(atMs) => (isDaily ? formatDay : formatInstant)(atMs, timeZone)} />
          <svg x="0" y={PLOT_TOP} width="100%" height={PLOT_HEIGHT} viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none" overflow="visible">
            {single ? (
              <Sticks paths={candlePaths(single.candles, stepMs, span, scale)} width={Math.min(9, Math.max(1.5, BODIES_WIDTH / ((span.toMs - span.fromMs) / stepMs)))} />
            ) : (
              series.map(({ market, candles }) => (
                <g key={market} data-market={market}>
                  <path className={styles.range} d={rangePath(candles, stepMs, span, scale)} />
                  <path className={styles.line} d={stepPath(closes(candles, stepMs), span, scale)} />
                </g>
              ))
            )}
          </svg>
        </svg>
      </div>
      <p className={styles.note}>
        {single ? 'A thin line goes from the lowest to the highest price seen, the thick one from the first to the last: green fell, red rose. ' : 'Shaded from the lowest to the highest price seen; the line is the last. '}
        {isDaily ? 'Days are of UTC.' : 'The last fourteen days, hour by hour.'} {includedInWords(series)}{notDrawn(candles.elsewhere)}
      </p>
      <CandleTable candles={candles} timeZone={timeZone} />
    </div>
  );
}

function Sticks({ paths, width }: { paths: ReturnType<typeof candlePaths>; width: number }) {
  return (
    <>
      <path className={styles.wick} d={paths.wicks} />
      <path className={styles.fell} d={paths.fell} strokeWidth={width} />
      <path className={styles.rose} d={paths.rose} strokeWidth={width} />
    </>
  );
}

/** The newest candles in figures. */
function CandleTable({ candles: { series, currency, stepMs }, timeZone }: { candles: Candles; timeZone: string }) {
  const rows = series.flatMap(({ market, basis, estimated, candles }) => candles.map((candle) => ({ market, includes: includesInWords({ basis, estimated }), ...candle }))).sort((a, b) => Date.parse(b.start) - Date.parse(a.start)).slice(0, ROWS);
  const money = (amount_minor: number) => formatMoney({ amount_minor, currency });
  return (
    <details className={table.details}>
      <summary>The same as a table</summary>
      <div className={table.scroll} tabIndex={0} role="region" aria-label="Prices by hour or day">
        <table className={table.table}>
          <caption>First, lowest, highest and last price, newest first; at most {ROWS} rows, the rest is in the download</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Market</th>
              <th scope="col">First</th>
              <th scope="col">Lowest</th>
              <th scope="col">Highest</th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ market, includes, start, open_minor, low_minor, high_minor, close_minor }) => (
              <tr key={`${market} ${start}`}>
                {/* A day of UTC is named by its own calendar, an hour by the venue's clock. */}
                <th scope="row">{stepMs > 3_600_000 ? formatDay(Date.parse(start), 'UTC') : formatInstant(Date.parse(start), timeZone)}</th>
                <td>
                  {marketName(market)} <span className={table.includes}>{includes}</span>
                </td>
                <td>{money(open_minor)}</td>
                <td>{money(low_minor)}</td>
                <td>{money(high_minor)}</td>
                <td>{money(close_minor)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
