import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** The person's alerts, newest first. */
export function listAlerts(accessToken: string) {
  return outcomeOf(api.GET('/v1/alerts', { headers: bearer(accessToken) }));
}
