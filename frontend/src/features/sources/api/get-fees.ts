import { api, outcomeOf } from '#lib/api/client.ts';
import type { SourceHealth } from '#lib/api/types.ts';

/** What a source's fees come to, and how that is known. */
export function getFees(market: SourceHealth['market']) {
  return outcomeOf(api.GET('/v1/sources/{source}/fees', { params: { path: { source: market } } }));
}
