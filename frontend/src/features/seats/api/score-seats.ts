import { api, outcomeOf } from '#lib/api/client.ts';
import type { EventView } from '#lib/event-view.ts';

/** So many listings are looked through by eye; a market's own page has the rest. */
const SHOWN = 30;

/** What the listings of an event are worth, each with its reasons in money. */
export function scoreSeats(eventId: string, { seats, order }: EventView) {
  const query = { ...(seats === undefined ? {} : { quantity: seats }), sort: order, limit: SHOWN };
  return outcomeOf(api.GET('/v1/prices/{event_id}/seats', { params: { path: { event_id: eventId }, query } }));
}
