import { Notice } from '#components/notice.tsx';
import type { PriceHistory as PriceHistoryAnswer } from '#lib/api/types.ts';
import { readCourses } from '../courses.ts';
import { HistoryTable } from './history-table.tsx';
import { PriceChart } from './price-chart.tsx';

/** The course of every market: as a chart, and as a table. */
export function PriceHistory({ history, timeZone }: { history: PriceHistoryAnswer; timeZone: string }) {
  const courses = readCourses(history);
  if (courses === undefined) return <NoPriceYet />;
  return (
    <>
      <PriceChart courses={courses} timeZone={timeZone} />
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
