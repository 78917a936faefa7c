import { EventTime } from '#components/event-time.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { estimateInWords } from '#lib/all-in.ts';
import type { EventSummary, SearchHit } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { dateTile } from '#lib/time.ts';
import { absenceInWords, basisInWords, statusInWords } from '#lib/words.ts';
import styles from './event-list.module.css';

/** Events as a board: when, what and where, from how much. */
export function EventList({ events }: { events: readonly (EventSummary | SearchHit)[] }) {
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

function EventRow({ event }: { event: EventSummary | SearchHit }) {
  const distance = 'distance_m' in event ? event.distance_m : undefined;
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
            {distance == null ? '' : ` · ${formatDistance(distance)}`}
          </span>
        </p>
        {status === undefined ? null : <p className={styles.status}>{status}</p>}
      </div>
      <Offer event={event} />
    </article>
  );
}

function Offer({ event: { from_price: price, from_all_in: allIn, from_market: market, markets } }: { event: EventSummary }) {
  const count = markets === 1 ? '1 market' : `${markets} markets`;
  if (price?.kind !== 'quoted') {
    return (
      <div className={styles.offer}>
        <p className="muted">{price ? absenceInWords(price.reason) : 'No price yet'}</p>
        <p className={styles.terms}>{count}</p>
      </div>
    );
  }
  return (
    <div className={styles.offer}>
      <p>
        <span className={styles.from}>from</span>{' '}
        <span className={styles.amount}>
          {allIn && allIn.kind !== 'exact' ? '≈' : ''}
          {formatMoney(allIn ?? price)}
        </span>
      </p>
      <p className={styles.terms}>{allIn ? estimateInWords(allIn) : basisInWords(price.basis)}</p>
      <p className={styles.terms}>{market ? `on ${marketName(market)} · ${count}` : count}</p>
    </div>
  );
}

/** Near is told to a kilometre; under one it does not matter how far. */
function formatDistance(metres: number): string {
  return metres < 1000 ? 'under 1 km away' : `${Math.round(metres / 1000).toLocaleString('en-US')} km away`;
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
