// Pricing with a bucket that can be made to fail at a chosen moment: the Worker itself is the built one, untouched.
//
// `POST /__fault [{"key": "part-", "call": "put", "when": "after", "then": "hang" | "fail"}]` arms it: the next such call on
// a key that holds those characters is done (after) or not (before), and then never answers, or throws.
import Built, { PriceHistory as BuiltHistory } from '../../workers/pricing/build/index.js';

let armed = [];
const struck = [];

function faulty(bucket) {
  const strike = async (call, keys, done) => {
    const hit = armed.find((fault) => fault.call === call && [keys].flat().some((key) => key.includes(fault.key)));
    if (!hit) return done();
    const { key, when, then } = hit;
    armed = armed.filter((fault) => fault !== hit);
    if (when === 'after') await done();
    struck.push(key);
    if (then === 'hang') return new Promise(() => {});
    throw new Error('the bucket failed, as the test wished');
  };
  return new Proxy(bucket, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function' || name === 'constructor') return value;
      return (...args) => (['put', 'delete', 'get'].includes(name) ? strike(name, args[0], () => value.apply(target, args)) : value.apply(target, args));
    },
  });
}

const withFaults = (env) => new Proxy(env, {
  get: (target, name) => (name === 'HISTORY' ? faulty(target.HISTORY) : Reflect.get(target, name)),
});

export class PriceHistory extends BuiltHistory {
  constructor(state, env) {
    super(state, withFaults(env));
  }
}

export default class extends Built {
  async fetch(request) {
    if (new URL(request.url).pathname !== '/__fault') return super.fetch(request);
    if (request.method === 'POST') armed = await request.json();
    return Response.json({ struck });
  }
}
