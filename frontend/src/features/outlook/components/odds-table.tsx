import type { HorizonOutlook, OutlookPart } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { formatInstant, zoneName } from '#lib/time.ts';
import { sentence } from '#lib/sentence.ts';
import { aheadInWords, likelihoodInWords, marksOfTen, oddsInWords } from '../odds.ts';
import styles from './odds-table.module.css';

const TEN = Array.from({ length: 10 }, (_, index) => index);

/** How likely the price falls within a day, three days and a week, and between what it will lie; or why that is not told. */
export function OddsTable({ outlook: { horizons, absent }, timeZone }: { outlook: OutlookPart; timeZone: string }) {
  return (
    <ul className={styles.horizons}>
      {horizons.map((horizon) => (
        <li key={horizon.hours} className={styles.horizon}>
          <h3>Within {aheadInWords(horizon.hours)}</h3>
          <Odds horizon={horizon} />
          <p className={styles.span}>
            Nine times in ten it will then cost <strong>{formatMoney(horizon.q05)}</strong> to <strong>{formatMoney(horizon.q95)}</strong>, half the time {formatMoney(horizon.q25)} to{' '}
            {formatMoney(horizon.q75)}.
          </p>
          <p className={styles.until}>
            Up to {formatInstant(Date.parse(horizon.until), timeZone)} {zoneName(Date.parse(horizon.until), timeZone)}
          </p>
        </li>
      ))}
      {untold(absent).map(({ hours, text }) => (
        <li key={text} className={styles.horizon} data-absent>
          <h3>Within {hours.map(aheadInWords).join(', ')}</h3>
          <p className="muted">Not told: {sentence(text)}</p>
        </li>
      ))}
    </ul>
  );
}

/** What is not told, once for each reason. */
function untold(absent: OutlookPart['absent']): { hours: number[]; text: string }[] {
  return [...new Set(absent.map(({ text }) => text))].map((text) => ({ text, hours: absent.filter((one) => one.text === text).map(({ hours }) => hours) }));
}

function Odds({ horizon: { fall_permille, fall_to } }: { horizon: HorizonOutlook }) {
  const filled = marksOfTen(fall_permille);
  return (
    <div className={styles.odds}>
      <p>
        <strong className={styles.figure}>{oddsInWords(fall_permille)}</strong> that it falls to {formatMoney(fall_to)} or less
      </p>
      <svg className={styles.marks} viewBox="0 0 200 16" aria-hidden="true" focusable="false">
        {TEN.map((index) => (
          <circle key={index} className={index < filled ? styles.on : styles.off} cx={8 + index * 20} cy="8" r="6.5" />
        ))}
      </svg>
      <p className={styles.likelihood}>{likelihoodInWords(fall_permille)}</p>
    </div>
  );
}
