import { getCloudflareContext } from '@opennextjs/cloudflare';
import { type SiteBindings } from '#edge/front-door.ts';
import { WORKERS } from '#edge/owners.ts';

/** The bindings of the Pages project. A missing one is an operator's fault and is named, once, where it is met. */
export function bindings(): SiteBindings {
  const env = getCloudflareContext().env as Partial<SiteBindings>;
  const missing = WORKERS.filter((name) => env[name] === undefined);
  if (missing.length > 0) throw new Error(`The site lacks the service bindings ${missing.join(', ')} (frontend/wrangler.toml).`);
  return env as SiteBindings;
}
