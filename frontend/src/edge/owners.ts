/**
 * Which Worker answers which public prefix. In production Cloudflare's routes make this split before the site is
 * reached; here the front door makes it, so that one origin serves everything and both agree.
 */
export const OWNERS = [
  ['/v1/events', 'AGGREGATOR'],
  ['/v1/venues', 'AGGREGATOR'],
  ['/v1/search', 'AGGREGATOR'],
  ['/v1/sources', 'AGGREGATOR'],
  ['/v1/prices', 'PRICING'],
  ['/v1/deals', 'PRICING'],
  ['/v1/outlook', 'PRICING'],
  ['/v1/accuracy', 'PRICING'],
  ['/v1/alerts', 'NOTIFICATIONS'],
  ['/v1/notifications', 'NOTIFICATIONS'],
  ['/v1/channels', 'NOTIFICATIONS'],
  ['/v1/auth', 'AUTH'],
  ['/v1/me', 'AUTH'],
  ['/v1/api-keys', 'AUTH'],
  ['/v1/watchlists', 'AUTH'],
  ['/v1/searches', 'AUTH'],
  ['/v1/billing', 'WEBHOOKS'],
  ['/hooks', 'WEBHOOKS'],
] as const;

/** The five Workers, by the name of their service binding. */
export const WORKERS = ['AGGREGATOR', 'PRICING', 'NOTIFICATIONS', 'AUTH', 'WEBHOOKS'] as const;

/** A Worker's binding name. */
export type WorkerName = (typeof WORKERS)[number];

/** The Worker that owns `path`, or nothing. A prefix owns itself and what lies below it, not its namesakes. */
export function ownerOf(path: string): WorkerName | undefined {
  return OWNERS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1];
}
