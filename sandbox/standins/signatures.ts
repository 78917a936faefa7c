/** How the real services sign what they send. Each is checked against the service's own library in the tests. */

import { createHmac } from "node:crypto";

/** Svix (Resend): HMAC-SHA256 over `id.timestamp.body`; the key is the base64 part of `whsec_...`. */
export function svixHeaders(secret: string, id: string, timestampS: number, body: string): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestampS}.${body}`).digest("base64");
  return { "svix-id": id, "svix-timestamp": String(timestampS), "svix-signature": `v1,${signature}` };
}

/** Twilio: HMAC-SHA1 over the full URL and every parameter sorted by name, name and value joined. */
export function twilioSignature(authToken: string, url: string, parameters: Record<string, string>): string {
  const text = Object.keys(parameters).sort().reduce((joined, name) => joined + name + parameters[name], url);
  return createHmac("sha1", authToken).update(text).digest("base64");
}

/** Stripe: HMAC-SHA256 over `timestamp.body`; the key is the whole secret with its `whsec_`. */
export function stripeSignature(secret: string, timestampS: number, body: string): string {
  const signature = createHmac("sha256", secret).update(`${timestampS}.${body}`).digest("hex");
  return `t=${timestampS},v1=${signature}`;
}
