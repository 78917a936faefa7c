'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import type { Outcome, Problem } from '#lib/api/problem.ts';
import { MARKETS_AND_FEED } from '#lib/markets.ts';
import { forgetOperatorToken, keepOperatorToken, readOperatorToken } from '#lib/session/operator.ts';
import { decideReview } from './api/decide-review.ts';
import { listReviews } from './api/list-reviews.ts';
import { mergeEvent } from './api/merge-event.ts';
import { splitEvent } from './api/split-event.ts';
import { undoMerge } from './api/undo-merge.ts';

/** What a form came to: nothing yet, done, or why not. */
export type Settled = { readonly done: string } | { readonly problem: Problem } | undefined;

/** Keeps the operator's token if the API takes it. */
export async function enterTokenAction(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  const token = text(form, 'token');
  const answer = await listReviews(token, { limit: 1 });
  if (!answer.ok) return answer.problem;
  await keepOperatorToken(token);
  redirect(paths.reviews);
}

/** Forgets the operator's token. */
export async function leaveAction(): Promise<void> {
  await forgetOperatorToken();
  redirect(paths.reviews);
}

/** Decides a doubtful pair: the pressed button says how. */
export async function decideAction(_: Settled, form: FormData): Promise<Settled> {
  const decision = form.get('decision') === 'same' ? 'same' : 'different';
  return act((token) => decideReview(token, text(form, 'review_id'), decision, note(form)), decision === 'same' ? 'They are one event now.' : 'They stay two events.');
}

/** Undoes a merge or a split. */
export async function undoAction(_: Settled, form: FormData): Promise<Settled> {
  return act((token) => undoMerge(token, text(form, 'merge_id')), 'Undone.');
}

/** Makes one event part of another. */
export async function mergeAction(_: Settled, form: FormData): Promise<Settled> {
  return act((token) => mergeEvent(token, eventIn(text(form, 'event')), eventIn(text(form, 'into')), note(form)), 'Merged.');
}

/** Gives one listing an event of its own. */
export async function splitAction(_: Settled, form: FormData): Promise<Settled> {
  const market = MARKETS_AND_FEED.find((one) => one === form.get('market')) ?? 'feed';
  return act((token) => splitEvent(token, eventIn(text(form, 'event')), market, text(form, 'source_event_id'), note(form)), 'Split off.');
}

async function act(call: (token: string) => Promise<Outcome<unknown>>, done: string): Promise<Settled> {
  const token = await readOperatorToken();
  if (token === undefined) redirect(paths.reviews);
  const answer = await call(token);
  if (!answer.ok) return { problem: answer.problem };
  revalidatePath(paths.reviews);
  return { done };
}

function text(form: FormData, name: string): string {
  return String(form.get(name) ?? '').trim();
}

function note(form: FormData): string | undefined {
  return text(form, 'note') || undefined;
}

/** An event's id, or the address of its page, which is what one has at hand. */
function eventIn(given: string): string {
  return /evt_[0-9a-f]{32}/.exec(given)?.[0] ?? given;
}
