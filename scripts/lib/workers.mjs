// The five Workers and the public prefixes each owns. The front door, the routes in the wrangler files and the
// test harness follow this table; tests/config.test.mjs holds them to it. It imports nothing: Workers read it too.

/** In the order they are built and started: a Worker comes before those that call it most. */
export const WORKERS = [
  { name: 'aggregator', binding: 'AGGREGATOR', prefixes: ['/v1/events', '/v1/venues', '/v1/search', '/v1/sources'] },
  { name: 'pricing', binding: 'PRICING', prefixes: ['/v1/prices', '/v1/deals', '/v1/outlook', '/v1/accuracy'] },
  { name: 'notifications', binding: 'NOTIFICATIONS', prefixes: ['/v1/alerts', '/v1/notifications', '/v1/channels'] },
  { name: 'auth', binding: 'AUTH', prefixes: ['/v1/auth', '/v1/me', '/v1/api-keys', '/v1/watchlists', '/v1/searches'] },
  { name: 'webhooks', binding: 'WEBHOOKS', prefixes: ['/v1/billing', '/hooks'] },
];

export const workerNames = WORKERS.map((worker) => worker.name);

/** The Worker that owns a public path, or undefined (the site then answers). */
export function ownerOf(pathname) {
  return WORKERS.find(({ prefixes }) =>
    prefixes.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`)),
  );
}
