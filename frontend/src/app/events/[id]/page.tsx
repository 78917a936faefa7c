import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Price } from '#components/price.tsx';
import { EventTime } from '#components/event-time.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { Score } from '#components/score.tsx';
import { Unfold } from '#components/unfold.tsx';
import { readIntent, suggestedIntent } from '#features/alerts/intent.ts';
import { AlertForm } from '#features/alerts/components/alert-form.tsx';
import { getEvent } from '#features/events/api/get-event.ts';
import { CheckNow } from '#features/events/components/check-now.tsx';
import { MarketOffers } from '#features/events/components/market-offers.tsx';
import { getOutlook } from '#features/outlook/api/get-outlook.ts';
import { AdviceRecord } from '#features/outlook/components/advice-record.tsx';
import { MarketFacts } from '#features/outlook/components/market-facts.tsx';
import { OutlookPanel } from '#features/outlook/components/outlook-panel.tsx';
import { getMoves } from '#features/prices/api/get-moves.ts';
import { getPriceHistory } from '#features/prices/api/get-price-history.ts';
import { HistorySummary } from '#features/prices/components/history-summary.tsx';
import { MoveList } from '#features/prices/components/move-list.tsx';
import { NoPriceYet, PriceHistory } from '#features/prices/components/price-history.tsx';
import { ScorePanel } from '#features/prices/components/score-panel.tsx';
import { scoreSeats } from '#features/seats/api/score-seats.ts';
import { ScoredSeats } from '#features/seats/components/scored-seats.tsx';
import { SeatListings } from '#features/seats/components/seat-listings.tsx';
import { SeatsChooser } from '#features/seats/components/seats-chooser.tsx';
import { getWatchlist } from '#features/watchlist/api/get-watchlist.ts';
import { WatchPanel } from '#features/watchlist/components/watch-panel.tsx';
import type { Outcome } from '#lib/api/problem.ts';
import { readEventView } from '#lib/event-view.ts';
import { allOf } from '#lib/query.ts';
import { readIfSignedIn } from '#lib/session/session.ts';
import { hasBegun, knownZone } from '#lib/time.ts';
import { statusInWords } from '#lib/words.ts';
import styles from './event.module.css';

/** So much of what was said before stands open. */
const SAID_SHOWN = 6;

export async function generateMetadata({ params, searchParams }: PageProps<'/events/[id]'>): Promise<Metadata> {
  // With the same arguments as the page: read once.
  const event = await getEvent((await params).id, readEventView(await searchParams).seats);
  return event.ok ? { title: event.data.name } : {};
}

export default async function EventPage({ params, searchParams }: PageProps<'/events/[id]'>) {
  const { id } = await params;
  const query = await searchParams;
  const view = readEventView(query);
  const asked = getEvent(id, view.seats);
  // Market time may run faster than ours: the last days are counted from the event's own answer.
  const marketNow = view.by === 'hour' ? asked.then((answer) => (answer.ok ? Date.parse(answer.data.as_of) : undefined)) : Promise.resolve(undefined);
  const [event, history, outlook, moves, seats, watchlist] = await Promise.all([
    asked,
    marketNow.then((nowMs) => getPriceHistory(id, view, nowMs)),
    getOutlook(id),
    getMoves(id),
    scoreSeats(id, view),
    readIfSignedIn(getWatchlist),
  ]);
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
  const begun = hasBegun(event.data, event.data.as_of);
  const advised = () => ({ when: event.data, timeZone, begun });
  const statusWords = statusInWords(status);
  const analysis = outlook.ok ? outlook.data : undefined;
  const score = analysis?.score.score ?? (history.ok ? history.data.score : undefined);

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
            {begun ? (
              <p className={styles.status}>The event has begun: nothing is compared or foretold any more.</p>
            ) : now === undefined ? (
              <p className="muted">No price right now</p>
            ) : ( <Price allIn={from_all_in} price={now} size="headline" explain />
            )}
            {score && !begun ? <Score score={score} /> : null}
            {begun ? null : (
              <a className={styles.jump} href="#alert">
                Alert me
              </a>
            )}
          </div>
        </div>
        <nav aria-label="On this page" className={`wrap ${styles.contents}`}>
          <a href="#markets">{begun ? 'Last prices' : 'Markets'}</a>
          {begun ? null : <a href="#score">Fair price</a>}
          {begun ? null : <a href="#outlook">Buy or wait</a>}
          <a href="#history">History</a>
          {begun || offers.length === 0 ? null : <a href="#listings">Seats</a>}
        </nav>
      </header>

      <div className={`wrap page ${styles.columns}`}>
        <div className={styles.main}>
          <section aria-labelledby="markets" className="stack">
            <h2 id="markets">{begun ? 'What the markets asked last' : 'Markets side by side'}</h2>
            {begun && offers.length === 0 ? (
              <p className="muted">No market lists it any more.</p>
            ) : begun ? (
              <MarketOffers offers={offers} seats={undefined} begun />
            ) : offers.length === 0 ? (
              <Notice title="No market lists it right now">
                <p>Set an alert: you hear from us when one does, at the price you name.</p>
              </Notice>
            ) : (
              <>
                <CheckNow eventId={id} />
                <SeatsChooser eventId={id} view={view} />
                <MarketOffers offers={offers} seats={view.seats} />
              </>
            )}
            {analysis && !begun ? <MarketFacts supply={analysis.supply} spread={analysis.spread} risk={analysis.risk} /> : null}
          </section>

          {begun ? null : (
            <>
              <section aria-labelledby="score" className="stack">
                <h2 id="score">Is it a good price?</h2>
                {score ? (
                  <ScorePanel score={score} />
                ) : (
                  <p className="muted">{analysis ? analysis.score.evidence.why : notKnown(outlook, 'a score needs a fresh price and something to compare it with.')}</p>
                )}
              </section>

              <section aria-labelledby="outlook" className="stack">
                <h2 id="outlook">Buy now or wait?</h2>
                {analysis ? (
                  <OutlookPanel analysis={analysis} timeZone={timeZone} />
                ) : (
                  <p className="muted">{notKnown(outlook, 'where the price may go is told once enough of it has been seen.')}</p>
                )}
              </section>
            </>
          )}

          <section aria-labelledby="history" className="stack">
            <h2 id="history">How the price ran</h2>
            {history.ok ? (
              <>
                <HistorySummary summary={history.data.summary} timeZone={timeZone} begun={begun} />
                <PriceHistory history={history.data} outlook={begun ? undefined : analysis?.outlook} view={view} timeZone={timeZone} />
              </>
            ) : history.problem.status === 404 ? (
              <NoPriceYet />
            ) : (
              <ProblemNotice title="The price history did not load" problem={history.problem} />
            )}
            <h3 id="moves">Confirmed moves</h3>
            {moves.ok ? <MoveList moves={moves.data.moves} timeZone={timeZone} /> : <p className="muted">{notKnown(moves, 'moves are told once a price has been seen twice.')}</p>}
          </section>

          {offers.length === 0 || begun ? null : (
            <section aria-labelledby="listings" className="stack">
              <h2 id="listings">Seats on sale</h2>
              {seats.ok ? <ScoredSeats scores={seats.data} eventId={id} view={view} /> : <SeatListings offers={offers} seats={view.seats} />}
            </section>
          )}

          {analysis && analysis.past_advice.length > 0 ? (
            <section aria-labelledby="said" className="stack">
              <h2 id="said">What we said before</h2>
              <AdviceRecord advice={analysis.past_advice.slice(0, SAID_SHOWN)} events={advised} />
              {analysis.past_advice.length > SAID_SHOWN ? (
                <Unfold title={`${analysis.past_advice.length - SAID_SHOWN} older`}>
                  <AdviceRecord advice={analysis.past_advice.slice(SAID_SHOWN)} events={advised} />
                </Unfold>
              ) : null}
            </section>
          ) : null}
        </div>

        <div className={styles.aside}>
          {begun ? null : (
            <section aria-labelledby="alert" className={styles.card}>
              <h2 id="alert">Alert me</h2>
              <AlertForm key={allOf(query, 'alert')[0]} eventId={id} currency={now?.currency ?? 'USD'} intent={intent} />
            </section>
          )}
          <section aria-labelledby="watch" className={styles.card}>
            <h2 id="watch">Watch</h2>
            <WatchPanel eventId={id} performers={performers} venue={location} watchlist={watchlist?.ok ? watchlist.data : undefined} />
          </section>
        </div>
      </div>
    </article>
  );
}

/** Why a part of the page is missing: there is nothing yet, or nobody answered. A missing part breaks no page. */
function notKnown(answer: Outcome<unknown>, condition: string): string {
  return !answer.ok && answer.problem.status !== 404 ? `Not known right now. ${answer.problem.detail}` : `Not known yet: ${condition}`;
}
