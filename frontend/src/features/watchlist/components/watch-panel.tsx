import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { Watchlist } from '#lib/api/types.ts';
import { isWatched, type Subject } from '../subject.ts';
import { WatchForm } from './watch-form.tsx';
import styles from './watch-panel.module.css';

/** Most performers offered: a festival has dozens. */
const PERFORMERS = 4;

/** The event, who plays and where: each can be watched. `watchlist` is missing while nobody is signed in. */
export function WatchPanel({ eventId, performers, venue, watchlist }: { eventId: string; performers: readonly string[]; venue: { id: string; name: string }; watchlist: Watchlist | undefined }) {
  const subjects: [Subject, string][] = [
    [{ kind: 'event', key: eventId }, 'This event'],
    ...performers.slice(0, PERFORMERS).map((name): [Subject, string] => [{ kind: 'performer', key: name }, name]),
    [{ kind: 'venue', key: venue.id }, venue.name],
  ];
  return (
    <div className={styles.panel}>
      <ul>
        {subjects.map(([subject, name]) => (
          <li key={`${subject.kind} ${subject.key}`}>
            <WatchForm subject={subject} name={name} watched={watchlist !== undefined && isWatched(watchlist, subject)} returnTo={paths.event(eventId)} />
          </li>
        ))}
      </ul>
      <p className="small muted">
        What you watch chooses <SiteLink href={`${paths.deals()}#for-you`}>your deals</SiteLink>. It sends no messages.
      </p>
    </div>
  );
}
