import type { ReactNode } from 'react';
import styles from './unfold.module.css';

/** More about something, on demand: behind words that say what it is. */
export function Unfold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className={styles.unfold}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
