import type { PriceHistory } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { formatDay } from '#lib/time.ts';
import { includesInWords } from '#lib/words.ts';
import styles from './history-summary.module.css';

/** What the history amounts to: now, lowest ever, the week's median; each says what it includes. */
export function HistorySummary({ summary, timeZone, begun }: { summary: PriceHistory['summary']; timeZone: string; begun: boolean }) {
  const includes = includesInWords(summary);
  const change = summary.change_7d_percent_hundredths;
  return (
    <dl className={styles.summary}>
      <Figure name={begun ? 'Cheapest at last' : 'Cheapest now'} includes={includes} money={summary.now} note={summary.now_market ? `on ${marketName(summary.now_market)}` : undefined} />
      <Figure name="Lowest ever" includes={includes} money={summary.lowest} note={summary.lowest_at ? formatDay(Date.parse(summary.lowest_at), timeZone) : undefined} />
      <Figure name="7-day median" includes={includes} money={summary.median_7d} note={change === null || change === undefined ? undefined : changeInWords(change)} />
    </dl>
  );
}

function Figure({ name, includes, money, note }: { name: string; includes: string; money: { amount_minor: number; currency: string } | null | undefined; note: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={styles.amount}>{money ? formatMoney(money) : 'Not yet'}</dd>
      {money ? <dd className={styles.note}>{includes}</dd> : null}
      {note === undefined ? null : <dd className={styles.note}>{note}</dd>}
    </div>
  );
}

/** Hundredths of a percent, as "down 6 % this week". */
function changeInWords(hundredths: number): string {
  const percent = Math.round(Math.abs(hundredths) / 100);
  if (percent === 0) return 'level this week';
  return `${hundredths < 0 ? 'down' : 'up'} ${percent} % this week`;
}
