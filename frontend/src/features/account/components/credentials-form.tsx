'use client';

import { useActionState } from 'react';
import { Field } from '#components/field.tsx';
import formStyles from '#components/form.module.css';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import type { CredentialsState } from '../actions.ts';

type CredentialsAction = (state: CredentialsState, form: FormData) => Promise<CredentialsState>;

/** Address and password, for signing in and for signing up. */
export function CredentialsForm({ action, purpose, returnTo, sentNotice }: {
  action: CredentialsAction;
  purpose: 'sign-in' | 'sign-up';
  returnTo: string;
  sentNotice?: React.ReactNode;
}) {
  const [state, submit] = useActionState(action, { email: '' });
  if (state.sent) return <div role="status">{sentNotice}</div>;
  const newcomer = purpose === 'sign-up';
  const errorOf = (field: string) => state.problem?.errors.find((error) => error.field === field)?.detail;
  return (
    <form action={submit} className={formStyles.form}>
      {state.problem === undefined ? null : (
        <ProblemNotice title={newcomer ? 'No account was made' : 'You are not signed in'} problem={state.problem} />
      )}
      <input type="hidden" name="next" value={returnTo} />
      <Field id="email" name="email" label="E-mail" type="email" autoComplete="email" required maxLength={254} defaultValue={state.email} error={errorOf('email')} />
      <Field
        id="password"
        name="password"
        label="Password"
        type="password"
        autoComplete={newcomer ? 'new-password' : 'current-password'}
        required
        minLength={newcomer ? 8 : undefined}
        maxLength={1024}
        hint={newcomer ? 'At least 8 characters. A sentence is better than a puzzle.' : undefined}
        error={errorOf('password')}
      />
      <SubmitButton busy={newcomer ? 'Making your account…' : 'Signing in…'}>{newcomer ? 'Make an account' : 'Sign in'}</SubmitButton>
    </form>
  );
}
