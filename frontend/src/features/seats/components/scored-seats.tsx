import { Choice } from '#components/choice.tsx';
import { MoneyLadder } from '#components/money-ladder.tsx';
import { OutsideLink } from '#components/outside-link.tsx';
import { Score } from '#components/score.tsx';
import { Unfold } from '#components/unfold.tsx';
import { paths } from '#config/paths.ts';
import type { ScoredSeats as ScoredListing, SeatScore, SeatScores } from '#lib/api/types.ts';
import { type EventView, eventViewParams } from '#lib/event-view.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { seatsInWords, splitsInWords } from '#lib/seats.ts';
import { absenceInWords, basisInWords } from '#lib/words.ts';
import { sentence } from '#lib/sentence.ts';
import { learnedFromInWords, notScoredInWords, seatUnknownInWords } from '../seat-words.ts';
import styles from './scored-seats.module.css';

/** Single listings with what such seats are worth; the reasons stand behind each. */
export function ScoredSeats({ scores, eventId, view }: { scores: SeatScores; eventId: string; view: EventView }) {
  const { listings, matching, learned_from, unit } = scores;
  if (listings.length === 0) {
    return (
      <p className="muted">
        {learned_from.listings > 0
          ? `No listing sells ${view.seats === undefined ? 'seats' : seatsInWords(view.seats)} right now.`
          : 'None of these markets tells us its single listings, so there is no section or row to compare. Their own pages have them.'}
      </p>
    );
  }
  const href = (order: EventView['order']) => paths.event(eventId, eventViewParams({ ...view, order }));
  return (
    <div className={styles.seats}>
      <Choice
        name="Order of the seats"
        options={[
          { key: 'score', label: 'Best for the seat', href: href('score'), chosen: view.order === 'score' },
          { key: 'price', label: 'Cheapest', href: href('price'), chosen: view.order === 'price' },
        ]}
      />
      <p className={styles.count}>
        {listings.length < matching ? `${listings.length} of ${matching.toLocaleString('en-US')} listings` : `${matching} ${matching === 1 ? 'listing' : 'listings'}`}
        {view.seats === undefined ? '' : `, ${seatsInWords(view.seats)}`}. Prices are of one seat{unit ? `, ${basisInWords(unit.basis)}` : ''}.
      </p>
      <ol className={styles.listings}>
        {listings.map((listing) => (
          <li key={`${listing.market} ${listing.listing}`} className={styles.listing} data-doubt={listing.score?.doubt?.code}>
            <Listing listing={listing} />
          </li>
        ))}
      </ol>
      <p className={styles.count}>{learnedFromInWords(learned_from)}</p>
    </div>
  );
}

function Listing({ listing }: { listing: ScoredListing }) {
  const { section, row, zone, quantity, splits, market, url, score, not_scored } = listing;
  const [from] = zone && zone !== section ? [zone] : [];
  return (
    <>
      <div className={styles.where}>
        <h3>
          {section ? `Section ${section}` : 'Section not said'}
          {row ? `, row ${row}` : ''}
        </h3>
        <p className={styles.terms}>{[from, splitsInWords(quantity, splits)].filter(Boolean).join(' · ')}</p>
        <p className={styles.terms}>
          <OutsideLink market={market} url={url}>
            {marketName(market)}
          </OutsideLink>
          {url ? '' : marketName(market)}
        </p>
      </div>
      <dl className={styles.money}>
        <div>
          <dt>Price</dt>
          <dd className={styles.amount}>{priceInWords(listing)}</dd>
        </div>
        {score ? (
          <div>
            <dt>Fair for it</dt>
            <dd className={styles.amount}>{formatMoney(score.fair_price)}</dd>
          </div>
        ) : null}
      </dl>
      <div className={styles.score}>{score ? <Score score={score} /> : <p className={styles.terms}>{notScoredInWords(not_scored ?? 'nothing_to_compare')}</p>}</div>
      {score?.doubt ? (
        <p className={styles.doubt}>
          <strong>{score.doubt.code === 'speculative' ? 'Probably speculative.' : 'Suspiciously cheap.'}</strong> {sentence(score.doubt.text)}{score.doubt.text.endsWith('.') ? '' : '.'}
        </p>
      ) : null}
      {score ? (
        <div className={styles.reasons}>
          <Reasons score={score} />
        </div>
      ) : null}
    </>
  );
}

function Reasons({ score }: { score: SeatScore }) {
  return (
    <Unfold title={`Why ${score.value}?`}>
      <MoneyLadder
        explained={{ price: score.price, fair: score.fair_price, steps: score.reasons, span: { low: score.fair_low, high: score.fair_high } }}
        names={{ price: 'This price', fair: 'Fair for such seats' }}
      />
      <p className={styles.terms}>
        Nine times in ten the fair price lies between {formatMoney(score.fair_low)} and {formatMoney(score.fair_high)}.
        {score.unknown.length === 0 ? '' : ` Not known: ${score.unknown.map(seatUnknownInWords).join('; ')}.`}
      </p>
    </Unfold>
  );
}

function priceInWords({ score, all_in, price }: ScoredListing): string {
  if (score) return `${all_in && all_in.kind !== 'exact' ? '≈' : ''}${formatMoney(score.price)}`;
  return price.kind === 'quoted' ? formatMoney(price) : absenceInWords(price.reason);
}
