import { api, bearer, outcomeOf } from '#lib/api/client.ts';

/** Proves a phone number by the code that was sent to it. */
export function verifyChannel(accessToken: string, channelId: string, code: string) {
  return outcomeOf(
    api.POST('/v1/channels/{channel_id}/verify', {
      headers: bearer(accessToken),
      params: { path: { channel_id: channelId } },
      body: { code },
    }),
  );
}
