import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Ends the session at once, everywhere its tokens are. */
export function signOut(accessToken: string) {
  return outcomeOf(api.POST('/v1/auth/sign-out', { headers: bearer(accessToken) }));
}
