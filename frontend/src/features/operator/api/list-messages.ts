import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** What the operator was told of the sources, the newest first. */
export function listMessages(token: string) {
  return outcomeOf(api.GET('/v1/sources/messages', { headers: bearer(token) }));
}
