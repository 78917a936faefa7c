'use client';

import { useActionState } from 'react';
import { Field } from '#components/field.tsx';
import formStyles from '#components/form.module.css';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { enterTokenAction } from '../actions.ts';

/** Asks for the operator's token. It goes to the server once and stays in a cookie no script can read. */
export function TokenForm() {
  const [problem, submit] = useActionState(enterTokenAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      {problem === undefined ? null : <ProblemNotice title="The token was not accepted" problem={problem} />}
      <Field id="token" name="token" label="Operator’s token" type="password" autoComplete="off" required maxLength={200} hint="Kept until you close the browser, in a cookie that no script can read." />
      <SubmitButton busy="Looking…">Go on</SubmitButton>
    </form>
  );
}
