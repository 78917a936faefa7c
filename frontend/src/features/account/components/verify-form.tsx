'use client';

import { useActionState } from 'react';
import formStyles from '#components/form.module.css';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import { verifyAction } from '../actions.ts';

/** Proves the address on a press, not on a visit: mail scanners follow links, and a token works once. */
export function VerifyForm({ token }: { token: string }) {
  const [problem, submit] = useActionState(verifyAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      {problem === undefined ? null : (
        <ProblemNotice title="The address was not confirmed" problem={problem}>
          <p>
            If you confirmed it before, <SiteLink href={paths.signIn()}>sign in</SiteLink>. If the link is too old,{' '}
            <SiteLink href={paths.signUp()}>sign up again</SiteLink> and we send a new one.
          </p>
        </ProblemNotice>
      )}
      <input type="hidden" name="token" value={token} />
      <SubmitButton busy="Confirming…">Confirm my address</SubmitButton>
    </form>
  );
}
