// Which answer a stand-in of the Workers gives to which request. The answers themselves are typed: frontend/test/answers.
import { candles, EVENT, event, history, moves, NOW, outlook, seats, VENUE } from '../../frontend/test/answers/event.ts';
import { accuracy, deals, eventList, forMe, nothingSaid, watchlist } from '../../frontend/test/answers/lists.ts';

const as_of = new Date(NOW).toISOString();
const ok = (body) => ({ status: 200, body });
const problem = (status, code, detail) => ({ status, body: { type: `/problems/${code}`, title: code, status, code, detail, request_id: `req_${'0'.repeat(32)}` } });
const failing = () => problem(503, 'unavailable', 'The service cannot answer right now. Please try again in a moment.');
const unknown = () => problem(404, 'not_found', 'There is nothing of this id.');

const SOURCES = ok({ sources: [{ market: 'seatgeek', name: 'SeatGeek', mode: 'sandbox', state: 'ok', events: 1, consecutive_failures: 0, calls_made: 1, calls_left: 9, rejected: 0, observations_passed_on: 1, terms: '' }] });

/** The event itself is known in every state but `failing`: a page needs something to stand on. */
export function answerFor(method, url, headers, { state, down, replace }) {
  const { pathname, searchParams: query } = url;
  if (pathname === '/v1/sources') return SOURCES;
  if (state === 'failing' || down.some((prefix) => pathname.startsWith(prefix))) return failing();
  if (method === 'GET' && replace?.[pathname]) return ok(replace[pathname]);
  const full = state === 'full';
  const signedIn = headers.authorization === 'Bearer rca_stand_in';
  if (pathname.startsWith('/v1/watchlists') && !signedIn) return problem(401, 'unauthenticated', 'Sign in first.');
  if (method !== 'GET') return { status: 204 };
  switch (pathname) {
    case '/v1/events':
      return ok(full ? eventList : { events: [], next_cursor: null });
    case `/v1/events/${EVENT}`:
      return ok(full ? event : { ...event, from_price: null, from_all_in: null, from_market: null, markets: 0, offers: [] });
    case `/v1/venues/${VENUE}`:
      return ok({ ...event.location });
    case `/v1/prices/${EVENT}`: {
      if (!full) return unknown();
      const by = query.get('resolution') ?? 'raw';
      return ok(by === 'raw' && query.get('series') !== 'best' ? history : candles(by === 'raw' ? 'hour' : by, query.get('series') === 'best'));
    }
    case `/v1/prices/${EVENT}/moves`:
      return full ? ok({ event_id: EVENT, moves, as_of }) : unknown();
    case `/v1/prices/${EVENT}/seats`:
      return full ? ok(seats) : unknown();
    case `/v1/outlook/${EVENT}`:
      return full ? ok(outlook) : unknown();
    case '/v1/deals':
      return ok({ deals: full ? (query.has('cursor') ? deals.slice(3) : deals) : [], next_cursor: full && !query.has('cursor') ? 'bmV4dA' : null, as_of });
    case '/v1/deals/me':
      return signedIn ? ok({ deals: full ? forMe : [], taste: { watched_events: full ? 1 : 0, watched_performers: full ? 1 : 0, watched_venues: full ? 1 : 0, alert_events: 0 }, as_of }) : problem(401, 'unauthenticated', 'Sign in first.');
    case '/v1/accuracy': {
      const source = query.get('source') ?? 'live';
      return ok(full ? accuracy(source) : nothingSaid(source));
    }
    case '/v1/watchlists':
      return ok(full ? watchlist : { events: [], performers: [], venues: [] });
    default:
      return unknown();
  }
}
