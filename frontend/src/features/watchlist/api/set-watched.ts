import { api, bearer, outcomeOf } from '#lib/api/client.ts';
import type { Subject } from '../subject.ts';

/** Watches something, or watches it no longer. Either may be said twice. */
export function setWatched(accessToken: string, { kind, key }: Subject, watched: boolean) {
  const headers = bearer(accessToken);
  switch (kind) {
    case 'event': {
      const params = { path: { event_id: key } };
      return outcomeOf(watched ? api.PUT('/v1/watchlists/{event_id}', { headers, params }) : api.DELETE('/v1/watchlists/{event_id}', { headers, params }));
    }
    case 'venue': {
      const params = { path: { venue_id: key } };
      return outcomeOf(watched ? api.PUT('/v1/watchlists/venues/{venue_id}', { headers, params }) : api.DELETE('/v1/watchlists/venues/{venue_id}', { headers, params }));
    }
    case 'performer': {
      const params = { query: { name: key } };
      return outcomeOf(watched ? api.PUT('/v1/watchlists/performers', { headers, params }) : api.DELETE('/v1/watchlists/performers', { headers, params }));
    }
  }
}
