import type { MoneyRecord } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { earnedInWords, savedInWords, savedRange, shareInWords } from '../accuracy-words.ts';
import styles from './money-panel.module.css';

/** What following the advice came to, in money, beside buying at once and beside knowing the future. */
export function MoneyPanel({ record }: { record: MoneyRecord }) {
  const money = (amount_minor: number) => formatMoney({ amount_minor: Math.round(amount_minor / Math.max(1, record.events)), currency: record.currency });
  return (
    <div className={styles.panel} data-lost={record.mean_saved_minor < 0 || undefined}>
      <p className={styles.headline}>
        Who followed the advice {savedInWords(record)} a ticket <span className={styles.range}>({savedRange(record)} allowing for chance)</span>
      </p>
      <dl className={styles.figures}>
        <div>
          <dt>Bought at once</dt>
          <dd>{money(record.at_once_minor)}</dd>
        </div>
        <div>
          <dt>As advised</dt>
          <dd>{money(record.paid_minor)}</dd>
        </div>
        <div>
          <dt>Knowing the future</dt>
          <dd>{money(record.best_minor)}</dd>
        </div>
        <div>
          <dt>Share of what could be saved</dt>
          <dd>{record.saved_share_of_money == null ? 'not known' : shareInWords(record.saved_share_of_money)}</dd>
        </div>
        <div>
          <dt>Paid over 5 % more than at once</dt>
          <dd>
            {record.paid_more_events.toLocaleString('en-US')} of {record.events.toLocaleString('en-US')} events
          </dd>
        </div>
      </dl>
      <p className="muted">
        One ticket for each of {record.events.toLocaleString('en-US')} {record.events === 1 ? 'event' : 'events'}, {record.waited_events.toLocaleString('en-US')} of them after waiting; prices are means in {record.currency}.{' '}
        {earnedInWords(record)}
      </p>
    </div>
  );
}
