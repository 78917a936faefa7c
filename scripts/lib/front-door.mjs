// A front door without the site, for tests and for a run whose site is not built: public prefixes go to their owners,
// everything else is unknown here. Requests pass unread.
import { ownerOf } from './workers.mjs';

export default {
  async fetch(request, env) {
    const owner = ownerOf(new URL(request.url).pathname);
    if (!owner) return new Response('The site is not part of this run.\n', { status: 404 });
    return env[owner.binding].fetch(request);
  },
};
