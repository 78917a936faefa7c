// Pricing whose histories can be made to fail, or to answer late: the Worker itself is the built one, untouched.
//
// `POST /__unsteady {"fail": [event id, …], "hold": [request id, …]}` sets both: the first answer 500 to an append, the answers to
// the second, already made, wait until they are not held any more. `POST /__deliver message` hands a message to the queue's
// consumer, beside what it does at the moment, and answers what became of it.
import Built, { PriceHistory as BuiltHistory } from '../../workers/pricing/build/index.js';

let fail = [];
let hold = [];
let held = 0;

export class PriceHistory extends BuiltHistory {
  constructor(state, env) {
    super(state, env);
    this.named = state.id.name;
  }

  async fetch(request) {
    const appends = new URL(request.url).pathname === '/append';
    if (appends && fail.includes(this.named)) return new Response('not now', { status: 500 });
    const message = appends && hold.length > 0 ? (await request.clone().json()).request_id : null;
    const answer = await super.fetch(request);
    if (hold.includes(message)) held += 1;
    while (hold.includes(message)) await new Promise((done) => { setTimeout(done, 20); });
    return answer;
  }
}

export default class extends Built {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/__unsteady') {
      if (request.method === 'POST') ({ fail, hold } = await request.json());
      return Response.json({ held });
    }
    if (pathname === '/__deliver') {
      let verdict = 'none';
      const message = {
        id: crypto.randomUUID(), timestamp: new Date(), body: await request.text(), attempts: 1,
        ack: () => { verdict = 'done'; }, retry: () => { verdict = 'again'; },
      };
      await super.queue({ queue: 'observations', messages: [message], ackAll() {}, retryAll() {} });
      return Response.json({ verdict });
    }
    return super.fetch(request);
  }
}
