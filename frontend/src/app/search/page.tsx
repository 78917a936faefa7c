import type { Metadata } from 'next';
import { Narrowed } from '#components/narrowed.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { EventList } from '#features/events/components/event-list.tsx';
import { getVenue } from '#features/search/api/get-venue.ts';
import { searchEvents } from '#features/search/api/search-events.ts';
import { ActiveFilters } from '#features/search/components/active-filters.tsx';
import { Filters } from '#features/search/components/filters.tsx';
import { SearchBox } from '#features/search/components/search-box.tsx';
import { changed, isNarrowed, mistakes, readSearch, searchParams, type SearchState } from '#features/search/query.ts';
import { oneOf } from '#lib/query.ts';
import styles from './search.module.css';

export async function generateMetadata({ searchParams: query }: PageProps<'/search'>): Promise<Metadata> {
  const q = oneOf(await query, 'q');
  return { title: q ? `“${q}”` : 'Events' };
}

export default async function SearchPage({ searchParams: query }: PageProps<'/search'>) {
  const state = readSearch(await query);
  const [found, venue] = await Promise.all([searchEvents(state), state.venue ? getVenue(state.venue) : undefined]);
  const data = found.ok ? found.data : undefined;
  const keep = searchParams(changed(state, { q: undefined }));
  return (
    <div className="wrap page stack">
      <h1>{title(state)}</h1>
      {/* The key: another search starts the box anew. */}
      <SearchBox key={JSON.stringify(searchParams(state))} query={state.q} keep={keep} />
      <ActiveFilters state={state} venue={venue?.ok ? venue.data.name : undefined} />
      {data?.corrected ? (
        <p className={styles.corrected} role="status">
          Nothing is called “{state.q}”. These are events for <strong>“{data.corrected}”</strong>.
        </p>
      ) : null}
      <Narrowed title="Narrow the search" filters={<Filters state={state} facets={data?.facets ?? undefined} />} open={Object.keys(mistakes(state)).length > 0} name="Events found">
        {!found.ok ? (
          <ProblemNotice title="The search did not work" problem={found.problem}>
            <p>
              <SiteLink href={paths.search(searchParams(state))}>Try again</SiteLink>
            </p>
          </ProblemNotice>
        ) : found.data.events.length === 0 ? (
          <NothingFound state={state} />
        ) : (
          <>
            <Summary found={found.data} state={state} />
            <EventList events={found.data.events} />
            {found.data.next_cursor ? (
              <p>
                <SiteLink className={styles.more} href={paths.search(searchParams({ ...state, cursor: found.data.next_cursor }))}>
                  {state.q && state.sort !== 'date' ? 'More events' : 'Later events'}
                </SiteLink>
              </p>
            ) : null}
          </>
        )}
      </Narrowed>
    </div>
  );
}

function title(state: SearchState): string {
  if (state.q) return `Events for “${state.q}”`;
  if (state.performer) return state.performer;
  if (state.city) return `Events in ${state.city}`;
  return state.near ? 'Events near you' : 'Events, soonest first';
}

/** How many there are, and the other order. */
function Summary({ found, state }: { found: { facets?: { facets_of: number; complete: boolean } | null }; state: SearchState }) {
  const { facets } = found;
  const count = facets == null ? undefined : `${facets.facets_of.toLocaleString('en-US')}${facets.complete ? '' : ' and more'} ${facets.facets_of === 1 ? 'event' : 'events'}`;
  const byDate = state.sort === 'date';
  return (
    <p className={styles.summary}>
      {count === undefined ? null : <span>{count}</span>}
      {state.q ? (
        <SiteLink href={paths.search(searchParams(changed(state, { sort: byDate ? undefined : 'date' })))}>{byDate ? 'Best match first' : 'Soonest first'}</SiteLink>
      ) : null}
    </p>
  );
}

function NothingFound({ state }: { state: SearchState }) {
  if (state.q && isNarrowed(state)) {
    return (
      <Notice title={`Nothing found for “${state.q}” that fits`}>
        <p>
          Take something away above, or <SiteLink href={paths.search([['q', state.q]])}>search for “{state.q}” everywhere</SiteLink>.
        </p>
      </Notice>
    );
  }
  if (state.q) {
    return (
      <Notice title={`Nothing found for “${state.q}”`}>
        <p>
          Try fewer words, or only the artist, the team or the city. <SiteLink href={paths.search()}>See all events</SiteLink>
        </p>
      </Notice>
    );
  }
  if (isNarrowed(state)) {
    return (
      <Notice title="No event fits all of this">
        <p>
          Take something away above, or <SiteLink href={paths.search()}>see all events</SiteLink>.
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="No events yet">
      <p>
        The markets have just been asked. <SiteLink href={paths.sources}>See how the sources are doing</SiteLink>
      </p>
    </Notice>
  );
}
