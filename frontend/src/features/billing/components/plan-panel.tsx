'use client';

import { useActionState } from 'react';
import formStyles from '#components/form.module.css';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import type { Billing } from '#lib/api/types.ts';
import { formatDay } from '#lib/time.ts';
import { checkoutAction, portalAction } from '../actions.ts';

/** The plan in force, and the way to the next one or out of this one. */
export function PlanPanel({ billing }: { billing: Billing }) {
  return billing.plan === 'premium' ? <Premium billing={billing} /> : <Free billing={billing} />;
}

function Free({ billing }: { billing: Billing }) {
  const [problem, submit] = useActionState(checkoutAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      <p>
        <strong>Free.</strong> Five alerts at a time, by e-mail.
      </p>
      {billing.status === 'past_due' ? <p>Your last payment did not go through, so Premium is paused.</p> : null}
      <p>Premium takes a hundred alerts, and sends text messages too.</p>
      {problem === undefined ? null : <ProblemNotice title="The payment page did not open" problem={problem} />}
      <SubmitButton busy="Opening the payment page…">Upgrade to Premium</SubmitButton>
    </form>
  );
}

function Premium({ billing }: { billing: Billing }) {
  const [problem, submit] = useActionState(portalAction, undefined);
  const end = billing.current_period_end ? formatDay(Date.parse(billing.current_period_end), 'UTC') : undefined;
  return (
    <form action={submit} className={formStyles.form}>
      <p>
        <strong>Premium.</strong> A hundred alerts at a time, by e-mail and text message.
        {end === undefined ? '' : billing.cancel_at_period_end ? ` It ends on ${end}.` : ` Paid until ${end}.`}
      </p>
      {problem === undefined ? null : <ProblemNotice title="The subscription page did not open" problem={problem} />}
      <SubmitButton busy="Opening…" tone="quiet">
        Change or end it
      </SubmitButton>
    </form>
  );
}
