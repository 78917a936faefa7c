import { api, outcomeOf } from '#lib/api/client.ts';

/** The cities and kinds there are events of, for lists to choose from. */
export function getFacets() {
  return outcomeOf(api.GET('/v1/search', { params: { query: { limit: 1 } } }));
}
