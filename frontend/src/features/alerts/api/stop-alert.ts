import { api, outcomeOf } from '#lib/api/client.ts';

/** Stops an alert by the token of the link in its message; no sign-in, works twice. */
export function stopAlert(token: string) {
  return outcomeOf(api.POST('/v1/alerts/stop/{token}', { params: { path: { token } } }));
}
