'use client';

import { useActionState } from 'react';
import { EventTime } from '#components/event-time.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import type { Review, ReviewSide } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { decideAction } from '../actions.ts';
import { SettledNotice } from './settled-notice.tsx';
import styles from './review-card.module.css';

/** A doubtful pair: both sides with what each market calls it, what speaks for and against, and the decision. */
export function ReviewCard({ review, age }: { review: Review; age: string }) {
  const [settled, submit] = useActionState(decideAction, undefined);
  const titleId = `review-${review.id}`;
  return (
    <article className={styles.card} aria-labelledby={titleId}>
      <header className={styles.head}>
        <h3 id={titleId}>
          {review.left.event.name} <span className="muted">and</span> {review.right.event.name}
        </h3>
        <p className="muted small">
          <span className="figure">{(review.confidence_permille / 10).toFixed(0)} %</span> sure that they are one · raised {age}
          {review.decided_by ? ` · ${review.state} by ${review.decided_by}` : ''}
        </p>
      </header>
      <div className={styles.sides}>
        <Side title="Was there before" side={review.left} />
        <Side title="Raised the doubt" side={review.right} />
      </div>
      <div>
        <h4 className={styles.reasonsTitle}>What was looked at</h4>
        <ul className={styles.reasons}>
          {review.reasons.map(({ code, text }) => (
            <li key={code}>
              {text} <code>{code}</code>
            </li>
          ))}
        </ul>
      </div>
      {review.note ? <p className={styles.note}>Note: {review.note}</p> : null}
      <SettledNotice settled={settled} failed="The decision was not taken" />
      {review.state === 'open' ? (
        <form action={submit} className={styles.decision}>
          <input type="hidden" name="review_id" value={review.id} />
          <label htmlFor={`note-${review.id}`}>Note (why, for whoever looks later)</label>
          <input id={`note-${review.id}`} name="note" maxLength={500} autoComplete="off" />
          <div className={styles.buttons}>
            <DecisionButton decision="same">Same event</DecisionButton>
            <DecisionButton decision="different">Different events</DecisionButton>
          </div>
        </form>
      ) : null}
    </article>
  );
}

function DecisionButton({ decision, children }: { decision: 'same' | 'different'; children: string }) {
  return (
    <SubmitButton busy="Deciding…" tone="quiet" name="decision" value={decision}>
      {children}
    </SubmitButton>
  );
}

function Side({ title, side: { event, listings } }: { title: string; side: ReviewSide }) {
  return (
    <section className={styles.side} aria-label={title}>
      <p className="muted small">{title}</p>
      <p className={styles.name}>
        <SiteLink href={paths.event(event.id)}>{event.name}</SiteLink>
      </p>
      <p>
        <EventTime when={event} />
      </p>
      <p>
        {event.venue}
        {event.city ? `, ${event.city}` : ''}
      </p>
      <ul className={styles.listings}>
        {listings.map(({ market, source_event_id, name, url }) => (
          <li key={`${market} ${source_event_id}`}>
            <strong>{marketName(market)}</strong> “{name}” <code>{source_event_id}</code>{' '}
            {url?.startsWith('https://') ? (
              <a href={url} rel="external noopener nofollow">
                open <span aria-hidden="true">↗</span>
              </a>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
