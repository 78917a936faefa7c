import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Merges and splits, the newest first. */
export function listMerges(token: string, query: { cursor?: string; limit?: number }) {
  return outcomeOf(api.GET('/v1/events/merges', { params: { query }, headers: bearer(token) }));
}
