import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import { type Outcome, unreachable } from '#lib/api/problem.ts';
import { forgetTokens, keepTokens, readTokens } from './cookies.ts';
import { isSignedOut, withRenewal } from './renewal.ts';
import { renewTokens } from './renew-tokens.ts';

/**
 * Reads for a page as the signed-in person. A page cannot set cookies, so a missing or refused access token sends
 * the browser through the renewal and back; `renewed` says that it has been there, and one detour is enough.
 */
export async function readSignedIn<T>(
  read: (accessToken: string) => Promise<Outcome<T>>,
  { returnTo, renewed }: { returnTo: string; renewed: boolean },
): Promise<Outcome<T>> {
  const { access, refresh } = await readTokens();
  if (access !== undefined) {
    const outcome = await read(access);
    if (outcome.ok || !isSignedOut(outcome.problem)) return outcome;
    if (renewed) redirect(paths.signIn(returnTo));
  }
  if (refresh === undefined) redirect(paths.signIn(returnTo));
  // The detour brought no new pair and yet did not end the session: auth did not answer.
  if (renewed) return { ok: false, problem: unreachable(undefined) };
  redirect(paths.renewSession(returnTo));
}

/** Acts as the signed-in person, renewing the session on the way if need be; nothing if nobody is signed in. */
export async function actSignedIn<T>(act: (accessToken: string) => Promise<Outcome<T>>): Promise<Outcome<T> | undefined> {
  const authorized = await withRenewal(await readTokens(), act, renewTokens);
  if (authorized.kind === 'signed_out') {
    await forgetTokens();
    return undefined;
  }
  if (authorized.renewed) await keepTokens(authorized.renewed);
  return authorized.outcome;
}

/**
 * Reads something extra for a page that everyone may see: nothing if nobody is signed in. A session whose access token has
 * run out is not renewed on the way here, for a page of prices must not send anyone round.
 */
export async function readIfSignedIn<T>(read: (accessToken: string) => Promise<Outcome<T>>): Promise<Outcome<T> | undefined> {
  const { access } = await readTokens();
  if (access === undefined) return undefined;
  const outcome = await read(access);
  return !outcome.ok && isSignedOut(outcome.problem) ? undefined : outcome;
}
