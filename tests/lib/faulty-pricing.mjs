// Pricing with a bucket that can be made to fail at a chosen moment: the Worker itself is the built one, untouched.
//
// `POST /__fault [{"key": "part-", "call": "put", "when": "after", "then": "hang" | "fail" | "wait"}]` arms it: the next such
// call on a key that holds those characters is done (after) or not (before), and then never answers, throws, or waits until
// `POST /__fault` comes again.
// `GET /__tables?id=evt_…` tells the tables that the object of an event has made: the local runtime lists every object that was
// ever asked anything, stored or not, and keeps its name in it.
import Built, { PriceHistory as BuiltHistory } from '../../workers/pricing/build/index.js';

let armed = [];
let round = 0;
const struck = [];

/** Done once the faults are armed anew. It looks again and again: who arms them is another request, and may not wake this one. */
async function waited(done) {
  for (const began = round; began === round;) await new Promise((resolve) => setTimeout(resolve, 20));
  return done();
}

function faulty(bucket) {
  const strike = async (call, keys, done) => {
    const hit = armed.find((fault) => fault.call === call && [keys].flat().some((key) => key.includes(fault.key)));
    if (!hit) return done();
    const { key, when, then } = hit;
    armed = armed.filter((fault) => fault !== hit);
    if (when === 'after') await done();
    struck.push(key);
    if (then === 'wait') return waited(done);
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
    this.sql = state.storage.sql;
  }

  async fetch(request) {
    if (new URL(request.url).pathname !== '/__tables') return super.fetch(request);
    const rows = this.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' AND name NOT GLOB '__miniflare_*'");
    return Response.json(rows.toArray().map(({ name }) => name));
  }
}

export default class extends Built {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/__tables') return this.env.PRICE_HISTORY.getByName(searchParams.get('id')).fetch('https://object/__tables');
    if (pathname !== '/__fault') return super.fetch(request);
    if (request.method === 'POST') {
      armed = await request.json();
      round += 1;
    }
    return Response.json({ struck });
  }
}
