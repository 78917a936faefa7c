import type { Metadata } from 'next';
import { EventTime } from '#components/event-time.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { getEvent } from '#features/events/api/get-event.ts';
import { getVenue } from '#features/search/api/get-venue.ts';
import { getWatchlist } from '#features/watchlist/api/get-watchlist.ts';
import { WatchForm } from '#features/watchlist/components/watch-form.tsx';
import type { Subject } from '#features/watchlist/subject.ts';
import { oneOf } from '#lib/query.ts';
import { RENEWED_PARAMETER } from '#lib/session/renewed.ts';
import { readSignedIn } from '#lib/session/session.ts';
import styles from './watchlist.module.css';

export const metadata: Metadata = { title: 'Watchlist' };

/** The newest of each kind are named: a name is a read of its own. */
const NAMED = 12;

export default async function WatchlistPage({ searchParams }: PageProps<'/watchlist'>) {
  const renewed = oneOf(await searchParams, RENEWED_PARAMETER) !== undefined;
  const list = await readSignedIn(getWatchlist, { returnTo: paths.watchlist, renewed });
  if (!list.ok) {
    return (
      <div className="wrap page stack">
        <h1>Watchlist</h1>
        <ProblemNotice title="Your watchlist did not load" problem={list.problem} />
      </div>
    );
  }
  const { events, performers = [], venues = [] } = list.data;
  const [named, places] = await Promise.all([
    Promise.all(events.slice(0, NAMED).map(async ({ event_id }) => ({ id: event_id, event: await getEvent(event_id, undefined) }))),
    Promise.all(venues.slice(0, NAMED).map(async ({ venue_id }) => ({ id: venue_id, venue: await getVenue(venue_id) }))),
  ]);
  return (
    <div className="wrap page stack">
      <h1>Watchlist</h1>
      <p className="muted">
        What you watch chooses <SiteLink href={`${paths.deals()}#for-you`}>your deals</SiteLink>. For a message when a price falls, set an alert.
      </p>
      {events.length + performers.length + venues.length === 0 ? (
        <Notice title="You watch nothing yet">
          <p>
            <SiteLink href={paths.search()}>Find an event</SiteLink> and press “Watch” at the event, who plays or where.
          </p>
        </Notice>
      ) : null}
      <Group title="Events" more={events.length - named.length}>
        {named.map(({ id, event }) => (
          <Row key={id} subject={{ kind: 'event', key: id }} name={event.ok ? event.data.name : event.problem.status === 404 ? 'An event that is no longer listed' : 'An event whose name did not load'}>
            <SiteLink href={paths.event(id)}>{event.ok ? <EventTime when={event.data} /> : 'Open it'}</SiteLink>
          </Row>
        ))}
      </Group>
      <Group title="Performers" more={0}>
        {performers.map(({ name }) => (
          <Row key={name} subject={{ kind: 'performer', key: name }} name={name}>
            <SiteLink href={paths.search([['performer', name]])}>Events</SiteLink>
          </Row>
        ))}
      </Group>
      <Group title="Venues" more={venues.length - places.length}>
        {places.map(({ id, venue }) => (
          <Row key={id} subject={{ kind: 'venue', key: id }} name={venue.ok ? venue.data.name : 'A venue whose name did not load'}>
            <SiteLink href={paths.search([['venue', id]])}>Events</SiteLink>
          </Row>
        ))}
      </Group>
    </div>
  );
}

function Group({ title, more, children }: { title: string; more: number; children: React.ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <section aria-label={title} className={styles.group}>
      <h2>{title}</h2>
      <ul>{children}</ul>
      {more > 0 ? <p className="small muted">And {more} more, watched for longer.</p> : null}
    </section>
  );
}

function Row({ subject, name, children }: { subject: Subject; name: string; children: React.ReactNode }) {
  return (
    <li className={styles.row}>
      <WatchForm subject={subject} name={name} watched returnTo={paths.watchlist} />
      {children}
    </li>
  );
}
