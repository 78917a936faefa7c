import { api, bearer, outcomeOf } from '#lib/api/client.ts';
import type { Review } from '#lib/api/types.ts';

/** Pairs of events that may be one, the oldest doubt first. */
export function listReviews(token: string, query: { state?: Review['state']; cursor?: string; limit?: number }) {
  return outcomeOf(api.GET('/v1/events/reviews', { params: { query }, headers: bearer(token) }));
}
