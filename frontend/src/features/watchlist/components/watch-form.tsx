'use client';

import { useActionState } from 'react';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { watchAction } from '../actions.ts';
import type { Subject } from '../subject.ts';
import styles from './watch-form.module.css';

/** One thing to watch or, if it is watched, to let go. */
export function WatchForm({ subject: { kind, key }, name, isNameShown = true, watched, returnTo }: { subject: Subject; name: string; isNameShown?: boolean; watched: boolean; returnTo: string }) {
  const [problem, submit] = useActionState(watchAction, undefined);
  return (
    <form action={submit}>
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="key" value={key} />
      <input type="hidden" name="watched" value={String(!watched)} />
      <input type="hidden" name="return_to" value={returnTo} />
      <div className={styles.row}>
        {isNameShown ? <p>{name}</p> : null}
        <SubmitButton busy="One moment…" tone="quiet">
          {watched ? 'Stop watching' : 'Watch'}
          <span className="visually-hidden"> {name}</span>
        </SubmitButton>
      </div>
      {problem === undefined ? null : <ProblemNotice title="That did not work" problem={problem} />}
    </form>
  );
}
