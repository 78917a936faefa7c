// Calls of the Workers to the outside pass through the test process: counted here, and answered by a test if it wants.
// The local runtime enforces neither six connections nor a budget of subrequests, so the counts stand in for it.

/** In production a seventh call of one invocation waits for an earlier one's headers. */
export const PRODUCTION_CONNECTIONS = 6;

/**
 * Patches `fetch` of this process. `answer(match, reply)` makes calls whose URL contains `match` (or for which the
 * function `match(url)` is true) be answered by `reply(request)`; the first registered that matches wins. A `reply`
 * that returns undefined lets the call through. `calls` lists what went out.
 */
export function interceptOutbound() {
  const real = globalThis.fetch;
  const replies = [];
  const calls = [];
  // When each call that has no answer yet began. A Worker gives one up after ten seconds; here it goes on hanging.
  const open = new Map();
  const GIVEN_UP_MS = 11_000;
  const inFlight = () => [...open.values()].filter((began_ms) => Date.now() - began_ms < GIVEN_UP_MS).length;
  const state = { calls, peak: 0 };
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, input instanceof Request ? undefined : init);
    const call = { url: request.url, method: request.method, at_ms: Date.now() };
    calls.push(call);
    open.set(call, call.at_ms);
    state.peak = Math.max(state.peak, inFlight());
    try {
      const rule = replies.find(({ match }) => (typeof match === 'function' ? match(request.url) : request.url.includes(match)));
      const own = rule ? await rule.reply(request.clone()) : undefined;
      // A rule that looked at the call has read from the body it was made of.
      const response = own ?? (await (rule ? real(request) : real(input, init)));
      call.status = response.status;
      return response;
    } finally {
      open.delete(call);
    }
  };
  return Object.assign(state, {
    answer(match, reply) {
      const rule = { match, reply };
      replies.unshift(rule);
      return () => replies.splice(replies.indexOf(rule), 1);
    },
    /** Lets a call through from within a `reply`, which may change what came back. */
    pass: (request) => real(request),
    /** Forgets counts and answers. */
    clear() {
      calls.length = 0;
      replies.length = 0;
      state.peak = 0;
    },
    restore() {
      globalThis.fetch = real;
    },
  });
}
