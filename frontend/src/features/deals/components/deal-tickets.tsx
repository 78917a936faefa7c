import { EventTime } from '#components/event-time.tsx';
import { Price } from '#components/price.tsx';
import { Score } from '#components/score.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { Deal, DealForMe } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { excessInWords, mainReason, savingInWords, spanInWords, whyInWords } from '../deal-words.ts';
import styles from './deal-tickets.module.css';

/** Deals as tickets: what, where and why on the body, the price on the stub. Deals for somebody say why they are. */
export function DealTickets({ deals }: { deals: readonly (Deal | DealForMe)[] }) {
  return (
    <ul className={styles.deals}>
      {deals.map((deal) => (
        <li key={deal.event.id} className={styles.ticket}>
          <div className={styles.body}>
            {'why' in deal ? whyInWords(deal.why).map((text) => <p key={text} className={styles.why}>{text}</p>) : null}
            <h3 className={styles.name}>
              <SiteLink href={paths.event(deal.event.id)}>{deal.event.name}</SiteLink>
            </h3>
            <p className={styles.where}>
              <EventTime when={deal.event} />
              <br />
              {deal.event.venue}
              {deal.event.city ? `, ${deal.event.city}` : ''}
            </p>
            <div className={styles.reasons}>
              {savingInWords(deal) ? <p className={styles.saving}>{savingInWords(deal)}</p> : null}
              {excessInWords(deal) ? <p>{excessInWords(deal)}</p> : null}
              {mainReason(deal) ? <p>{mainReason(deal)}</p> : null}
              {deal.score.confidence === 'low' ? <p className={styles.guess}>A first guess: what it is compared with is little, or disagrees.</p> : null}
            </div>
          </div>
          <div className={styles.stub}>
            <div>
              <Price allIn={deal.score.all_in} price={deal.price} size="stub" />
              <p className="small muted">on {marketName(deal.market)}</p>
            </div>
            <Score score={deal.score} />
            {spanInWords(deal) ? <p className="small muted">{spanInWords(deal)}</p> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
