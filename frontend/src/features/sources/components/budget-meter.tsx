import type { SourceHealth } from '#lib/api/types.ts';
import { windowInWords } from '../health-words.ts';
import styles from './budget-meter.module.css';

/** How much of one window of the budget is used. The figure says it; the bar only shows it. */
export function BudgetMeter({ window: { seconds, calls, made, left } }: { window: NonNullable<SourceHealth['budget']>[number] }) {
  const used = calls === 0 ? 100 : Math.min(100, Math.round((100 * (calls - Math.min(left, calls))) / calls));
  return (
    <div className={styles.row}>
      <dt>Calls a {windowInWords(seconds)}</dt>
      <dd className={styles.value}>
        <span className="figure">
          {left.toLocaleString('en-US')} left of {calls.toLocaleString('en-US')}
        </span>
        <svg className={styles.bar} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" data-spent={used >= 90 || undefined}>
          <rect className={styles.ground} width="100" height="4" />
          <rect className={styles.used} width={used} height="4" />
        </svg>
        <span className="visually-hidden">, {made.toLocaleString('en-US')} made</span>
      </dd>
    </div>
  );
}
