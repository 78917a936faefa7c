import { SiteLink } from './site-link.tsx';
import styles from './chips.module.css';

/** What narrows a list now; each leads to the same list without it. */
export function Chips({ name, chips }: { name: string; chips: readonly { readonly label: string; readonly href: string }[] }) {
  if (chips.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={name}>
      {chips.map(({ label, href }) => (
        <li key={label}>
          <SiteLink className={styles.chip} href={href}>
            {label} <span aria-hidden="true">×</span>
            <span className="visually-hidden">, take away</span>
          </SiteLink>
        </li>
      ))}
    </ul>
  );
}
