'use client';

import { useActionState } from 'react';
import { Field } from '#components/field.tsx';
import formStyles from '#components/form.module.css';
import { SubmitButton } from '#components/submit-button.tsx';
import { MARKETS_AND_FEED, marketName } from '#lib/markets.ts';
import { mergeAction, splitAction } from '../actions.ts';
import { SettledNotice } from './settled-notice.tsx';
import styles from './change-forms.module.css';

const EVENT_HINT = 'Its id (evt_…) or the address of its page.';

/** Makes one event part of another. */
export function MergeForm() {
  const [settled, submit] = useActionState(mergeAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      <SettledNotice settled={settled} failed="They were not merged" />
      <Field id="merge-event" name="event" label="This event" hint={EVENT_HINT} required maxLength={200} autoComplete="off" />
      <Field id="merge-into" name="into" label="becomes part of" hint={EVENT_HINT} required maxLength={200} autoComplete="off" />
      <Field id="merge-note" name="note" label="Note" maxLength={500} autoComplete="off" />
      <SubmitButton busy="Merging…" tone="quiet">
        Merge
      </SubmitButton>
    </form>
  );
}

/** Gives one listing an event of its own. */
export function SplitForm() {
  const [settled, submit] = useActionState(splitAction, undefined);
  return (
    <form action={submit} className={formStyles.form}>
      <SettledNotice settled={settled} failed="It was not split off" />
      <Field id="split-event" name="event" label="Out of this event" hint={EVENT_HINT} required maxLength={200} autoComplete="off" />
      <div className={styles.select}>
        <label htmlFor="split-market">the listing of</label>
        <select id="split-market" name="market">
          {MARKETS_AND_FEED.map((market) => (
            <option key={market} value={market}>
              {marketName(market)}
            </option>
          ))}
        </select>
      </div>
      <Field id="split-listing" name="source_event_id" label="with the market’s id" required maxLength={200} autoComplete="off" />
      <Field id="split-note" name="note" label="Note" maxLength={500} autoComplete="off" />
      <SubmitButton busy="Splitting…" tone="quiet">
        Split off
      </SubmitButton>
    </form>
  );
}
