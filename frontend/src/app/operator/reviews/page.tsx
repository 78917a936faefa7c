import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { listMerges } from '#features/operator/api/list-merges.ts';
import { listMessages } from '#features/operator/api/list-messages.ts';
import { listReviews } from '#features/operator/api/list-reviews.ts';
import { MergeForm, SplitForm } from '#features/operator/components/change-forms.tsx';
import { LeaveForm } from '#features/operator/components/leave-form.tsx';
import { MergeList } from '#features/operator/components/merge-list.tsx';
import { MessageList } from '#features/operator/components/message-list.tsx';
import { ReviewCard } from '#features/operator/components/review-card.tsx';
import { TokenForm } from '#features/operator/components/token-form.tsx';
import { oneOf } from '#lib/query.ts';
import { readOperatorToken } from '#lib/session/operator.ts';
import { formatAge, secondsBetween } from '#lib/time.ts';
import styles from './reviews.module.css';

export const metadata: Metadata = { title: 'Operator: reviews', robots: { index: false, follow: false } };

const STATES = ['open', 'same', 'different', 'closed'] as const;

export default async function ReviewsPage({ searchParams }: PageProps<'/operator/reviews'>) {
  const token = await readOperatorToken();
  if (token === undefined) return <Entrance />;
  const query = await searchParams;
  const state = STATES.find((one) => one === oneOf(query, 'state')) ?? 'open';
  const cursor = oneOf(query, 'cursor');
  const [reviews, merges, messages] = await Promise.all([
    listReviews(token, { state, limit: 10, ...(cursor ? { cursor } : {}) }),
    listMerges(token, { limit: 20 }),
    listMessages(token),
  ]);
  if (!reviews.ok && reviews.problem.status === 401) return <Entrance isRefused />;

  const now = new Date().toISOString();
  const age = (time: string) => formatAge(secondsBetween(time, now));
  return (
    <div className={`wrap page ${styles.page}`}>
      <header className={styles.head}>
        <h1>Doubtful pairs</h1>
        <LeaveForm />
      </header>

      <section aria-labelledby="messages" className="stack">
        <h2 id="messages">Messages</h2>
        {!messages.ok ? (
          <ProblemNotice title="The messages did not load" problem={messages.problem} />
        ) : messages.data.messages.length === 0 ? (
          <p className="muted">Nothing to report: no source is in trouble.</p>
        ) : (
          <MessageList messages={messages.data.messages.map((message) => ({ ...message, age: age(message.created_at) }))} />
        )}
      </section>

      <section aria-labelledby="reviews" className="stack">
        <h2 id="reviews">Are these one event?</h2>
        <nav aria-label="Which pairs" className={styles.states}>
          {STATES.map((one) => (
            <SiteLink key={one} href={one === 'open' ? paths.reviews : `${paths.reviews}?state=${one}`} aria-current={one === state ? 'page' : undefined}>
              {one === 'open' && reviews.ok ? `open (${reviews.data.open.toLocaleString('en-US')})` : one}
            </SiteLink>
          ))}
        </nav>
        {!reviews.ok ? (
          <ProblemNotice title="The pairs did not load" problem={reviews.problem} />
        ) : reviews.data.reviews.length === 0 ? (
          <Notice title={state === 'open' ? 'Nothing is in doubt' : `No pair is ${state}`}>
            <p>{state === 'open' ? 'Every listing was either surely matched or surely not.' : 'Pairs come here once they are decided so.'}</p>
          </Notice>
        ) : (
          <>
            {reviews.data.reviews.map((review) => (
              <ReviewCard key={review.id} review={review} age={age(review.raised_at)} />
            ))}
            {reviews.data.next_cursor ? (
              <p>
                <SiteLink href={`${paths.reviews}?${new URLSearchParams({ state, cursor: reviews.data.next_cursor })}`}>More pairs</SiteLink>
              </p>
            ) : null}
          </>
        )}
      </section>

      <section aria-labelledby="merges" className="stack">
        <h2 id="merges">Merges and splits</h2>
        {!merges.ok ? (
          <ProblemNotice title="The merges did not load" problem={merges.problem} />
        ) : merges.data.merges.length === 0 ? (
          <p className="muted">None yet.</p>
        ) : (
          <MergeList merges={merges.data.merges.map((merge) => ({ ...merge, age: age(merge.made_at) }))} />
        )}
      </section>

      <div className={styles.forms}>
        <section aria-labelledby="merge" className="stack">
          <h2 id="merge">Merge two events</h2>
          <MergeForm />
        </section>
        <section aria-labelledby="split" className="stack">
          <h2 id="split">Split a listing off</h2>
          <SplitForm />
        </section>
      </div>
    </div>
  );
}

function Entrance({ isRefused = false }: { isRefused?: boolean }) {
  return (
    <div className="wrap page stack">
      <h1>For the operator</h1>
      {isRefused ? <Notice title="The token is not valid any more" tone="problem" /> : null}
      <TokenForm />
    </div>
  );
}
