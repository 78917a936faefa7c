/** Every address of the site, in one place. */
export const paths = {
  home: '/',
  search: (query: Pairs = []) => withPairs('/search', query),
  event: (id: string, query: Pairs = []) => withPairs(`/events/${encodeURIComponent(id)}`, query),
  /** Every observation of an event, from the API itself. */
  priceExport: (eventId: string, format: 'csv' | 'json') => `/v1/prices/${encodeURIComponent(eventId)}/export?format=${format}`,
  deals: (query: Pairs = []) => withPairs('/deals', query),
  accuracy: (query: Pairs = []) => withPairs('/accuracy', query),
  watchlist: '/watchlist',
  alerts: '/alerts',
  account: '/account',
  sources: '/sources',
  source: (market: string) => `/sources/${encodeURIComponent(market)}`,
  reviews: '/operator/reviews',
  signIn: (returnTo?: string) => withQuery('/sign-in', { next: returnTo }),
  /** The sign-in page as reached from a proved address. */
  signInVerified: (returnTo: string) => withQuery('/sign-in', { next: returnTo, verified: '1' }),
  signUp: (returnTo?: string) => withQuery('/sign-up', { next: returnTo }),
  verify: '/verify',
  /** Trades the refresh token for a new pair, then goes on. */
  renewSession: (returnTo: string) => withQuery('/session/renew', { next: returnTo }),
  stop: (token: string) => `/stop/${encodeURIComponent(token)}`,
} as const;

/** A query by name and value, in this order; a name may come more than once. */
type Pairs = readonly (readonly [string, string])[];

function withPairs(path: string, query: Pairs): string {
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query.map(([name, value]) => [name, value]))}`;
}

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
