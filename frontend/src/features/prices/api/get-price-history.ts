import { api, outcomeOf } from '#lib/api/client.ts';

/** The course of every market for one event, what it amounts to, and the deal score. */
export function getPriceHistory(eventId: string) {
  return outcomeOf(api.GET('/v1/prices/{event_id}', { params: { path: { event_id: eventId } } }));
}
