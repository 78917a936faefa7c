import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** What the person watches: events, performers, venues; newest first. */
export function getWatchlist(accessToken: string) {
  return outcomeOf(api.GET('/v1/watchlists', { headers: bearer(accessToken) }));
}
