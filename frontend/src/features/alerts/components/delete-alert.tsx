'use client';

import { useActionState } from 'react';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { removeAlert } from '../actions.ts';
import styles from './delete-alert.module.css';

/** Deletes an alert in two presses, the second of which says what goes. */
export function DeleteAlert({ alertId, eventName }: { alertId: string; eventName: string }) {
  const [problem, submit] = useActionState(removeAlert, undefined);
  return (
    <details className={styles.details}>
      <summary aria-label={`Delete the alert for ${eventName}`}>Delete</summary>
      <form action={submit} className={styles.form}>
        {problem === undefined ? null : <ProblemNotice title="It was not deleted" problem={problem} />}
        <input type="hidden" name="alert_id" value={alertId} />
        <p className="small">You get no more messages for it.</p>
        <SubmitButton busy="Deleting…" tone="quiet">
          Yes, delete
        </SubmitButton>
      </form>
    </details>
  );
}
