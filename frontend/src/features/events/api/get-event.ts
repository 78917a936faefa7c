import { cache } from 'react';
import { api, outcomeOf } from '#lib/api/client.ts';

/** One event with its venue and the markets side by side, for so many seats together; read once for a page and its title. */
export const getEvent = cache((eventId: string, seats?: number) =>
  outcomeOf(api.GET('/v1/events/{event_id}', { params: { path: { event_id: eventId }, query: seats === undefined ? {} : { seats } } })),
);
