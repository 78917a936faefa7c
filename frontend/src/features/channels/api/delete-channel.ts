import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Forgets a way to reach the person. */
export function deleteChannel(accessToken: string, channelId: string) {
  return outcomeOf(
    api.DELETE('/v1/channels/{channel_id}', { headers: bearer(accessToken), params: { path: { channel_id: channelId } } }),
  );
}
