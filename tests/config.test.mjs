// The wrangler files, the two registers and the code say the same: what a Worker may reach, under which name, where.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { inRoot } from '../scripts/lib/paths.mjs';
import { WORKERS } from '../scripts/lib/workers.mjs';
import { differences } from './lib/json-schema.mjs';
import {
  ENVIRONMENTS, bindingNames, cargoMetadata, configOf, configs, readJson, rustSource, trackedFiles, variableNames,
  wranglerConfig,
} from './lib/workspace.mjs';

const DOMAIN = ['prices', 'sources', 'catalog', 'alerts', 'identity'];
const HOSTS = { staging: 'staging.ripcity.example', production: 'ripcity.example' };
const registers = [
  { file: 'kv-namespaces.json', list: 'namespaces', of: (config) => config.kv_namespaces.map(({ binding, id }) => ({ binding, id })) },
  { file: 'r2-buckets.json', list: 'buckets', of: (config) => config.r2_buckets.map(({ binding, bucket_name }) => ({ binding, id: bucket_name })) },
];

for (const { file, list, of } of registers) {
  describe(file, () => {
    const register = readJson(file);

    test('follows its schema', () => {
      assert.deepEqual(differences(readJson(register.$schema), register), []);
    });

    test('names every binding once', () => {
      const names = register[list].map(({ binding }) => binding);
      assert.deepEqual(names, [...new Set(names)]);
    });

    test('agrees with the wrangler files in every environment, in both directions', () => {
      for (const { worker, environment, config } of configs) {
        const registered = register[list]
          .filter(({ owner, readers }) => owner === worker || readers.includes(worker))
          .map(({ binding, ids }) => ({ binding, id: ids[environment] }));
        assert.deepEqual(of(config), registered, `${worker}, ${environment}`);
      }
    });

    test('gives no two environments the same resource', () => {
      for (const { binding, ids } of register[list]) {
        assert.equal(new Set(Object.values(ids)).size, ENVIRONMENTS.length, binding);
      }
    });
  });
}

describe('environments', () => {
  /** Everything that may not differ between environments, with names of environments taken out. */
  const shape = (config) => JSON.parse(JSON.stringify({
    main: config.main,
    compatibility_date: config.compatibility_date,
    workers_dev: config.workers_dev,
    preview_urls: config.preview_urls,
    limits: config.limits,
    observability: config.observability,
    vars: Object.keys(config.vars),
    secrets: config.secrets?.required,
    crons: config.triggers.crons ?? [],
    durable_objects: config.durable_objects,
    migrations: config.migrations,
    bindings: bindingNames(config),
    services: config.services.map(({ binding, service }) => ({ binding, service: service.replace(/-(staging|production)$/, '') })),
    queues: config.queues,
  }).replace(/"(staging|production)-/g, '"'));

  test('are written out in full and have one shape', () => {
    for (const { name } of WORKERS) {
      const local = shape(configOf(name));
      for (const environment of ['staging', 'production']) {
        assert.deepEqual(shape(configOf(name, environment)), local, `${name}, ${environment}`);
      }
    }
  });

  test('say which they are', () => {
    for (const { worker, environment, config } of configs) {
      assert.equal(config.vars.ENVIRONMENT, environment, worker);
      assert.equal(config.name, environment === 'development' ? `rip-city-${worker}` : `rip-city-${worker}-${environment}`);
    }
  });

  test('reach only Workers, queues and buckets of their own', () => {
    for (const { worker, environment, config } of configs.filter((entry) => entry.environment !== 'development')) {
      const other = environment === 'staging' ? 'production' : 'staging';
      const text = JSON.stringify({ ...config, definedEnvironments: [] });
      assert.ok(!text.includes(other), `${worker} in ${environment} names ${other}`);
      for (const { service } of config.services) assert.ok(service.endsWith(`-${environment}`), `${worker}: ${service}`);
      for (const { queue } of [...config.queues.producers, ...config.queues.consumers]) {
        assert.ok(queue.startsWith(`${environment}-`), `${worker}: ${queue}`);
      }
    }
  });

  test('outside development point at no sandbox, no local address and no scaled clock', () => {
    for (const { worker, environment, config } of configs.filter((entry) => entry.environment !== 'development')) {
      for (const [name, value] of Object.entries(config.vars)) {
        assert.doesNotMatch(String(value), /localhost|127\.0\.0\.1|sandbox|http:\/\//i, `${worker}, ${environment}, ${name}`);
      }
      assert.ok(!config.vars.MARKET_CLOCK && !config.vars.SANDBOX_LABEL, `${worker}, ${environment}`);
    }
  });
});

describe('routes', () => {
  test('are the public prefixes of their Worker, nothing else', () => {
    for (const [environment, host] of Object.entries(HOSTS)) {
      for (const { name, prefixes } of WORKERS) {
        const wanted = prefixes.map((prefix) => `${host}${prefix === '/hooks' ? '/hooks/' : prefix}*`);
        assert.deepEqual(configOf(name, environment).routes.map(({ pattern }) => pattern), wanted, name);
      }
    }
  });

  test('no Worker answers on a workers.dev or preview address', () => {
    for (const { worker, environment, config } of configs) {
      assert.equal(config.workers_dev, false, `${worker}, ${environment}`);
      assert.equal(config.preview_urls, false, `${worker}, ${environment}`);
    }
  });

  test('the front door of the site splits by the same table', () => {
    const owners = readFileSync(inRoot('frontend', 'src', 'edge', 'owners.ts'), 'utf8');
    const found = [...owners.matchAll(/\['(\/[^']+)', '([A-Z]+)'\]/g)].map(([, prefix, binding]) => `${prefix} ${binding}`);
    const wanted = WORKERS.flatMap(({ prefixes, binding }) => prefixes.map((prefix) => `${prefix} ${binding}`));
    assert.deepEqual(found.sort(), wanted.sort());
  });
});

describe('bindings', () => {
  const shared = rustSource('shared/edge/src') + rustSource('shared/sources/src');

  test('every binding, variable and secret of a Worker is used by its code or by the shared crates that read them', () => {
    for (const { name } of WORKERS) {
      const code = rustSource(`workers/${name}/src`) + shared;
      const unused = [...bindingNames(configOf(name)), ...variableNames(configOf(name))].filter((word) => !code.includes(`"${word}"`));
      assert.deepEqual(unused, [], name);
    }
  });

  test('code uses no name that is not bound', () => {
    const known = new Set(configs.flatMap(({ config }) => [...bindingNames(config), ...variableNames(config)]));
    for (const { name } of WORKERS) {
      const config = configOf(name);
      const bound = new Set([...bindingNames(config), ...variableNames(config)]);
      const code = rustSource(`workers/${name}/src`);
      const words = [...code.matchAll(/"([A-Z][A-Z0-9_]{1,})"/g)].map(([, word]) => word).filter((word) => known.has(word));
      const read = [...code.matchAll(/\.(?:required|optional|base_url|secret|var|d1|kv|bucket|queue|service|durable_object)\(\s*"([A-Z0-9_]+)"/g)].map(([, word]) => word);
      assert.deepEqual([...words, ...read].filter((word) => !bound.has(word)), [], name);
    }
  });

  test('every Worker is bound to the one database', () => {
    for (const { worker, environment, config } of configs) {
      const root = wranglerConfig('wrangler.toml', environment).d1_databases[0];
      const [{ binding, database_name, database_id }] = config.d1_databases;
      assert.deepEqual({ binding, database_name, database_id },
        { binding: root.binding, database_name: root.database_name, database_id: root.database_id }, `${worker}, ${environment}`);
      assert.equal(config.d1_databases.length, 1);
    }
  });

  test('every Durable Object class is created by a migration as SQLite, and exists in the code', () => {
    for (const { name } of WORKERS) {
      const { durable_objects: { bindings }, migrations } = configOf(name);
      const created = migrations.flatMap(({ new_sqlite_classes = [] }) => new_sqlite_classes);
      assert.deepEqual(bindings.map(({ class_name }) => class_name).sort(), created.sort(), name);
      const declared = [...rustSource(`workers/${name}/src`).matchAll(/#\[durable_object[^\]]*\]\s*(?:\/\/\/[^\n]*\s*|#\[[^\]]*\]\s*)*pub(?:\(crate\))? struct (\w+)/g)].map(([, word]) => word);
      assert.deepEqual(declared.sort(), created.sort(), `${name}: #[durable_object] structs`);
    }
  });
});

describe('queues', () => {
  test('every consumer states batch, wait and retries, and a dead-letter queue unless it is one', () => {
    for (const { worker, environment, config } of configs) {
      for (const consumer of config.queues.consumers) {
        const at = `${worker}, ${environment}, ${consumer.queue}`;
        for (const setting of ['max_batch_size', 'max_batch_timeout', 'max_retries']) {
          assert.equal(typeof consumer[setting], 'number', `${at}: ${setting}`);
        }
        if (consumer.queue.endsWith('-dlq')) assert.equal(consumer.dead_letter_queue, undefined, at);
        else assert.equal(consumer.dead_letter_queue, `${consumer.queue}-dlq`, at);
      }
    }
  });

  test('every queue has one consumer, and every dead-letter queue is read by the Worker it is filled by', () => {
    for (const environment of ENVIRONMENTS) {
      const inThis = configs.filter((entry) => entry.environment === environment);
      const consumers = inThis.flatMap(({ worker, config }) => config.queues.consumers.map((consumer) => ({ worker, ...consumer })));
      const queues = consumers.map(({ queue }) => queue);
      assert.deepEqual(queues, [...new Set(queues)]);
      for (const { queue } of inThis.flatMap(({ config }) => config.queues.producers)) assert.ok(queues.includes(queue), queue);
      for (const { worker, dead_letter_queue } of consumers.filter((consumer) => consumer.dead_letter_queue)) {
        assert.equal(consumers.find(({ queue }) => queue === dead_letter_queue)?.worker, worker, dead_letter_queue);
      }
    }
  });

  test('alerts travel without a batching wait', () => {
    const consumer = configOf('notifications').queues.consumers.find(({ queue }) => queue === 'price-changes');
    assert.equal(consumer.max_batch_timeout, 0);
  });
});

test('only the aggregator and pricing have a schedule', () => {
  const scheduled = configs.filter(({ config }) => (config.triggers.crons ?? []).length > 0).map(({ worker }) => worker);
  assert.deepEqual([...new Set(scheduled)], ['aggregator', 'pricing']);
});

describe('secrets', () => {
  const SECRET_NAME = /(^|_)(KEY|TOKEN|SECRET|PEPPER|PASSWORD|CLIENT_ID|SID)$/;

  test('stand in no vars block', () => {
    for (const { worker, environment, config } of configs) {
      assert.deepEqual(Object.keys(config.vars).filter((name) => SECRET_NAME.test(name)), [], `${worker}, ${environment}`);
    }
  });

  test('stand in no committed file', () => {
    const LEAK = /sk_live_\w{10}|rk_live_\w{10}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{20}|AKIA[0-9A-Z]{16}|ghp_\w{20}/;
    const leaking = trackedFiles().filter((file) => LEAK.test(readFileSync(inRoot(file), 'latin1')));
    assert.deepEqual(leaking, []);
  });

  test('.dev.vars is not committed', () => {
    assert.deepEqual(trackedFiles().filter((file) => /(^|\/)\.(dev\.vars|env)/.test(file)), []);
  });
});

describe('what cannot be deployed', () => {
  test('the root wrangler file refuses every build, and owns the migrations in every environment', () => {
    for (const environment of ENVIRONMENTS) {
      const root = wranglerConfig('wrangler.toml', environment);
      assert.match(root.build.command, /choose-a-worker/);
      assert.deepEqual(root.d1_databases.map(({ migrations_dir }) => migrations_dir), ['migrations']);
      assert.deepEqual(bindingNames(root), ['DB']);
    }
  });

  test('the sandbox has no wrangler file, and no wrangler file reaches into it', () => {
    const wranglerFiles = trackedFiles().filter((file) => /(^|\/)wrangler[^/]*\.(toml|jsonc?)$/.test(file));
    assert.deepEqual(wranglerFiles.filter((file) => file.startsWith('sandbox/')), []);
    const reaching = wranglerFiles.filter((file) => /^\s*(main|pages_build_output_dir)\s*=.*sandbox/m.test(readFileSync(inRoot(file), 'utf8')));
    assert.deepEqual(reaching, []);
  });
});

describe('the Rust workspace', () => {
  let members, byId, nodes;
  before(() => {
    const metadata = cargoMetadata();
    members = metadata.workspace_members;
    byId = new Map(metadata.packages.map((entry) => [entry.id, entry]));
    nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  });
  const reach = (id, seen = new Set()) => {
    if (seen.has(id)) return seen;
    seen.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps) {
      if (dep_kinds.some(({ kind }) => kind !== 'dev')) reach(pkg, seen);
    }
    return seen;
  };

  test('domain crates and the contract depend on no Workers machinery', () => {
    for (const name of [...DOMAIN, 'contract']) {
      const id = members.find((member) => byId.get(member).name === name);
      const names = [...reach(id)].map((entry) => byId.get(entry).name);
      assert.deepEqual(names.filter((crate) => /^(worker|worker-.*|web-sys|edge)$/.test(crate)), [], name);
    }
  });

  test('every member inherits the lint table, edition and Rust version', () => {
    for (const id of members) {
      const manifest = readFileSync(byId.get(id).manifest_path, 'utf8');
      for (const line of [/\[lints\]\s*\nworkspace = true/, /^edition\.workspace = true$/m, /^rust-version\.workspace = true$/m]) {
        assert.match(manifest, line, byId.get(id).name);
      }
    }
  });
});
