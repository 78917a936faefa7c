import type { ComponentProps } from 'react';
import styles from './field.module.css';

/** A labelled input with its hint and, when it was refused, the reason. */
export function Field({ label, hint, error, id, ...input }: ComponentProps<'input'> & { label: string; id: string; hint?: string | undefined; error?: string | undefined }) {
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : (
        <p className={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <input id={id} aria-describedby={described || undefined} aria-invalid={error === undefined ? undefined : true} {...input} />
      {error === undefined ? null : (
        <p className={styles.error} id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
