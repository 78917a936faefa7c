'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import type { Problem } from '#lib/api/problem.ts';
import { safeReturnTo } from '#lib/return-to.ts';
import { actSignedIn } from '#lib/session/session.ts';
import { setWatched } from './api/set-watched.ts';
import { readSubject } from './subject.ts';

/** Watches what the form names, or no longer; whoever is not signed in is asked to, and comes back. */
export async function watchAction(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  const subject = readSubject(form);
  const returnTo = safeReturnTo(form.get('return_to'), paths.watchlist);
  if (subject === undefined) return undefined;
  const outcome = await actSignedIn((accessToken) => setWatched(accessToken, subject, form.get('watched') !== 'false'));
  if (outcome === undefined) redirect(paths.signIn(returnTo));
  // Not on the list any more is what was asked for.
  if (!outcome.ok && outcome.problem.status !== 404) return outcome.problem;
  revalidatePath(returnTo);
  return undefined;
}
