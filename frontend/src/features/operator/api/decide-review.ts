import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Decides a doubtful pair. */
export function decideReview(token: string, reviewId: string, decision: 'same' | 'different', note: string | undefined) {
  return outcomeOf(
    api.POST('/v1/events/reviews/{review_id}', {
      params: { path: { review_id: reviewId } },
      body: { decision, note: note ?? null },
      headers: bearer(token),
    }),
  );
}
