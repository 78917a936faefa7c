import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Deletes an alert. */
export function deleteAlert(accessToken: string, alertId: string) {
  return outcomeOf(api.DELETE('/v1/alerts/{alert_id}', { headers: bearer(accessToken), params: { path: { alert_id: alertId } } }));
}
