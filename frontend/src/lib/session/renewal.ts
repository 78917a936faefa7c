import type { Outcome, Problem } from '../api/problem.ts';

/** The two tokens of a session; the access token is missing once it has run out. */
export interface Tokens {
  readonly access?: string | undefined;
  readonly refresh?: string | undefined;
}

/** A new pair, as auth hands it out. */
export interface NewTokens {
  readonly access_token: string;
  readonly access_expires_at: string;
  readonly refresh_token: string;
  readonly refresh_expires_at: string;
}

/** What a call as a signed-in person came to, and what has to happen to the cookies. */
export type Authorized<T> =
  | { readonly kind: 'answered'; readonly outcome: Outcome<T>; readonly renewed?: NewTokens }
  /** There is no session, or it has ended: forget the cookies, ask to sign in. */
  | { readonly kind: 'signed_out' };

/** The API does not accept the token (any more). */
export function isSignedOut(problem: Problem): boolean {
  return problem.status === 401 && problem.code === 'unauthenticated';
}

/**
 * Calls with the access token and, when it is missing or refused, renews the pair once and calls once more.
 * A refresh token works once, so a second refusal ends the matter; and a renewal that got no answer is not the
 * end of a session, because auth may be down for a moment.
 */
export async function withRenewal<T>(
  tokens: Tokens,
  call: (accessToken: string) => Promise<Outcome<T>>,
  renew: (refreshToken: string) => Promise<Outcome<NewTokens>>,
): Promise<Authorized<T>> {
  if (tokens.access !== undefined) {
    const outcome = await call(tokens.access);
    if (outcome.ok || !isSignedOut(outcome.problem)) return { kind: 'answered', outcome };
  }
  if (tokens.refresh === undefined) return { kind: 'signed_out' };

  const renewed = await renew(tokens.refresh);
  if (!renewed.ok) return endsSession(renewed.problem) ? { kind: 'signed_out' } : { kind: 'answered', outcome: renewed };
  const outcome = await call(renewed.data.access_token);
  if (!outcome.ok && isSignedOut(outcome.problem)) return { kind: 'signed_out' };
  return { kind: 'answered', outcome, renewed: renewed.data };
}

/** Whether a failed renewal means that the refresh token is worth nothing any more. */
export function endsSession(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && problem.status !== 429;
}
