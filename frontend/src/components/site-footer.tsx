import { paths } from '#config/paths.ts';
import { SiteLink } from './site-link.tsx';
import styles from './site-footer.module.css';

/** The foot of every page: what the figures are worth. */
export function SiteFooter() {
  return (
    <footer className={styles.footer}>
      <div className={`wrap ${styles.columns}`}>
        <p>
          Prices are the cheapest ticket each market states, with what they include and when we last looked. Tickets are
          sold by the markets, not by us; the price there is the one that counts.
        </p>
        <p>
          <SiteLink href={paths.sources}>How fresh our sources are</SiteLink>
        </p>
      </div>
    </footer>
  );
}
