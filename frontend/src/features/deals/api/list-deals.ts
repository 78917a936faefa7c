import { api, outcomeOf } from '#lib/api/client.ts';

/** The events whose price is best compared with what it was and what others cost. */
export function listDeals(limit: number) {
  return outcomeOf(api.GET('/v1/deals', { params: { query: { limit } } }));
}
