'use client';

import { useActionState } from 'react';
import formStyles from '#components/form.module.css';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import { stopByToken } from '../actions.ts';

/** One press stops the alert. A visit alone does not: mail scanners follow links. */
export function StopForm({ token }: { token: string }) {
  const [state, submit] = useActionState(stopByToken, undefined);
  if (state !== undefined && 'stopped' in state) {
    return (
      <div role="status">
        <Notice title="Stopped" tone="good">
          <p>You get no more messages for this alert on {state.stopped.name}.</p>
          <p>
            <SiteLink href={paths.event(state.stopped.id)}>Back to the event</SiteLink>
          </p>
        </Notice>
      </div>
    );
  }
  return (
    <form action={submit} className={formStyles.form}>
      {state === undefined ? null : <ProblemNotice title="Nothing was stopped" problem={state.problem} />}
      <input type="hidden" name="token" value={token} />
      <SubmitButton busy="Stopping…">Stop this alert</SubmitButton>
    </form>
  );
}
