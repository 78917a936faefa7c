import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** The ways to reach the person. */
export function listChannels(accessToken: string) {
  return outcomeOf(api.GET('/v1/channels', { headers: bearer(accessToken) }));
}
