import { api, outcomeOf } from '#lib/api/client.ts';

/** So many moves are read; older ones are in the chart. */
const SHOWN = 12;

/** The confirmed moves of an event's prices, the newest `limit` of them. */
export function getMoves(eventId: string, limit = SHOWN) {
  return outcomeOf(api.GET('/v1/prices/{event_id}/moves', { params: { path: { event_id: eventId }, query: { limit } } }));
}
