import { api, outcomeOf } from '#lib/api/client.ts';
import type { EventView } from '#lib/event-view.ts';

/** By the hour so much is read, in ms: more candles than that are narrower than a pixel. */
const HOURLY_MS = 14 * 86_400_000;

/** The course of every market, or of the cheapest of all, up to `nowMs`; what it amounts to, and the deal score. */
export function getPriceHistory(eventId: string, { course, by }: EventView, nowMs: number | undefined) {
  const query = {
    ...(by === 'raw' ? {} : { resolution: by }),
    ...(course === 'best' ? { series: 'best' as const } : {}),
    ...(by === 'hour' && nowMs !== undefined ? { from: new Date(nowMs - HOURLY_MS).toISOString() } : {}),
  };
  return outcomeOf(api.GET('/v1/prices/{event_id}', { params: { path: { event_id: eventId }, query } }));
}
