import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { getEvent } from '#features/events/api/get-event.ts';
import { getMoves } from '#features/prices/api/get-moves.ts';
import { getScore } from '#features/prices/api/get-score.ts';
import { getVenue } from '#features/search/api/get-venue.ts';
import { getWatchlist } from '#features/watchlist/api/get-watchlist.ts';
import { WatchForm } from '#features/watchlist/components/watch-form.tsx';
import { WatchedEvent } from '#features/watchlist/components/watched-event.tsx';
import type { Subject } from '#features/watchlist/subject.ts';
import { oneOf } from '#lib/query.ts';
import { RENEWED_PARAMETER } from '#lib/session/renewed.ts';
import { readSignedIn } from '#lib/session/session.ts';
import styles from './watchlist.module.css';

export const metadata: Metadata = { title: 'Watchlist' };

/** The newest of each kind are told of: a venue's name is a read of its own, an event takes three. */
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
    Promise.all(events.slice(0, NAMED).map(({ event_id }) => readWatched(event_id))),
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
        {named.map(({ id, event, score, move }) => (
          <Row key={id} subject={{ kind: 'event', key: id }} name={event.ok ? event.data.name : event.problem.status === 404 ? 'An event that is no longer listed' : 'An event whose name did not load'} isNamed={event.ok}>
            {event.ok ? <WatchedEvent event={event.data} score={score} move={move} /> : <SiteLink href={paths.event(id)}>Open it</SiteLink>}
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

/** A watched event with its score and its last move; what does not answer is left out. */
async function readWatched(id: string) {
  const [event, score, moves] = await Promise.all([getEvent(id, undefined), getScore(id), getMoves(id, 1)]);
  return { id, event, score, move: moves.ok ? moves.data.moves[0] : undefined };
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

/** What is watched, with the way to let it go; `isNamed` where it says its name itself. */
function Row({ subject, name, isNamed = false, children }: { subject: Subject; name: string; isNamed?: boolean; children: React.ReactNode }) {
  return (
    <li className={styles.row}>
      {isNamed ? children : null}
      <WatchForm subject={subject} name={name} isNameShown={!isNamed} watched returnTo={paths.watchlist} />
      {isNamed ? null : children}
    </li>
  );
}
