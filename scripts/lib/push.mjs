// A push of offers, signed as the aggregator wants it: HMAC-SHA256 of `<t>.<body>`, in hex.
import { createHmac } from 'node:crypto';

const TYPES = { json: 'application/json', csv: 'text/csv' };

/** Content type by a file's name; undefined when it is neither JSON nor CSV. */
export const typeOf = (file) => TYPES[/\.(json|csv)$/i.exec(file)?.[1].toLowerCase()];

/** The headers of a push of `body` (bytes or text), signed by `partner` with `secret` at `atS` (epoch seconds). */
export function signedHeaders({ partner, secret, type, body, atS = Math.floor(Date.now() / 1000) }) {
  const code = createHmac('sha256', secret).update(`${atS}.`).update(body).digest('hex');
  return { 'content-type': type, 'x-feed-partner': partner, 'x-feed-signature': `t=${atS},v1=${code}` };
}

/** The first partner of FEED_PUSH_KEYS, or the one called `name`: `{ partner, secret }`. */
export function partnerOf(keys, name) {
  const pairs = (keys ?? '').split(',').map((pair) => pair.trim().split(/:(.*)/s))
    .map(([partner, secret]) => ({ partner, secret })).filter(({ partner, secret }) => partner && secret);
  return name ? pairs.find(({ partner }) => partner === name) : pairs[0];
}
