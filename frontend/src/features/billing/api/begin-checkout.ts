import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Begins a subscription; the answer says where to send the browser. */
export function beginCheckout(accessToken: string) {
  return outcomeOf(api.POST('/v1/billing/checkout', { headers: bearer(accessToken) }));
}
