import { Price } from '#components/price.tsx';
import { OutsideLink } from '#components/outside-link.tsx';
import type { MarketOffer } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatAge } from '#lib/time.ts';
import { formatMoney } from '#lib/money.ts';
import { absenceInWords } from '#lib/words.ts';
import { safeOutsideUrl } from '#lib/outside-url.ts';
import { seatsInWords } from '#lib/seats.ts';
import styles from './market-offers.module.css';

/** Below this we say that the listing may be another event, thousandths. */
const SURE_ENOUGH_PERMILLE = 900;

/** The markets side by side: what a ticket comes to or the reason why there is no price, as quoted, how fresh, and the way there; there is none once the event has `begun`. */
export function MarketOffers({ offers, seats, begun = false }: { offers: readonly MarketOffer[]; seats: number | undefined; begun?: boolean }) {
  const cheapest = begun ? undefined : offers.find(({ all_in, price, stale }) => price.kind === 'quoted' && !stale && (all_in || offers.every((other) => !other.all_in)));
  return (
    <ul className={styles.offers}>
      {offers.map((offer) => (
        <li key={`${offer.market} ${offer.source_event_id}`} className={styles.offer} data-cheapest={offer === cheapest || undefined}>
          <div className={styles.market}>
            <h3>{marketName(offer.market)}</h3>
            {offer === cheapest && offers.length > 1 ? <p className={styles.cheapest}>{lowestInWords(offer)}</p> : null}
            <p className={styles.fresh} data-stale={offer.stale || undefined}>
              {offer.stale ? 'Out of date: last checked' : 'Checked'} {formatAge(offer.age_seconds)}
              {onSaleInWords(offer)}
              {modeInWords(offer)}
            </p>
            {offer.pending ? <p className={styles.doubt}>Being asked right now: this is from before.</p> : null}
            {offer.unconfirmed ? <p className={styles.doubt}>{unconfirmedInWords(offer.unconfirmed)}</p> : null}
            {offer.match_confidence_permille < SURE_ENOUGH_PERMILLE ? <p className={styles.doubt}>We are not quite sure this listing is the same event.</p> : null}
          </div>
          <div className={styles.price}>
            <Price allIn={offer.all_in} price={offer.price} size="stub" explain />
            {offer.price.kind === 'quoted' && offer.no_all_in ? <p className={styles.fresh}>{noAllInInWords(offer.no_all_in)}</p> : null}
          </div>
          {begun ? null : safeOutsideUrl(offer.url) === undefined ? <span className={styles.noLink}>No link</span> : <OutsideLink market={offer.market} url={offer.url} className={styles.link} />}
          {seats === undefined || offer.listings_known == null ? null : <ForSeats offer={offer} seats={seats} />}
        </li>
      ))}
    </ul>
  );
}

/** The cheapest listing that sells so many seats together, where the market tells its listings. */
function ForSeats({ offer: { best_for_seats: best }, seats }: { offer: MarketOffer; seats: number }) {
  if (!best || best.price.kind === 'absent') return <p className={styles.seats}>Nothing with {seatsInWords(seats)}.</p>;
  const one = best.all_in ?? best.price;
  const isEstimate = best.all_in != null && best.all_in.kind !== 'exact';
  return (
    <p className={styles.seats}>
      <strong>
        {seatsInWords(seats)}: {isEstimate ? '≈' : ''}
        {formatMoney(one)}
        {seats === 1 ? '' : ' each'}
      </strong>
      {seats === 1 ? '' : `, ${formatMoney({ ...one, amount_minor: one.amount_minor * seats })} together`}
      {best.all_in ? '' : ' as quoted'}
      {[best.section && `section ${best.section}`, best.row && `row ${best.row}`].filter(Boolean).map((part) => ` · ${part}`)}
    </p>
  );
}

/** Why it stands first: an estimate is not called what it is not. */
function lowestInWords({ all_in }: MarketOffer): string {
  if (!all_in) return 'Lowest price stated';
  return { exact: 'Lowest all-in price', converted: 'Lowest all-in price, estimated', assumed: 'Lowest, if its price is all-in' }[all_in.kind];
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

function unconfirmedInWords({ price }: NonNullable<MarketOffer['unconfirmed']>): string {
  const said = price.kind === 'quoted' ? formatMoney(price) : absenceInWords(price.reason).toLowerCase();
  return `Its last answer said ${said}: too odd to believe before it is seen again.`;
}

function noAllInInWords(reason: NonNullable<MarketOffer['no_all_in']>): string {
  switch (reason) {
    case 'fees_not_learned':
      return 'Its fees are not known yet';
    case 'basis_unknown':
      return 'Cannot be compared all-in';
    case 'no_price':
      return '';
  }
}
