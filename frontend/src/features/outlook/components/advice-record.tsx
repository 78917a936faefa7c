import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { PastAdvice } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { EventTime } from '#components/event-time.tsx';
import { type EventTime as When, formatDayOfYear } from '#lib/time.ts';
import { turnoutOf } from '../verdict-words.ts';
import styles from './advice-record.module.css';

/** What is known of the event of an advice. */
export interface Advised {
  readonly when: When;
  /** The venue's zone: days are told by it. */
  readonly timeZone: string;
  readonly begun: boolean;
}

/**
 * What was said and what came of it; failures look no smaller than successes. `named` adds which event it was about, and when it is;
 * `tried` is advice of a backtest, which nobody was ever shown. Where the event is not known, days are of UTC and say so.
 */
export function AdviceRecord({ advice, events, named = false, tried = false }: { advice: readonly PastAdvice[]; events: (one: PastAdvice) => Advised | undefined; named?: boolean; tried?: boolean }) {
  return (
    <ol className={styles.record}>
      {advice.map((one) => ({ one, event: events(one) })).map(({ one, event }) => (
        <li key={`${one.said_at} ${one.event_id ?? one.event} ${one.model ?? ''}`} data-tone={turnoutOf(one.verdict).tone}>
          <p className={styles.turnout}>{turnoutOf(one.verdict, event?.begun).words}</p>
          <div>
            {named ? (
              <p className={styles.event}>
                {one.event_id ? <SiteLink href={paths.event(one.event_id)}>{one.event}</SiteLink> : one.event}
                {event ? (
                  <span className={styles.date}>
                    <EventTime when={event.when} />
                  </span>
                ) : null}
              </p>
            ) : null}
            <p>
              {tried ? 'Would have said' : 'Said'} <strong>{one.action}</strong> on <time dateTime={one.said_at}>{event ? formatDayOfYear(Date.parse(one.said_at), event.timeZone) : `${formatDayOfYear(Date.parse(one.said_at), 'UTC')} (UTC)`}</time> at <strong>{formatMoney(one.price)}</strong>
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
