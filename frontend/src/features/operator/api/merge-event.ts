import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Makes one event part of another. */
export function mergeEvent(token: string, eventId: string, into: string, note: string | undefined) {
  return outcomeOf(api.POST('/v1/events/{event_id}/merge', { params: { path: { event_id: eventId } }, body: { into, note: note ?? null }, headers: bearer(token) }));
}
