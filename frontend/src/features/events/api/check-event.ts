import { api, outcomeOf } from '#lib/api/client.ts';

/** Asks the markets now; answers within a second what has answered by then. */
export function checkEvent(eventId: string) {
  return outcomeOf(api.GET('/v1/events/{event_id}', { params: { path: { event_id: eventId }, query: { fresh: true } } }));
}
