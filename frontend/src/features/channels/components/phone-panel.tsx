'use client';

import { useActionState } from 'react';
import { Field } from '#components/field.tsx';
import formStyles from '#components/form.module.css';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import type { ChannelInfo } from '#lib/api/types.ts';
import { addPhoneAction, removePhoneAction, verifyPhoneAction } from '../actions.ts';

/** The phone numbers alerts may go to: add one, prove it by a code, forget it. */
export function PhonePanel({ channels }: { channels: readonly ChannelInfo[] }) {
  const phones = channels.filter(({ kind }) => kind === 'sms');
  return phones.length === 0 ? <AddPhone /> : (
    <ul className="stack">
      {phones.map((phone) => (
        <li key={phone.id} className="stack">
          <p>
            <span className="figure">{phone.address_masked}</span> {phone.verified ? 'is confirmed.' : 'waits for its code.'}
          </p>
          {phone.verified ? null : <VerifyPhone channelId={phone.id} />}
          <RemovePhone channelId={phone.id} />
        </li>
      ))}
    </ul>
  );
}

function AddPhone() {
  const [problem, submit] = useActionState(addPhoneAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      {problem === undefined ? null : <ProblemNotice title="The number was not added" problem={problem} />}
      <Field id="phone" name="phone" label="Mobile number" type="tel" autoComplete="tel" required maxLength={24} hint="With its country code: +1 503 555 0123. We send a code; message rates may apply." error={problem?.errors[0]?.detail} />
      <SubmitButton busy="Sending a code…">Send me a code</SubmitButton>
    </form>
  );
}

function VerifyPhone({ channelId }: { channelId: string }) {
  const [problem, submit] = useActionState(verifyPhoneAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      {problem === undefined ? null : <ProblemNotice title="The number was not confirmed" problem={problem} />}
      <input type="hidden" name="channel_id" value={channelId} />
      <Field id="code" name="code" label="Code from the text message" inputMode="numeric" autoComplete="one-time-code" required maxLength={8} />
      <SubmitButton busy="Confirming…">Confirm number</SubmitButton>
    </form>
  );
}

function RemovePhone({ channelId }: { channelId: string }) {
  const [problem, submit] = useActionState(removePhoneAction, undefined);
  return (
    <form action={submit}>
      {problem === undefined ? null : <ProblemNotice title="The number was not removed" problem={problem} />}
      <input type="hidden" name="channel_id" value={channelId} />
      <SubmitButton busy="Removing…" tone="quiet">
        Remove this number
      </SubmitButton>
    </form>
  );
}
