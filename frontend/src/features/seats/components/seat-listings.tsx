import table from '#components/data-table.module.css';
import { estimateInWords } from '#lib/all-in.ts';
import type { MarketOffer, SeatOffer } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { absenceInWords } from '#lib/words.ts';
import { seatsInWords, splitsInWords } from '#lib/seats.ts';
import styles from './seat-listings.module.css';

/** So many rows are compared at a glance; a market's own page has the rest. */
const SHOWN = 25;

/** Single listings of the markets that tell them, cheapest first. Those whose prices cannot be compared come last. */
export function SeatListings({ offers, seats }: { offers: readonly MarketOffer[]; seats: number | undefined }) {
  const listings = offers.flatMap(({ cheapest_listings }) => cheapest_listings ?? []).sort((a, b) => cost(a) - cost(b));
  const telling = offers.filter(({ listings_known }) => listings_known != null);
  if (telling.length === 0) {
    return (
      <p className="muted">
        None of these markets tells us its single listings, so there is no section or row to compare.{' '}
        {seats === undefined ? 'Their own pages have them.' : `Whether one sells ${seatsInWords(seats)} is on its own page.`}
      </p>
    );
  }
  if (listings.length === 0) {
    return <p className="muted">{seats === undefined ? 'No single listing is on sale right now.' : `No listing sells ${seatsInWords(seats)} right now.`}</p>;
  }
  return (
    <div className={table.scroll} role="region" aria-label="Listings" tabIndex={0}>
      <table className={table.table}>
        <caption>
          {listings.length > SHOWN ? `The ${SHOWN} cheapest` : 'Cheapest first'}
          {seats === undefined ? '' : `, ${seatsInWords(seats)}`}; price of one seat. Told by {telling.map(({ market }) => marketName(market)).join(', ')}.
        </caption>
        <thead>
          <tr>
            <th scope="col">Section</th>
            <th scope="col">Row</th>
            <th scope="col">Seats</th>
            <th scope="col">Market</th>
            <th scope="col" className={table.number}>
              All-in
            </th>
            <th scope="col" className={table.number}>
              As quoted
            </th>
          </tr>
        </thead>
        <tbody>
          {listings.slice(0, SHOWN).map((listing) => (
            <tr key={`${listing.market} ${listing.listing}`}>
              <th scope="row">{listing.section ?? 'Not said'}</th>
              <td>{listing.row ?? '–'}</td>
              <td>{splitsInWords(listing.quantity, listing.splits)}</td>
              <td>{marketName(listing.market)}</td>
              <td className={table.number}>
                {listing.all_in ? (
                  <>
                    <strong>
                      {listing.all_in.kind === 'exact' ? '' : '≈'}
                      {formatMoney(listing.all_in)}
                    </strong>
                    {listing.all_in.kind === 'exact' ? null : <span className={styles.estimate}>{estimateInWords(listing.all_in).replace('all-in, ', '')}</span>}
                  </>
                ) : (
                  '–'
                )}
              </td>
              <td className={table.number}>{listing.price.kind === 'quoted' ? formatMoney(listing.price) : absenceInWords(listing.price.reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cost({ all_in, price }: SeatOffer): number {
  if (all_in) return all_in.amount_minor;
  return Number.MAX_SAFE_INTEGER / 2 + (price.kind === 'quoted' ? price.amount_minor : Number.MAX_SAFE_INTEGER / 4);
}
