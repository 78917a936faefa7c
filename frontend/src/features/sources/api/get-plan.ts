import { api, outcomeOf } from '#lib/api/client.ts';
import type { SourceHealth } from '#lib/api/types.ts';

/** What a source will be asked within the next hour. */
export function getPlan(market: SourceHealth['market']) {
  return outcomeOf(api.GET('/v1/sources/{source}/plan', { params: { path: { source: market } } }));
}
