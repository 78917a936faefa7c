import { api, outcomeOf } from '#lib/api/client.ts';
import type { Outcome } from '#lib/api/problem.ts';
import type { NewTokens } from './renewal.ts';

/** Trades a refresh token for a new pair; each works once. */
export function renewTokens(refreshToken: string): Promise<Outcome<NewTokens>> {
  return outcomeOf(api.POST('/v1/auth/refresh', { body: { refresh_token: refreshToken } }));
}
