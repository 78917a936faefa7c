import table from '#components/data-table.module.css';
import { SiteLink } from '#components/site-link.tsx';
import type { GroupAccuracy, HorizonAccuracy } from '#lib/api/types.ts';
import { keepsSpan, savedInWords, savedRange, shareInWords, skillInWords, spanInWords } from '../accuracy-words.ts';
import { aheadInWords } from '../odds.ts';
import { HORIZONS } from '../record-query.ts';
import styles from './accuracy-tables.module.css';

/** Every horizon in figures, each column with what it means. */
export function HorizonTable({ horizons }: { horizons: readonly HorizonAccuracy[] }) {
  return (
    <div className={table.scroll} role="region" aria-label="How right the chances were" tabIndex={0}>
      <table className={`${table.table} ${styles.table}`}>
        <caption>Better and worse are against somebody who always tells the average share of falls, which is known only afterwards (Brier skill).</caption>
        <thead>
          <tr>
            <th scope="col">Ahead</th>
            <th scope="col">Answers settled</th>
            <th scope="col">Prices that fell 5 %</th>
            <th scope="col">Chances</th>
            <th scope="col">Told and came apart by</th>
            <th scope="col">Inside the 9-in-10 span</th>
          </tr>
        </thead>
        <tbody>
          {horizons.map((horizon) => (
            <tr key={horizon.hours}>
              <th scope="row">{aheadInWords(horizon.hours)}</th>
              <td data-name="Answers settled">
                {horizon.answers.toLocaleString('en-US')} <span className={styles.of}>of {horizon.events.toLocaleString('en-US')} events</span>
              </td>
              <td data-name="Prices that fell 5 %">{horizon.answers === 0 ? '–' : shareInWords(horizon.fell / horizon.answers)}</td>
              <td data-name="Chances" data-bad={(horizon.brier_skill ?? 0) < 0 || undefined}>{skillInWords(horizon)}</td>
              <td data-name="Told and came apart by">{shareInWords(horizon.calibration_error)}</td>
              <td data-name="Inside the 9-in-10 span" data-bad={!keepsSpan(horizon) || undefined}>{spanInWords(horizon)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same by league or genre, in short: skill of each horizon, and what the advice came to. */
export function GroupTable({ groups, hrefFor }: { groups: readonly GroupAccuracy[]; hrefFor: (genre: string) => string }) {
  return (
    <div className={table.scroll} role="region" aria-label="Figures by kind of event" tabIndex={0}>
      <table className={`${table.table} ${styles.table}`}>
        <caption>Chances against always telling the average; money a ticket for who followed the advice, with the range that chance allows (9 in 10).</caption>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            {HORIZONS.map((hours) => (
              <th scope="col" key={hours}>
                {aheadInWords(hours)}
              </th>
            ))}
            <th scope="col">Following the advice</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ genre, horizons, money }) => (
            <tr key={genre ?? ''}>
              <th scope="row">{genre ? <SiteLink href={hrefFor(genre)}>{genre.charAt(0).toUpperCase() + genre.slice(1)}</SiteLink> : 'Not known'}</th>
              {HORIZONS.map((hours) => {
                const one = horizons.find((horizon) => horizon.hours === hours);
                return (
                  <td key={hours} data-name={aheadInWords(hours)} data-bad={(one?.brier_skill ?? 0) < 0 || undefined}>
                    {one ? skillInWords(one) : 'nothing settled'}
                  </td>
                );
              })}
              <td data-name="Following the advice">
                {money.length === 0 ? 'nothing settled' : null}
                {money.map((record) => (
                  <span key={record.currency} className={styles.currency} data-bad={record.mean_saved_minor < 0 || undefined}>
                    {savedInWords(record)} <span className={styles.of}>({savedRange(record)})</span>
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
