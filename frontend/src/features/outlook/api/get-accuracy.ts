import { api, outcomeOf } from '#lib/api/client.ts';
import type { RecordState } from '../record-query.ts';

/** How often the outlook was right, failures included. */
export function getAccuracy({ source, genre, order, cursor }: RecordState) {
  const query = {
    source,
    ...(genre ? { genre } : {}),
    ...(order === 'failures' ? { failures_first: true } : {}),
    ...(cursor ? { cursor } : {}),
    limit: 20,
  };
  return outcomeOf(api.GET('/v1/accuracy', { params: { query } }));
}
