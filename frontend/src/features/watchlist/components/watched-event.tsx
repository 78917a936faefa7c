import { EventTime } from '#components/event-time.tsx';
import { Price } from '#components/price.tsx';
import { Score } from '#components/score.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { EventDetail, PriceMove, Score as ScoreValue } from '#lib/api/types.ts';
import { signedPercent } from '#lib/difference.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { formatDay, hasBegun, knownZone } from '#lib/time.ts';
import { basisInWords, statusInWords } from '#lib/words.ts';
import styles from './watched-event.module.css';

/** A watched event at a glance: what and when, what it costs, how good that is, and how the price moved last. */
export function WatchedEvent({ event, score, move }: { event: EventDetail; score: ScoreValue | undefined; move: PriceMove | undefined }) {
  const begun = hasBegun(event, event.as_of);
  const status = begun ? 'It has begun' : statusInWords(event.status);
  const place = [event.location.name, event.location.city].filter(Boolean).join(', ');
  return (
    <div className={styles.event}>
      <div>
        <h3 className={styles.name}>
          <SiteLink href={paths.event(event.id)}>{event.name}</SiteLink>
        </h3>
        <p className={styles.terms}>
          <EventTime when={event} /> · {place}
        </p>
        {status === undefined ? null : <p className={styles.status}>{status}</p>}
        <p className={styles.terms}>{moveInWords(move, knownZone(event.location.timezone))}</p>
      </div>
      {begun ? null : (
        <div className={styles.now}>
          {event.from_price ? <Price allIn={event.from_all_in} price={event.from_price} /> : <p className="muted">No price right now</p>}
          {score ? <Score score={score} /> : <p className={styles.terms}>No score yet</p>}
        </div>
      )}
    </div>
  );
}

function moveInWords(move: PriceMove | undefined, timeZone: string): string {
  if (move === undefined) return 'No confirmed move yet.';
  const way = move.new.amount_minor < move.old.amount_minor ? 'fell' : 'rose';
  return `Last ${way} from ${formatMoney(move.old)} to ${formatMoney(move.new)} (${signedPercent(move.percent_hundredths)}) on ${marketName(move.market)}, ${basisInWords(move.basis)}, ${formatDay(Date.parse(move.confirmed_at), timeZone)}.`;
}
