'use client';

import { useActionState } from 'react';
import { Field } from '#components/field.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import { setAlert } from '../actions.ts';
import type { AlertIntent } from '../intent.ts';
import { ruleInWords } from '../rule.ts';
import styles from './alert-form.module.css';

/** "Alert me": what to wait for and how to be told. The fields work without a script; so does the answer. */
export function AlertForm({ eventId, currency, intent }: { eventId: string; currency: string; intent: AlertIntent }) {
  const [state, submit] = useActionState(setAlert, { intent });
  if (state.created !== undefined) {
    return (
      <div role="status">
        <Notice title="Your alert is set" tone="good">
          <p>
            {ruleInWords(state.created.rule)}: we write the moment we see it, and again if it falls further. Every message has a link that stops it.
          </p>
          <p>
            <SiteLink href={paths.alerts}>See my alerts</SiteLink>
          </p>
        </Notice>
      </div>
    );
  }
  const { kind, target, percent, channels } = state.intent;
  return (
    <form action={submit} className={styles.form} noValidate>
      <input type="hidden" name="event_id" value={eventId} />
      <input type="hidden" name="currency" value={currency} />
      {state.problem === undefined ? null : (
        <ProblemNotice title="The alert was not set" problem={state.problem}>
          {state.problem.code === 'upgrade_required' || state.problem.code === 'limit_reached' ? (
            <p>
              <SiteLink href={paths.account}>See your plan</SiteLink>
            </p>
          ) : null}
        </ProblemNotice>
      )}

      <fieldset className={styles.choices}>
        <legend>Tell me when the cheapest ticket</legend>
        <div className={styles.choice}>
          <label>
            <input type="radio" name="alert" value="below" defaultChecked={kind === 'below'} /> costs at most
          </label>
          <Field id="target" name="target" label={`Amount in ${currency}`} inputMode="decimal" maxLength={16} defaultValue={target} error={state.errors?.target} />
        </div>
        <div className={styles.choice}>
          <label>
            <input type="radio" name="alert" value="falls_by" defaultChecked={kind === 'falls_by'} /> falls by
          </label>
          <Field id="percent" name="percent" label="Percent" inputMode="numeric" maxLength={4} defaultValue={percent} error={state.errors?.percent} />
        </div>
        <div className={styles.choice}>
          <label>
            <input type="radio" name="alert" value="lowest_ever" defaultChecked={kind === 'lowest_ever'} /> is cheaper than ever before
          </label>
        </div>
      </fieldset>

      <fieldset className={styles.channels}>
        <legend>Send it by</legend>
        <label>
          <input type="checkbox" name="channel" value="email" defaultChecked={channels.includes('email')} /> E-mail
        </label>
        <label>
          <input type="checkbox" name="channel" value="sms" defaultChecked={channels.includes('sms')} /> Text message <span className="muted">(Premium)</span>
        </label>
        {state.errors?.channels === undefined ? null : (
          <p className={styles.error} role="alert">
            {state.errors.channels}
          </p>
        )}
      </fieldset>

      <SubmitButton busy="Setting your alert…">Alert me</SubmitButton>
    </form>
  );
}
