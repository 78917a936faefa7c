// The test's way to D1, queues, objects, KV and R2: a Worker of its own that is bound to all of them.
//
// Not `getEnv()` of wrangler's harness: its bindings block this process while they wait. This process also empties
// workerd's log, so when that pipe is full workerd waits for us and we wait for workerd, for ever.
import { inRoot } from '../../scripts/lib/paths.mjs';
import { WORKERS } from '../../scripts/lib/workers.mjs';
import { configOf } from './workspace.mjs';

export const DOOR = 'rip-city-test-door';

/** The door's own configuration: every resource of every Worker, under the name the Worker knows it by. */
export function doorConfig() {
  const configs = WORKERS.map(({ name }) => ({ name, config: configOf(name) }));
  const all = (pick, key) => [...new Map(configs.flatMap(pick).map((entry) => [entry[key], entry])).values()];
  return {
    name: DOOR,
    main: inRoot('tests', 'lib', 'door-worker.mjs'),
    compatibility_date: '2026-10-01',
    d1_databases: all(({ config }) => config.d1_databases, 'binding')
      .map((database) => ({ ...database, migrations_dir: inRoot('migrations') })),
    kv_namespaces: all(({ config }) => config.kv_namespaces, 'binding'),
    r2_buckets: all(({ config }) => config.r2_buckets, 'binding'),
    queues: { producers: all(({ config }) => config.queues.producers, 'binding') },
    durable_objects: {
      bindings: configs.flatMap(({ name, config }) => config.durable_objects.bindings
        .map((object) => ({ name: object.name, class_name: object.class_name, script_name: `rip-city-${name}` }))),
    },
  };
}

/** What the Workers are bound to, by their names: `door(fetch).PRICE_CHANGES.send(text)`. */
export function door(fetch) {
  async function ask(binding, call, ...args) {
    const response = await fetch('http://door/', { method: 'POST', body: JSON.stringify({ binding, call, args }) });
    if (call === 'ask' && response.status !== 599) return response;
    const { answer, error } = await response.json();
    if (error !== undefined) throw new Error(`${binding}.${call}: ${error}`);
    return answer;
  }
  const resources = (binding) => ({
    rows: (sql, ...values) => ask(binding, 'rows', sql, values),
    send: (body, { contentType = 'json' } = {}) => ask(binding, 'send', [{ body, contentType }]),
    /** `messages`: `[{ body, contentType }]`. */
    sendBatch: (messages) => ask(binding, 'send', messages),
    getByName: (name) => ({ fetch: (url, init) => ask(binding, 'ask', name, url, init) }),
    get: (key) => ask(binding, 'get', key),
    /** An object of a bucket, as base64. */
    bytes: (key) => ask(binding, 'bytes', key),
    put: (key, value, options) => ask(binding, 'put', key, value, options),
    /** Puts an object of a bucket in the place of another. */
    copy: (from, to) => ask(binding, 'copy', from, to),
    list: (options = {}) => ask(binding, 'list', options),
    delete: (key) => ask(binding, 'remove', key),
  });
  // Not a promise, whoever awaits it.
  return new Proxy({}, { get: (_, binding) => (binding === 'then' || typeof binding === 'symbol' ? undefined : resources(binding)) });
}
