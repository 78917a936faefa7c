import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { formatDay } from '#lib/time.ts';
import { includesInWords } from '#lib/words.ts';
import { type Courses, lowestByDay } from '../courses.ts';
import styles from './history-table.module.css';

/** Days shown: what the eye takes in, and a month of them. */
const DAYS = 30;

/** The chart as a table: for whoever cannot see it, and for whoever wants the figures. */
export function HistoryTable({ courses, timeZone }: { courses: Courses; timeZone: string }) {
  const rows = lowestByDay(courses, DAYS, (atMs) => formatDay(atMs, timeZone));
  return (
    <details className={styles.details}>
      <summary>The same as a table</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Price history by day">
        <table className={styles.table}>
          <caption>Lowest price of each market in the 24 hours up to each day’s reading, newest first; what was seen once only is left out</caption>
          <thead>
            <tr>
              <th scope="col">Day</th>
              {courses.markets.map(({ market, basis, estimated }) => (
                <th scope="col" key={market}>
                  {marketName(market)} <span className={styles.includes}>{includesInWords({ basis, estimated })}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ day, lowest }) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                {lowest.map((minor, index) => (
                  <td key={courses.markets[index]?.market}>{minor === null ? 'none' : formatMoney({ amount_minor: minor, currency: courses.currency })}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
