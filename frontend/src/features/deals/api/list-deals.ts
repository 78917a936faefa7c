import { api, outcomeOf } from '#lib/api/client.ts';
import { type DealsState, dealsQuery } from '../query.ts';

/** The events whose price is best compared with what it was and what others cost. */
export function listDeals(state: DealsState, limit: number) {
  return outcomeOf(api.GET('/v1/deals', { params: { query: { ...dealsQuery(state), limit } } }));
}
