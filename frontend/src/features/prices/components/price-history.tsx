import { Choice } from '#components/choice.tsx';
import { Notice } from '#components/notice.tsx';
import { paths } from '#config/paths.ts';
import type { OutlookPart, PriceHistory as PriceHistoryAnswer } from '#lib/api/types.ts';
import { type EventView, eventViewParams } from '#lib/event-view.ts';
import { tellZone } from '#lib/zone.ts';
import { readCandles } from '../candles.ts';
import { wholeSpan } from '../chart-geometry.ts';
import { readCourses } from '../courses.ts';
import { readFan } from '../fan.ts';
import { CandleChart } from './candle-chart.tsx';
import { HistoryTable } from './history-table.tsx';
import { PriceChart } from './price-chart.tsx';
import styles from './price-history.module.css';

/** The course of every market or of the cheapest, in every change or by hour or day: as a chart, as a table, to take away. */
export function PriceHistory({ history, outlook, view, timeZone }: { history: PriceHistoryAnswer; outlook: OutlookPart | undefined; view: EventView; timeZone: string }) {
  const eventId = history.event_id;
  const href = (change: Partial<EventView>) => `${paths.event(eventId, eventViewParams({ ...view, ...change }))}`;
  return (
    <div className={styles.history}>
      <div className={styles.choices}>
        <Choice
          name="Whose prices"
          options={[
            { key: 'market', label: 'Each market', href: href({ course: 'market' }), chosen: view.course === 'market' },
            { key: 'best', label: 'Cheapest of all', href: href({ course: 'best' }), chosen: view.course === 'best' },
          ]}
        />
        <Choice
          name="In what steps"
          options={[
            { key: 'raw', label: 'Every change', href: href({ by: 'raw' }), chosen: view.by === 'raw' },
            { key: 'hour', label: 'By hour', href: href({ by: 'hour' }), chosen: view.by === 'hour' },
            { key: 'day', label: 'By day', href: href({ by: 'day' }), chosen: view.by === 'day' },
          ]}
        />
      </div>
      <Drawing history={history} outlook={outlook} timeZone={timeZone} />
      <p className="small muted">
        Every price we saw: <a href={paths.priceExport(eventId, 'csv')}>CSV</a>, <a href={paths.priceExport(eventId, 'json')}>JSON</a>
      </p>
    </div>
  );
}

function Drawing({ history, outlook, timeZone }: { history: PriceHistoryAnswer; outlook: OutlookPart | undefined; timeZone: string }) {
  if (history.resolution !== 'raw') {
    const candles = readCandles(history);
    return candles === undefined ? <NoPriceYet /> : <CandleChart candles={candles} timeZone={timeZone} />;
  }
  const courses = readCourses(history);
  if (courses === undefined) return <NoPriceYet />;
  const fan = outlook && readFan(outlook, courses.currency, courses.asOfMs);
  return (
    <>
      <PriceChart courses={courses} fan={fan && { basis: outlook?.basis ?? '', course: fan }} clock={tellZone(timeZone, wholeSpan(courses).fromMs, Math.max(courses.asOfMs, fan?.at(-1)?.atMs ?? 0))} />
      <HistoryTable courses={courses} timeZone={timeZone} />
    </>
  );
}

/** Stands where the chart will be. */
export function NoPriceYet() {
  return (
    <Notice title="No price seen yet">
      <p>The chart begins with the first price a market states.</p>
    </Notice>
  );
}
