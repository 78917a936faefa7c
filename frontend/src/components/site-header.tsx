import { paths } from '#config/paths.ts';
import { SiteLink } from './site-link.tsx';
import styles from './site-header.module.css';
import { Wordmark } from './wordmark.tsx';

/** The top of every page. */
export function SiteHeader({ signedIn }: { signedIn: boolean }) {
  return (
    <header className={styles.header}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <div className={`wrap ${styles.bar}`}>
        <SiteLink href={paths.home} className={styles.home} aria-label="Rip City Ticket Dispatch, home">
          <Wordmark />
        </SiteLink>
        <nav aria-label="Main" className={styles.nav}>
          <SiteLink href={paths.search()}>Events</SiteLink>
          <SiteLink href={paths.deals()}>Deals</SiteLink>
          <SiteLink href={paths.watchlist}>Watchlist</SiteLink>
          <SiteLink href={paths.alerts}>Alerts</SiteLink>
          <SiteLink href={paths.accuracy()}>Accuracy</SiteLink>
          <SiteLink href={paths.sources}>Sources</SiteLink>
        </nav>
        <div className={styles.account}>
          {signedIn ? <SiteLink href={paths.account}>Account</SiteLink> : <SiteLink href={paths.signIn()}>Sign in</SiteLink>}
        </div>
      </div>
    </header>
  );
}
