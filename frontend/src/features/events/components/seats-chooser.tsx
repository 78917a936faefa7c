import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { SEATS, seatsInWords } from '../seats.ts';
import styles from './seats-chooser.module.css';

/** How many seats together: links, so that a choice has an address and needs no script. */
export function SeatsChooser({ eventId, seats }: { eventId: string; seats: number | undefined }) {
  return (
    <nav aria-label="Seats together" className={styles.chooser}>
      <span className={styles.title} aria-hidden="true">
        Seats together
      </span>
      <span className={styles.choices}>
        {SEATS.map((choice) => (
          <SiteLink
            key={choice}
            href={paths.event(eventId, choice)}
            scroll={false}
            aria-label={seatsInWords(choice)}
            aria-current={choice === seats ? 'true' : undefined}
            className={styles.choice}
          >
            {choice}
          </SiteLink>
        ))}
        {seats === undefined ? null : (
          <SiteLink href={paths.event(eventId)} scroll={false} className={styles.any}>
            Any
          </SiteLink>
        )}
      </span>
    </nav>
  );
}
