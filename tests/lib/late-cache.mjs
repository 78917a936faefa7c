// Pricing with a stand-in for its KV namespace, for what the local KV never is: late, hanging, broken. In production a
// write shows elsewhere after a minute, and "not found" is cached as well (PLATFORM 4).
// `GET /late-cache?mode=late|hangs|fails|rubbish` sets what it does from now on and answers the number of writes.
import Pricing from '../../workers/pricing/build/index.js';

export { PriceHistory } from '../../workers/pricing/build/index.js';

const LATE_MS = 60_000;
/** Every write, oldest first: `{ key, value, at_ms }`. */
const writes = [];
let mode = 'late';

const lateCache = {
  async get(key) {
    if (mode === 'hangs') return new Promise(() => {});
    if (mode === 'fails') throw new Error('KV GET failed: 500 Internal Server Error');
    if (mode === 'rubbish' && key.startsWith('deals/')) return { stored_at_ms: 'noon', body: 7 };
    const seen = writes.findLast((write) => write.key === key && write.at_ms <= Date.now() - LATE_MS);
    return seen ? JSON.parse(seen.value) : null;
  },
  async put(key, value) {
    if (mode === 'hangs') return new Promise(() => {});
    if (mode === 'fails') throw new Error('KV PUT failed: 429 Too Many Requests');
    writes.push({ key, value, at_ms: Date.now() });
  },
  getWithMetadata() {}, list() {}, delete() {},
};

export default class PricingWithLateCache extends Pricing {
  constructor(context, env) {
    super(context, { ...env, RESPONSES: lateCache });
  }

  fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/late-cache') return super.fetch(request);
    mode = searchParams.get('mode');
    return Response.json({ mode, writes: writes.length });
  }
}
