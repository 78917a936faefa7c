import { api, outcomeOf } from '#lib/api/client.ts';

/** Proves an address by the token of the link that was sent to it. */
export function verifyEmail(token: string) {
  return outcomeOf(api.POST('/v1/auth/verify', { body: { token } }));
}
