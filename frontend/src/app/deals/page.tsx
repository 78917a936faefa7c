import type { Metadata } from 'next';
import { Chips } from '#components/chips.tsx';
import { Choice } from '#components/choice.tsx';
import { Narrowed } from '#components/narrowed.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { dealsForMe } from '#features/deals/api/deals-for-me.ts';
import { listDeals } from '#features/deals/api/list-deals.ts';
import { DealFilters } from '#features/deals/components/deal-filters.tsx';
import { DealTickets } from '#features/deals/components/deal-tickets.tsx';
import { changedDeals, dealMistakes, dealsParams, type DealsState, LEAST_SCORES, readDeals, SORTS } from '#features/deals/query.ts';
import { getFacets } from '#features/search/api/get-facets.ts';
import { marketName } from '#lib/markets.ts';
import { readIfSignedIn } from '#lib/session/session.ts';
import styles from './deals.module.css';

export const metadata: Metadata = { title: 'Deals' };

const SORT_NAMES: Readonly<Record<(typeof SORTS)[number], string>> = { sure: 'Surest', score: 'Best score', saving: 'Most money under fair', price: 'Cheapest', date: 'Soonest' };

export default async function DealsPage({ searchParams }: PageProps<'/deals'>) {
  const state = readDeals(await searchParams);
  const [deals, facets, mine] = await Promise.all([listDeals(state, 20), getFacets(), readIfSignedIn(dealsForMe)]);
  const href = (change: Parameters<typeof changedDeals>[1]) => paths.deals(dealsParams(changedDeals(state, change)));
  return (
    <div className="wrap page stack">
      <h1>Deals</h1>
      <p className={styles.lead}>
        {state.min === 'any' ? 'Tickets at any price, dear ones too, with what they are worth' : 'Tickets that cost no more than they are worth'} as far as we can tell: compared with their own past,
        with other markets and with events like them. 50 is a fair price. A high score says it is cheap now; whether it gets cheaper still stands on the event’s page.
      </p>
      {state.cursor ? null : <ForYou mine={mine} />}
      <section aria-labelledby="all" className="stack">
        <h2 id="all">All deals</h2>
        <Chips name="What narrows the deals" chips={chips(state).map(({ label, without }) => ({ label, href: href(without) }))} />
        <Narrowed title="Narrow the deals" filters={<DealFilters key={JSON.stringify(state)} state={state} facets={facets.ok ? (facets.data.facets ?? undefined) : undefined} />} open={Object.keys(dealMistakes(state)).length > 0} name="Deals found">
          <Choice name="Order of the deals" options={SORTS.map((sort) => ({ key: sort, label: SORT_NAMES[sort], href: href({ sort: sort === SORTS[0] ? undefined : sort }), chosen: sort === (state.sort ?? SORTS[0]) }))} />
          {!deals.ok ? (
            <ProblemNotice title="The deals did not load" problem={deals.problem}>
              <p>
                <SiteLink href={paths.deals(dealsParams(state))}>Try again</SiteLink>
              </p>
            </ProblemNotice>
          ) : deals.data.deals.length === 0 && !deals.data.next_cursor ? (
            <NoDeals isNarrowed={chips(state).length > 0} />
          ) : (
            <>
              {deals.data.deals.length === 0 ? <p className="muted">What would stand here does not stand any more.</p> : <DealTickets deals={deals.data.deals} />}
              {deals.data.next_cursor ? (
                <p>
                  <SiteLink className={styles.more} href={paths.deals(dealsParams({ ...state, cursor: deals.data.next_cursor }))}>
                    More deals
                  </SiteLink>
                </p>
              ) : null}
            </>
          )}
        </Narrowed>
      </section>
    </div>
  );
}

/** Deals by what the person watches, or the way to them. */
function ForYou({ mine }: { mine: Awaited<ReturnType<typeof dealsForMe>> | undefined }) {
  const [watched, alerts] = mine?.ok ? [mine.data.taste.watched_events + mine.data.taste.watched_performers + mine.data.taste.watched_venues, mine.data.taste.alert_events] : [0, 0];
  return (
    <section aria-labelledby="for-you" className="stack">
      <h2 id="for-you">For you</h2>
      {mine === undefined ? (
        <p className="muted">
          <SiteLink href={paths.signIn(`${paths.deals()}#for-you`)}>Sign in</SiteLink> and watch an event, a performer or a venue: deals that fit stand here.
        </p>
      ) : !mine.ok ? (
        <p className="muted">Your deals are not known right now. {mine.problem.detail}</p>
      ) : mine.data.deals.length > 0 ? (
        <DealTickets deals={mine.data.deals} />
      ) : watched > 0 || (alerts ?? 0) > 0 ? (
        <p className="muted">Nothing that fits what you watch is cheap right now.</p>
      ) : (
        <p className="muted">You watch nothing yet. Open an event and press “Watch” at the event, who plays or where.</p>
      )}
      {mine === undefined ? null : (
        <p>
          <SiteLink href={paths.watchlist}>What you watch</SiteLink>
          {mine.ok && alerts == null ? <span className="muted"> · Your alerts could not be asked for, so they did not count.</span> : null}
        </p>
      )}
    </section>
  );
}

function NoDeals({ isNarrowed }: { isNarrowed: boolean }) {
  return isNarrowed ? (
    <Notice title="No deal fits all of this">
      <p>
        Take something away above, or <SiteLink href={paths.deals()}>see all deals</SiteLink>.
      </p>
    </Notice>
  ) : (
    <Notice title="No deal stands out yet">
      <p>
        A deal needs some history to compare with. <SiteLink href={paths.search()}>Look at an event</SiteLink> and set an alert: you hear from us before it shows up here.
      </p>
    </Notice>
  );
}

/** What narrows the list, in words, and the change that takes it away. */
function chips(state: DealsState): { label: string; without: Parameters<typeof changedDeals>[1] }[] {
  const { city, genre, from, to, max, market, min } = state;
  const wrong = dealMistakes(state);
  return [
    ...(city ? [{ label: city, without: { city: undefined } }] : []),
    ...(genre ? [{ label: genre.charAt(0).toUpperCase() + genre.slice(1), without: { genre: undefined } }] : []),
    ...(from && !wrong.from ? [{ label: `From ${from}`, without: { from: undefined } }] : []),
    ...(to && !wrong.to ? [{ label: `Until ${to}`, without: { to: undefined } }] : []),
    ...(max && !wrong.max ? [{ label: `Up to $${max} all-in`, without: { max: undefined } }] : []),
    ...(market ? [{ label: marketName(market), without: { market: undefined } }] : []),
    ...(min ? [{ label: LEAST_SCORES.find(({ value }) => value === min)?.label ?? `Score from ${min}`, without: { min: undefined } }] : []),
  ];
}
