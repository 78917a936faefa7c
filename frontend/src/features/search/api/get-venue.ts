import { api, outcomeOf } from '#lib/api/client.ts';

/** One venue, to name what a search is narrowed to. */
export function getVenue(venueId: string) {
  return outcomeOf(api.GET('/v1/venues/{venue_id}', { params: { path: { venue_id: venueId } } }));
}
