import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Who is signed in. */
export function getMe(accessToken: string) {
  return outcomeOf(api.GET('/v1/me', { headers: bearer(accessToken) }));
}
