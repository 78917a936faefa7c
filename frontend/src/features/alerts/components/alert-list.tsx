import { EventTime } from '#components/event-time.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { ViewerTime } from '#components/viewer-time.tsx';
import { paths } from '#config/paths.ts';
import type { Alert } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { ruleInWords } from '../rule.ts';
import { DeleteAlert } from './delete-alert.tsx';
import styles from './alert-list.module.css';

/** A person's alerts: what each waits for, where it stands, when it last fired. */
export function AlertList({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <ul className={styles.list}>
      {alerts.map((alert) => (
        <li key={alert.id} className={styles.alert} data-state={alert.state}>
          <div>
            <h2 className={styles.name}>
              <SiteLink href={paths.event(alert.event.id)}>{alert.event.name}</SiteLink>
            </h2>
            <p className="muted">
              <EventTime when={alert.event} />, {alert.event.venue}
            </p>
          </div>
          <div>
            <p className={styles.rule}>{ruleInWords(alert.rule)}</p>
            <p className="small muted">by {alert.channels.map((channel) => (channel === 'sms' ? 'text message' : 'e-mail')).join(' and ')}</p>
          </div>
          <div>
            <p className={styles.state}>{stateInWords(alert)}</p>
            {alert.last_fired_at ? (
              <p className="small muted">
                Last: {alert.last_fired_price ? `${formatMoney(alert.last_fired_price)}, ` : ''}
                <ViewerTime instant={alert.last_fired_at} />
              </p>
            ) : null}
          </div>
          <DeleteAlert alertId={alert.id} eventName={alert.event.name} />
        </li>
      ))}
    </ul>
  );
}

function stateInWords({ state, firings }: Alert): string {
  switch (state) {
    case 'armed':
      return 'Waiting';
    case 'fired':
      return firings === 1 ? 'Fired once, waits for a further fall' : `Fired ${firings} times, waits for a further fall`;
    case 'stopped':
      return 'Stopped';
    case 'expired':
      return 'The event is over';
  }
}
