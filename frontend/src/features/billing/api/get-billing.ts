import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** The person's plan and subscription. */
export function getBilling(accessToken: string) {
  return outcomeOf(api.GET('/v1/billing', { headers: bearer(accessToken) }));
}
