import { api, outcomeOf } from '#lib/api/client.ts';

/** An event's deal score now, where it has one: with the shortest course there is, which nobody looks at. */
export async function getScore(eventId: string) {
  const history = await outcomeOf(api.GET('/v1/prices/{event_id}', { params: { path: { event_id: eventId }, query: { series: 'best', resolution: 'day' } } }));
  return history.ok ? (history.data.score ?? undefined) : undefined;
}
