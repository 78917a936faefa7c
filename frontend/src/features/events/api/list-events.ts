import { api, outcomeOf } from '#lib/api/client.ts';

/** Events to come, soonest first; all of them, or those that match what was typed. */
export function listEvents(query: { q?: string; cursor?: string; limit?: number }) {
  return outcomeOf(api.GET('/v1/events', { params: { query } }));
}
