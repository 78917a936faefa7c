'use client';

import type { ReactNode } from 'react';
import { useFormStatus } from 'react-dom';
import styles from './submit-button.module.css';

/** The button of a form; while the answer is on its way it says so and takes no second press. */
export function SubmitButton({ children, busy, tone = 'primary', ...named }: { children: ReactNode; busy: string; tone?: 'primary' | 'quiet'; name?: string; value?: string }) {
  const { pending } = useFormStatus();
  return (
    <button type="submit" {...named} className={styles.button} data-tone={tone} aria-disabled={pending} onClick={pending ? refuse : undefined}>
      {pending ? busy : children}
    </button>
  );
}

/** `aria-disabled` instead of `disabled` keeps the focus where it is; the press must then be refused here. */
function refuse(event: React.MouseEvent): void {
  event.preventDefault();
}
