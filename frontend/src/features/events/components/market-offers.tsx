import { Price } from '#components/price.tsx';
import type { MarketOffer } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatAge } from '#lib/time.ts';
import { safeOutsideUrl } from '../outside-url.ts';
import styles from './market-offers.module.css';

/** Below this we say that the listing may be another event, thousandths. */
const SURE_ENOUGH_PERMILLE = 900;

/** The markets side by side: price or the reason why there is none, what it includes, how fresh, and the way there. */
export function MarketOffers({ offers }: { offers: readonly MarketOffer[] }) {
  const cheapest = offers.find(({ price, stale }) => price.kind === 'quoted' && !stale);
  return (
    <ul className={styles.offers}>
      {offers.map((offer) => (
        <li key={`${offer.market} ${offer.source_event_id}`} className={styles.offer} data-cheapest={offer === cheapest || undefined}>
          <div className={styles.market}>
            <h3>{marketName(offer.market)}</h3>
            {offer === cheapest && offers.length > 1 ? <p className={styles.cheapest}>Lowest price stated</p> : null}
            <p className={styles.fresh} data-stale={offer.stale || undefined}>
              {offer.stale ? 'Out of date: last checked' : 'Checked'} {formatAge(offer.age_seconds)}
              {onSaleInWords(offer)}
              {modeInWords(offer)}
            </p>
            {offer.match_confidence_permille < SURE_ENOUGH_PERMILLE ? <p className={styles.doubt}>We are not quite sure this listing is the same event.</p> : null}
          </div>
          <div className={styles.price}>
            <Price price={offer.price} size="stub" />
          </div>
          <OutsideLink offer={offer} />
        </li>
      ))}
    </ul>
  );
}

function OutsideLink({ offer }: { offer: MarketOffer }) {
  const url = safeOutsideUrl(offer.url);
  if (url === undefined) return <span className={styles.noLink}>No link</span>;
  return (
    <a className={styles.link} href={url} rel="external noopener nofollow">
      Go to {marketName(offer.market)} <span aria-hidden="true">↗</span>
    </a>
  );
}

function onSaleInWords({ listings, tickets }: MarketOffer): string {
  if (tickets) return ` · ${tickets.toLocaleString('en-US')} tickets`;
  if (listings) return ` · ${listings.toLocaleString('en-US')} listings`;
  return '';
}

/** Figures that are not real are labelled wherever they stand, not only in the banner. */
function modeInWords({ mode }: MarketOffer): string {
  if (mode === 'sandbox') return ' · simulated';
  if (mode === 'replay') return ' · replayed';
  return '';
}
