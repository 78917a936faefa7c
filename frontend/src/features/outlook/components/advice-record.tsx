import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { PastAdvice } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { formatDate } from '#lib/time.ts';
import { turnoutOf } from '../verdict-words.ts';
import styles from './advice-record.module.css';

/**
 * What was said and what came of it; failures look no smaller than successes. `named` adds which event it was about;
 * `tried` is advice of a backtest, which nobody was ever shown.
 */
export function AdviceRecord({ advice, named = false, tried = false }: { advice: readonly PastAdvice[]; named?: boolean; tried?: boolean }) {
  return (
    <ol className={styles.record}>
      {advice.map((one) => (
        <li key={`${one.said_at} ${one.event_id ?? one.event} ${one.model ?? ''}`} data-tone={turnoutOf(one.verdict).tone}>
          <p className={styles.turnout}>{turnoutOf(one.verdict).words}</p>
          <div>
            {named ? <p className={styles.event}>{one.event_id ? <SiteLink href={paths.event(one.event_id)}>{one.event}</SiteLink> : one.event}</p> : null}
            <p>
              {tried ? 'Would have said' : 'Said'} <strong>{one.action}</strong> on <time dateTime={one.said_at}>{formatDate(one.said_at.slice(0, 10))}</time> at <strong>{formatMoney(one.price)}</strong>
              {one.lowest_after ? (
                <>
                  , lowest after <strong>{formatMoney(one.lowest_after)}</strong>
                </>
              ) : null}
              {one.paid ? (
                <>
                  ; who followed paid <strong>{formatMoney(one.paid)}</strong>
                </>
              ) : null}
              .
            </p>
            {one.shown || tried ? null : <p className={styles.aside}>Not shown then: advice of this kind was not proven. It is judged all the same.</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
