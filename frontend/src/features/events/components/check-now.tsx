'use client';

import { useActionState } from 'react';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import type { MarketRead } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { checkNowAction } from '../actions.ts';
import styles from './check-now.module.css';

/** Asks the markets now, and says which of them answered within the second. */
export function CheckNow({ eventId }: { eventId: string }) {
  const [checked, submit] = useActionState(checkNowAction, undefined);
  return (
    <form action={submit} className={styles.form}>
      <input type="hidden" name="event_id" value={eventId} />
      <SubmitButton busy="Asking the markets…" tone="quiet">
        Check now
      </SubmitButton>
      <div role="status" className={styles.result}>
        {checked === undefined ? null : 'problem' in checked ? (
          <ProblemNotice title="The markets were not asked" problem={checked.problem} />
        ) : (
          <Outcomes markets={checked.read?.markets ?? []} ms={checked.read?.ms} />
        )}
      </div>
    </form>
  );
}

function Outcomes({ markets, ms }: { markets: readonly MarketRead[]; ms: number | undefined }) {
  if (markets.length === 0) return <p>No market lists it right now, so there was nobody to ask.</p>;
  const isPending = markets.some(({ outcome }) => outcome === 'pending');
  return (
    <>
      <ul className={styles.markets}>
        {markets.map((read) => (
          <li key={`${read.market} ${read.source_event_id}`} data-outcome={read.outcome}>
            <strong>{marketName(read.market)}</strong> {outcomeInWords(read)}
          </li>
        ))}
      </ul>
      <p className="small muted">
        {ms === undefined ? '' : `Asked for ${(ms / 1000).toFixed(1)} s. `}
        {isPending ? 'What is still pending comes in by itself: reload in a moment.' : ''}
      </p>
    </>
  );
}

function outcomeInWords({ outcome, reason, ms }: MarketRead): string {
  switch (outcome) {
    case 'answered':
      return `answered in ${ms} ms`;
    case 'shared':
      return 'answered somebody else a moment ago; that answer stands';
    case 'pending':
      return 'has not answered yet';
    case 'failed':
      return `gave no usable answer${because(reason)}`;
    case 'not_asked':
      return `was not asked${because(reason)}`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  spacing: 'it was asked a moment ago',
  window_spent: 'our budget there is used up for now',
  breaker_open: 'it has failed too often and is left alone for a while',
  not_by_id: 'it cannot be asked for one event',
};

function because(reason: string | null | undefined): string {
  return reason ? `: ${REASONS[reason] ?? reason.replaceAll('_', ' ')}` : '';
}
