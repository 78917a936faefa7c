import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { listEvents } from '#features/events/api/list-events.ts';
import { EventList } from '#features/events/components/event-list.tsx';
import { SearchForm } from '#features/events/components/search-form.tsx';
import { oneOf, type Query } from '#lib/query.ts';

export async function generateMetadata({ searchParams }: PageProps<'/search'>): Promise<Metadata> {
  const q = oneOf(await searchParams, 'q');
  return { title: q ? `“${q}”` : 'Events' };
}

export default async function SearchPage({ searchParams }: PageProps<'/search'>) {
  const query: Query = await searchParams;
  const q = oneOf(query, 'q')?.trim().slice(0, 100);
  const cursor = oneOf(query, 'cursor');
  const found = await listEvents({ limit: 20, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) });
  return (
    <div className="wrap page stack">
      <h1>{q ? `Events for “${q}”` : 'Events, soonest first'}</h1>
      <SearchForm query={q} />
      {!found.ok ? (
        <ProblemNotice title="The search did not work" problem={found.problem} />
      ) : found.data.events.length === 0 ? (
        <Notice title={q ? `Nothing found for “${q}”` : 'No events yet'}>
          <p>
            {q ? 'Try fewer words, or only the artist, the team or the city. ' : 'The markets have just been asked. '}
            <SiteLink href={q ? paths.search() : paths.sources}>{q ? 'See all events' : 'See how the sources are doing'}</SiteLink>
          </p>
        </Notice>
      ) : (
        <>
          <EventList events={found.data.events} />
          {found.data.next_cursor ? (
            <p>
              <SiteLink href={paths.search({ ...(q ? { q } : {}), cursor: found.data.next_cursor })}>Later events</SiteLink>
            </p>
          ) : null}
        </>
      )}
    </div>
  );
}
