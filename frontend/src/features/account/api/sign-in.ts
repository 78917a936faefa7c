import { api, outcomeOf } from '#lib/api/client.ts';

/** Trades an address and a password for a session. */
export function signIn(credentials: { email: string; password: string }) {
  return outcomeOf(api.POST('/v1/auth/sign-in', { body: credentials }));
}
