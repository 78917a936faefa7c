'use client';

import { type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import { Unfold } from '#components/unfold.tsx';
import { marketName } from '#lib/markets.ts';
import { formatMoney, minorDigits } from '#lib/money.ts';
import { formatDay, formatInstant, formatTime, zoneName } from '#lib/time.ts';
import { basisInWords, includesInWords } from '#lib/words.ts';
import type { ToldZone } from '#lib/zone.ts';
import { across, aheadOf, priceScale, rangesFor, SIDE, type Span, stepPath, stops, wholeSpan } from '../chart-geometry.ts';
import { type Courses, type Step, valueAt } from '../courses.ts';
import { includedInWords, notDrawn } from '../chart-words.ts';
import { type Fan, fanArea, fanAt, fanWithin } from '../fan.ts';
import { AmountAxis, CHART_HEIGHT, Grid, PLOT_HEIGHT, PLOT_TOP, topOf } from './chart-axes.tsx';
import styles from './price-chart.module.css';

/** How finely the slider divides the span; the arrow keys stop at changes instead. */
const SLIDER_STEPS = 400;

const DAY_MS = 86_400_000;

/**
 * What each market asked over time and, beyond now, where the cheapest may go; readable by pointer, touch and keyboard,
 * complete before any script runs. `clock` is the venue's, as the server told it.
 */
export function PriceChart({ courses, fan, clock }: { courses: Courses; fan?: { readonly basis: string; readonly course: Fan } | undefined; clock: ToldZone }) {
  const { markets, best, currency, asOfMs } = courses;
  const id = useId();
  const ranges = useMemo(() => rangesFor(courses), [courses]);
  const [rangeKey, setRangeKey] = useState('all');
  const [cursorMs, setCursorMs] = useState<number | null>(null);

  const whole = wholeSpan(courses);
  const past = ranges.find(({ key }) => key === rangeKey)?.lengthMs ?? whole.toMs - whole.fromMs;
  const ahead = aheadOf(past, (fan?.course.at(-1)?.atMs ?? asOfMs) - asOfMs);
  const span: Span = { fromMs: whole.toMs - past, toMs: whole.toMs + ahead };
  const length = past + ahead;
  const shown = useMemo(() => (fan ? fanWithin(fan.course, { fromMs: span.fromMs, toMs: span.toMs }) : []), [fan, span.fromMs, span.toMs]);
  const scale = useMemo(
    () => priceScale([...markets.map(({ steps }) => steps), shown.flatMap(({ atMs, q05, q95 }): Step[] => [[atMs, q05], [atMs, q95]])], span, 10 ** minorDigits(currency)),
    [markets, shown, span.fromMs, span.toMs, currency],
  );
  const odd = markets.flatMap(({ market, odd }) => odd.map(([atMs, minor]) => ({ market, atMs, minor }))).filter(({ atMs }) => atMs >= span.fromMs).sort((a, b) => b.atMs - a.atMs);
  const readAt = Math.min(Math.max(cursorMs ?? asOfMs, span.fromMs), span.toMs);
  const money = (minor: number | null) => (minor === null ? 'no price' : formatMoney({ amount_minor: minor, currency }));
  const top = (minor: number) => topOf(minor, scale);
  const nameTick = (atMs: number) => (length > 2 * DAY_MS ? formatDay : length > DAY_MS ? formatInstant : formatTime)(atMs, clock);
  const told = fan && readAt > asOfMs ? fanAt(fan.course, readAt) : undefined;
  const seenAt = Math.min(readAt, asOfMs);
  const moment = told ? `By ${formatInstant(readAt, clock)} ${zoneName(readAt, clock)}, nine times in ten ${money(told.q05)} to ${money(told.q95)}` : cursorMs === null ? 'Now' : `${formatInstant(readAt, clock)} ${zoneName(readAt, clock)}`;
  const readout = told ? 'told, not seen' : markets.map(({ market, steps }) => `${marketName(market)} ${money(valueAt(steps, readAt))}`).join(', ');

  const follow = ({ clientX, currentTarget }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    setCursorMs(span.fromMs + share * (span.toMs - span.fromMs));
  };
  const jump = (event: KeyboardEvent) => {
    const all = stops(courses, span, shown.map(({ atMs }) => atMs));
    const target = {
      ArrowLeft: all.findLast((at) => at < readAt) ?? span.fromMs,
      ArrowRight: all.find((at) => at > readAt) ?? span.toMs,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    setCursorMs(target);
  };

  return (
    <div className={styles.chart}>
      {ranges.length < 2 ? null : (
        <div className={`${styles.ranges} needs-script`} role="group" aria-label="Time shown">
          {ranges.map(({ key, label }) => (
            <button key={key} type="button" aria-pressed={key === rangeKey} onClick={() => setRangeKey(key)}>
              {label}
            </button>
          ))}
        </div>
      )}

      <div className={styles.readout}>
        <p className={styles.moment}>{moment}</p>
        <ul className={styles.legend}>
          {markets.map(({ market, basis, estimated, steps }) => (
            <li key={market} data-market={market}>
              <svg className={styles.swatch} viewBox="0 0 28 8" aria-hidden="true" focusable="false">
                <path className={styles.line} d="M0 4H28" />
              </svg>
              <span>{marketName(market)}</span>
              <strong className="figure">{money(valueAt(steps, seenAt))}</strong>
              <span className={styles.basis}>{includesInWords({ basis, estimated })}</span>
            </li>
          ))}
        </ul>
      </div>

      <div className={styles.frame}>
        <AmountAxis scale={scale} currency={currency} />
        <div className={styles.plot} onPointerMove={follow} onPointerDown={follow} onPointerLeave={() => setCursorMs(null)}>
          <svg className={styles.drawing} width="100%" height={CHART_HEIGHT} aria-hidden="true" focusable="false">
            <Grid scale={scale} span={span} name={nameTick} />
            <svg x="0" y={PLOT_TOP} width="100%" height={PLOT_HEIGHT} viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none" overflow="visible">
              <path className={styles.widest} d={fanArea(shown, 'q05', 'q95', span, scale)} />
              <path className={styles.likely} d={fanArea(shown, 'q25', 'q75', span, scale)} />
              {best ? <path className={styles.best} d={stepPath(best.steps, span, scale, asOfMs)} /> : null}
              {markets.map(({ market, steps }) => (
                <g key={market} data-market={market}>
                  <path className={styles.line} d={stepPath(steps, span, scale, asOfMs)} />
                </g>
              ))}
            </svg>
            {odd.map(({ market, atMs, minor }) => (
              <g key={`${market} ${atMs}`} data-market={market}>
                <circle className={styles.odd} cx={`${across(atMs, span) * 100}%`} cy={Math.min(PLOT_TOP + PLOT_HEIGHT, Math.max(PLOT_TOP, top(minor)))} r="4" />
              </g>
            ))}
            {shown.length === 0 ? null : <line className={styles.now} x1={`${across(asOfMs, span) * 100}%`} x2={`${across(asOfMs, span) * 100}%`} y1={PLOT_TOP} y2={PLOT_TOP + PLOT_HEIGHT} />}
            {cursorMs === null ? null : <line className={styles.cursor} x1={`${across(readAt, span) * 100}%`} x2={`${across(readAt, span) * 100}%`} y1={PLOT_TOP} y2={PLOT_TOP + PLOT_HEIGHT} />}
            {markets.map(({ market, steps }) => {
              const minor = valueAt(steps, seenAt);
              return minor === null ? null : (
                <g key={market} data-market={market}>
                  <circle className={styles.dot} cx={`${across(seenAt, span) * 100}%`} cy={top(minor)} r="4" />
                </g>
              );
            })}
          </svg>
          <label className="visually-hidden" htmlFor={id}>
            Read prices at a time; the arrow keys go from change to change
          </label>
          <input
            id={id}
            className={`${styles.slider} needs-script`}
            type="range"
            min={span.fromMs}
            max={span.toMs}
            step={(span.toMs - span.fromMs) / SLIDER_STEPS}
            value={readAt}
            aria-valuetext={`${moment}: ${readout}`}
            onChange={(event) => setCursorMs(event.target.valueAsNumber)}
            onKeyDown={jump}
            onBlur={() => setCursorMs(null)}
          />
        </div>
      </div>
      <p className={styles.note}>
        {includedInWords(markets)}
        {best ? ` The broad band is the lowest of those that are ${basisInWords(best.basis)}.` : ''}
        {shown.length === 0 || !fan ? '' : ` Right of the upright line is what may come (${basisInWords(fan.basis)}): at any one moment the cheapest lies inside the light area nine times in ten, inside the dark one half the time.`} Times are the venue’s ({zoneName(asOfMs, clock)}).
        {notDrawn(courses.elsewhere)}
      </p>
      {odd.length === 0 ? null : (
        <Unfold title={`Rings: seen once, not believed (${odd.length})`}>
          <ul className={styles.oddList}>
            {odd.map(({ market, atMs, minor }) => (
              <li key={`${market} ${atMs}`}>
                {formatInstant(atMs, clock)}: {marketName(market)} {money(minor)}
              </li>
            ))}
          </ul>
          <p className={styles.note}>The sights before and after it said otherwise, so it is no part of the line. At the edge of the chart a ring stands for an amount beyond it.</p>
        </Unfold>
      )}
    </div>
  );
}
