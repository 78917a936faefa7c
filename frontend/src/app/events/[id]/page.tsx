import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AllInPrice } from '#components/all-in-price.tsx';
import { EventTime } from '#components/event-time.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { Score } from '#components/score.tsx';
import { readIntent, suggestedIntent } from '#features/alerts/intent.ts';
import { AlertForm } from '#features/alerts/components/alert-form.tsx';
import { getEvent } from '#features/events/api/get-event.ts';
import { CheckNow } from '#features/events/components/check-now.tsx';
import { MarketOffers } from '#features/events/components/market-offers.tsx';
import { SeatListings } from '#features/events/components/seat-listings.tsx';
import { SeatsChooser } from '#features/events/components/seats-chooser.tsx';
import { readSeats } from '#features/events/seats.ts';
import { getPriceHistory } from '#features/prices/api/get-price-history.ts';
import { HistorySummary } from '#features/prices/components/history-summary.tsx';
import { NoPriceYet, PriceHistory } from '#features/prices/components/price-history.tsx';
import { ScorePanel } from '#features/prices/components/score-panel.tsx';
import { allOf, oneOf } from '#lib/query.ts';
import { knownZone } from '#lib/time.ts';
import { statusInWords } from '#lib/words.ts';
import styles from './event.module.css';

export async function generateMetadata({ params, searchParams }: PageProps<'/events/[id]'>): Promise<Metadata> {
  // With the same arguments as the page: read once.
  const event = await getEvent((await params).id, readSeats(oneOf(await searchParams, 'seats')));
  return event.ok ? { title: event.data.name } : {};
}

export default async function EventPage({ params, searchParams }: PageProps<'/events/[id]'>) {
  const { id } = await params;
  const query = await searchParams;
  const seats = readSeats(oneOf(query, 'seats'));
  const [event, history] = await Promise.all([getEvent(id, seats), getPriceHistory(id)]);
  if (!event.ok) {
    // An id of the wrong form is as unknown as one that never was.
    if (event.problem.status === 404 || event.problem.code === 'invalid_parameter') notFound();
    return (
      <div className="wrap page">
        <ProblemNotice title="This event did not load" problem={event.problem} />
      </div>
    );
  }

  const { name, location, offers, performers, status, from_price, from_all_in } = event.data;
  const timeZone = knownZone(location.timezone);
  const now = from_price?.kind === 'quoted' ? from_price : undefined;
  const intent = readIntent((field) => allOf(query, field), suggestedIntent(now));
  const statusWords = statusInWords(status);
  const score = history.ok ? history.data.score : undefined;

  return (
    <article>
      <header className={styles.head}>
        <div className={`wrap ${styles.title}`}>
          <div className={styles.what}>
            <h1>{name}</h1>
            <p className={styles.when}>
              <EventTime when={event.data} />
              {event.data.date_tbd ? null : <span className="muted"> (venue’s time)</span>}
            </p>
            <p>{[location.name, location.city, location.region].filter(Boolean).join(', ')}</p>
            {performers.length > 1 ? <p className="muted">With {performers.join(', ')}</p> : null}
            {statusWords === undefined ? null : <p className={styles.status}>{statusWords}</p>}
          </div>
          <div className={styles.glance}>
            {now === undefined ? <p className="muted">No price right now</p> : <AllInPrice allIn={from_all_in} price={now} size="headline" explain />}
            {score ? <Score score={score} /> : null}
            <a className={styles.jump} href="#alert">
              Alert me
            </a>
          </div>
        </div>
      </header>

      <div className={`wrap page ${styles.columns}`}>
        <div className={styles.main}>
          <section aria-labelledby="markets" className="stack">
            <h2 id="markets">Markets side by side</h2>
            {offers.length === 0 ? (
              <Notice title="No market lists it right now">
                <p>Set an alert: you hear from us when one does, at the price you name.</p>
              </Notice>
            ) : (
              <>
                <CheckNow eventId={id} />
                <SeatsChooser eventId={id} seats={seats} />
                <MarketOffers offers={offers} seats={seats} />
              </>
            )}
          </section>

          {offers.length === 0 ? null : (
            <section aria-labelledby="listings" className="stack">
              <h2 id="listings">Seats on sale</h2>
              <SeatListings offers={offers} seats={seats} />
            </section>
          )}

          <section aria-labelledby="history" className="stack">
            <h2 id="history">How the price ran</h2>
            {history.ok ? (
              <>
                <HistorySummary summary={history.data.summary} timeZone={timeZone} />
                <PriceHistory history={history.data} timeZone={timeZone} />
              </>
            ) : history.problem.status === 404 ? (
              <NoPriceYet />
            ) : (
              <ProblemNotice title="The price history did not load" problem={history.problem} />
            )}
          </section>
        </div>

        <div className={styles.aside}>
          {score ? (
            <section aria-labelledby="score" className={styles.card}>
              <h2 id="score">Is it a good price?</h2>
              <ScorePanel score={score} />
            </section>
          ) : null}
          <section aria-labelledby="alert" className={styles.card}>
            <h2 id="alert">Alert me</h2>
            <AlertForm key={allOf(query, 'alert')[0]} eventId={id} currency={now?.currency ?? 'USD'} intent={intent} />
          </section>
        </div>
      </div>
    </article>
  );
}
