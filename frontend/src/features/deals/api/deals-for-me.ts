import { api, bearer, outcomeOf } from '#lib/api/client.ts';
import { USUAL_LEAST_SCORE } from '../query.ts';

/** The deals that fit what the person watches and has alerts on. */
export function dealsForMe(accessToken: string) {
  return outcomeOf(api.GET('/v1/deals/me', { headers: bearer(accessToken), params: { query: { limit: 6, min_score: USUAL_LEAST_SCORE } } }));
}
