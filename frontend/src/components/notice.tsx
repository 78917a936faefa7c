import type { ReactNode } from 'react';
import styles from './notice.module.css';

/** A box that says what is (not) there and what to do about it. */
export function Notice({ title, tone = 'plain', children }: { title: string; tone?: 'plain' | 'problem' | 'good'; children?: ReactNode }) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === 'problem' ? 'alert' : undefined}>
      <p className={styles.title}>{title}</p>
      {children}
    </div>
  );
}
