import { api, outcomeOf } from '#lib/api/client.ts';

/** Everything known of an event's price: score, outlook, buy or wait, spread, supply, risk, and what was said before. */
export function getOutlook(eventId: string) {
  return outcomeOf(api.GET('/v1/outlook/{event_id}', { params: { path: { event_id: eventId } } }));
}
