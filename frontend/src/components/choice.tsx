import { SiteLink } from './site-link.tsx';
import styles from './choice.module.css';

/** One thing to choose: its address, and its name where the text alone does not say it. */
export interface Option {
  readonly key: string;
  readonly label: string;
  readonly href: string;
  readonly name?: string;
  readonly chosen: boolean;
}

/** A choice of one among a few, as links: it has an address and needs no script. */
export function Choice({ name, title, options }: { name: string; title?: string; options: readonly Option[] }) {
  return (
    <nav aria-label={name} className={styles.choice}>
      {title === undefined ? null : (
        <span className={styles.title} aria-hidden="true">
          {title}
        </span>
      )}
      <span className={styles.options}>
        {options.map(({ key, label, href, name: full, chosen }) => (
          <SiteLink key={key} href={href} scroll={false} aria-label={full} aria-current={chosen ? 'true' : undefined} className={styles.option}>
            {label}
          </SiteLink>
        ))}
      </span>
    </nav>
  );
}
