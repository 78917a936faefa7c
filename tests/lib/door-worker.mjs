// Runs beside the product in a test and reaches what it is bound to, on the test's behalf (door.mjs says why).
export default {
  async fetch(request, env) {
    const { binding, call, args } = await request.json();
    try {
      const answer = await OPERATIONS[call](env[binding], ...args);
      return answer instanceof Response ? answer : Response.json({ answer });
    } catch (error) {
      return Response.json({ error: String(error.message ?? error) }, { status: 599 });
    }
  },
};

const objectFacts = ({ key, size, etag, customMetadata }) => ({ key, size, etag, customMetadata });

const OPERATIONS = {
  rows: async (db, sql, values) => (await db.prepare(sql).bind(...values).all()).results,
  send: async (queue, messages) => void (await queue.sendBatch(messages)),
  ask: (namespace, name, url, init) => namespace.getByName(name).fetch(url, init),
  get: (kv, key) => kv.get(key),
  bytes: async (bucket, key) => btoa(String.fromCharCode(...new Uint8Array(await (await bucket.get(key)).arrayBuffer()))),
  put: async (kv, key, value, options) => void (await kv.put(key, value, options)),
  copy: async (bucket, from, to) => void (await bucket.put(to, await (await bucket.get(from)).arrayBuffer())),
  list: async (bucket, options) => (await bucket.list({ ...options, include: ['customMetadata'] })).objects.map(objectFacts),
  remove: async (bucket, key) => void (await bucket.delete(key)),
};
