import { EventTime } from '#components/event-time.tsx';
import { Price } from '#components/price.tsx';
import { Score } from '#components/score.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { Deal } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import styles from './deal-tickets.module.css';

/** The best deals as tickets: what and where on the body, the price on the stub. */
export function DealTickets({ deals }: { deals: readonly Deal[] }) {
  return (
    <ul className={styles.deals}>
      {deals.map(({ event, market, price, score }) => (
        <li key={event.id} className={styles.ticket}>
          <div className={styles.body}>
            <h3 className={styles.name}>
              <SiteLink href={paths.event(event.id)}>{event.name}</SiteLink>
            </h3>
            <p className={styles.where}>
              <EventTime when={event} />
              <br />
              {event.venue}
              {event.city ? `, ${event.city}` : ''}
            </p>
            <p className={styles.reason}>{score.reasons[0]?.text}</p>
          </div>
          <div className={styles.stub}>
            <div>
              <Price price={price} size="stub" />
              <p className="small muted">on {marketName(market)}</p>
            </div>
            <Score score={score} />
          </div>
        </li>
      ))}
    </ul>
  );
}
