import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Undoes a merge or a split. */
export function undoMerge(token: string, mergeId: string) {
  return outcomeOf(api.POST('/v1/events/merges/{merge_id}/undo', { params: { path: { merge_id: mergeId } }, headers: bearer(token) }));
}
