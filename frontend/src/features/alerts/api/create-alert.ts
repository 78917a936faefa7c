import { api, bearer, outcomeOf } from '#lib/api/client.ts';
import type { Channel, Rule } from '#lib/api/types.ts';

/** Sets an alert; it fires at once if it is true already. */
export function createAlert(accessToken: string, alert: { event_id: string; rule: Rule; channels: Channel[] }) {
  return outcomeOf(api.POST('/v1/alerts', { headers: bearer(accessToken), body: alert }));
}
