import { api, bearer, outcomeOf } from '#lib/api/client.ts';
import type { MarketOffer } from '#lib/api/types.ts';

/** Gives one listing of an event an event of its own. */
export function splitEvent(token: string, eventId: string, market: MarketOffer['market'], sourceEventId: string, note: string | undefined) {
  return outcomeOf(
    api.POST('/v1/events/{event_id}/split', {
      params: { path: { event_id: eventId } },
      body: { market, source_event_id: sourceEventId, note: note ?? null },
      headers: bearer(token),
    }),
  );
}
