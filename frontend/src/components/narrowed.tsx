import type { ReactNode } from 'react';
import styles from './narrowed.module.css';

/** A list beside what narrows it: on a phone the filters fold away, where there is room they stand open. */
export function Narrowed({ title, filters, open, name, children }: { title: string; filters: ReactNode; open: boolean; name: string; children: ReactNode }) {
  return (
    <div className={styles.columns}>
      <details className={styles.narrow} open={open}>
        <summary>{title}</summary>
        {filters}
      </details>
      <section aria-label={name} className="stack">
        {children}
      </section>
    </div>
  );
}
