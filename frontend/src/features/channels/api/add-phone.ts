import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Adds a phone number in E.164 form; a code is sent to it. */
export function addPhone(accessToken: string, address: string) {
  return outcomeOf(api.POST('/v1/channels', { headers: bearer(accessToken), body: { kind: 'sms', address } }));
}
