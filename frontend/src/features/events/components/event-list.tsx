import { EventTime } from '#components/event-time.tsx';
import { Price } from '#components/price.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { EventSummary } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { dateTile } from '#lib/time.ts';
import { statusInWords } from '#lib/words.ts';
import styles from './event-list.module.css';

/** Events as a board: when, what and where, from how much. */
export function EventList({ events }: { events: readonly EventSummary[] }) {
  return (
    <ol className={styles.list}>
      {events.map((event) => (
        <li key={event.id}>
          <EventRow event={event} />
        </li>
      ))}
    </ol>
  );
}

function EventRow({ event }: { event: EventSummary }) {
  const status = statusInWords(event.status);
  return (
    <article className={styles.row}>
      <DateTile event={event} />
      <div className={styles.what}>
        <h3 className={styles.name}>
          <SiteLink href={paths.event(event.id)}>{event.name}</SiteLink>
        </h3>
        <p className={styles.where}>
          <EventTime when={event} />
          <span className={styles.venue}>
            {event.venue}
            {event.city ? `, ${event.city}` : ''}
          </span>
        </p>
        {status === undefined ? null : <p className={styles.status}>{status}</p>}
      </div>
      <div className={styles.offer}>
        {event.from_price ? (
          <>
            <span className={styles.from}>{event.from_price.kind === 'quoted' ? 'from' : ''}</span>
            <Price price={event.from_price} />
          </>
        ) : (
          <span className="muted">No price yet</span>
        )}
        <span className={styles.markets}>{marketsInWords(event)}</span>
      </div>
    </article>
  );
}

function marketsInWords({ markets, from_market, from_price }: EventSummary): string {
  const count = markets === 1 ? '1 market' : `${markets} markets`;
  return from_market && from_price?.kind === 'quoted' ? `on ${marketName(from_market)} · ${count}` : count;
}

function DateTile({ event }: { event: EventSummary }) {
  const tile = dateTile(event);
  return (
    <span className={styles.tile} aria-hidden="true">
      {tile === undefined ? (
        <span className={styles.month}>TBA</span>
      ) : (
        <>
          <span className={styles.month}>{tile.month}</span>
          <span className={styles.day}>{tile.day}</span>
          <span className={styles.weekday}>{tile.weekday}</span>
        </>
      )}
    </span>
  );
}
