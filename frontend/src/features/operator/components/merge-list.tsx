'use client';

import { useActionState } from 'react';
import { SiteLink } from '#components/site-link.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import type { Merge } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { undoAction } from '../actions.ts';
import { SettledNotice } from './settled-notice.tsx';
import styles from './merge-list.module.css';

/** Merges and splits, the newest first; each can be undone. */
export function MergeList({ merges }: { merges: readonly (Merge & { age: string })[] }) {
  return (
    <ol className={styles.list}>
      {merges.map((merge) => (
        <li key={merge.id}>
          <MergeRow merge={merge} />
        </li>
      ))}
    </ol>
  );
}

function MergeRow({ merge }: { merge: Merge & { age: string } }) {
  const [settled, submit] = useActionState(undoAction, undefined);
  return (
    <article className={styles.row} data-undone={merge.undone_at ? true : undefined}>
      <div>
        <p>
          <SiteLink href={paths.event(merge.from.id)}>{merge.from.name}</SiteLink> {merge.kind === 'merge' ? 'became part of' : 'gave a listing to'}{' '}
          <SiteLink href={paths.event(merge.into.id)}>{merge.into.name}</SiteLink>
        </p>
        <p className="small muted">
          {merge.age} by {merge.made_by} · {merge.listings.map(({ market, source_event_id }) => `${marketName(market)} ${source_event_id}`).join(', ') || 'no listing moved'}
          {merge.undone_at ? ' · undone' : ''}
        </p>
        {merge.note ? <p className="small">Note: {merge.note}</p> : null}
        <SettledNotice settled={settled} failed="It was not undone" />
      </div>
      {merge.undone_at ? null : (
        <form action={submit}>
          <input type="hidden" name="merge_id" value={merge.id} />
          <SubmitButton busy="Undoing…" tone="quiet">
            Undo<span className="visually-hidden"> of {merge.from.name}</span>
          </SubmitButton>
        </form>
      )}
    </article>
  );
}
