import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Opens the page on which a subscription is changed or ended; the answer says where it is. */
export function openPortal(accessToken: string) {
  return outcomeOf(api.POST('/v1/billing/portal', { headers: bearer(accessToken) }));
}
