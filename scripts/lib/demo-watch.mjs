// Looks at a running product from outside, tells what is new, and adds it up at the end.

const PATIENCE_MS = 45_000;
const MARKETS = ['ticketmaster', 'seatgeek', 'stubhub', 'eventbrite', 'ticketevolution', 'feed'];

export class Watch {
  #stack;
  #say;
  #told = { events: 0, deals: 0, messages: new Set(), failing: new Set() };

  constructor(stack, say) {
    this.#stack = stack;
    this.#say = say;
  }

  async #get(address, token) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw new Error(`GET ${new URL(address).pathname} answered ${answer.status}`);
    return answer.json();
  }

  #api = (path) => this.#get(`${this.#stack.origin}${path}`);
  #operator = (path) => this.#get(`${this.#stack.origin}${path}`, this.#stack.vars.OPERATOR_TOKEN);

  sources = async () => (await this.#api('/v1/sources')).sources.filter((source) => source.mode !== 'off');
  history = () => this.#operator('/v1/prices');
  notices = () => this.#operator('/v1/notifications/stats');

  /** Price messages in the inbox (the verification mail is not one). */
  async messages() {
    const { messages } = await this.#get(`${this.#stack.sandbox}/inbox.json?limit=500`);
    return messages.filter((message) => /\/events\/evt_/.test(message.text ?? '')).length;
  }

  /** Tells what is new since the last look. */
  async look() {
    const sources = await this.sources();
    const events = sources.reduce((sum, source) => sum + source.events, 0);
    if (events > this.#told.events) {
      this.#say(`${events} listings on ${sources.filter((source) => source.events > 0).length} markets`);
      this.#told.events = events;
    }
    for (const source of sources) {
      const failing = source.state === 'failing';
      if (failing && !this.#told.failing.has(source.market)) this.#say(`${source.name} fails: ${source.last_failure}`);
      this.#told.failing[failing ? 'add' : 'delete'](source.market);
    }
    const { deals } = await this.#api('/v1/deals?limit=1');
    if (deals[0] && deals[0].score.value > this.#told.deals) {
      this.#told.deals = deals[0].score.value;
      this.#say(`best deal: ${deals[0].score.value}/100 ${deals[0].event.name} on ${deals[0].market}`);
    }
    const { messages } = await this.#get(`${this.#stack.sandbox}/inbox.json?limit=500`);
    for (const message of [...messages].reverse()) {
      if (this.#told.messages.has(message.id)) continue;
      this.#told.messages.add(message.id);
      this.#say(`inbox: ${message.subject ?? message.text}`);
    }
  }

  /** From now on no market answers, so that what was seen can be counted to the last one. */
  async closeMarkets() {
    for (const provider of MARKETS) {
      const answer = await fetch(`${this.#stack.sandbox}/control/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ provider, kind: '500', times: 1_000_000 }),
      });
      if (!answer.ok) throw new Error(`closing ${provider} was refused: ${await answer.text()}`);
    }
  }

  /** Which recorded sets were played, and how far. */
  async tellReplay() {
    const { replay } = await this.#get(`${this.#stack.sandbox}/control/replay`);
    for (const set of replay.sets) {
      const share = Math.round(100 * set.progress);
      this.#say(`replayed ${set.set} (${set.provider}): ${set.events} events, ${share} % of its time, ` +
        `${set.points_served} of ${set.points_due} recorded points due were polled; dates shifted by ${set.shift_days} days`);
    }
  }

  /** How many observations were passed on, and how many of them the history holds. */
  async observations() {
    const passedOn = (await this.sources()).reduce((sum, source) => sum + source.observations_passed_on, 0);
    return { passedOn, stored: (await this.history()).observations };
  }

  async report({ lost, troubles }) {
    const [sources, history, notices, events] = await Promise.all([
      this.sources(), this.history(), this.notices(), this.#allEvents(),
    ]);
    const deadLetters = history.dead_letters + notices.dead_letters;
    const unexpected = troubles.filter(({ text }) => /"level":"error"|Uncaught|PanicError/.test(text));
    for (const { text } of unexpected.slice(0, 5)) this.#say(`error in the log: ${text.slice(0, 300)}`);
    return {
      sources: sources.filter((source) => source.events > 0).length,
      events: events.length,
      events_in_several_markets: events.filter((event) => event.markets > 1).length,
      observations: history.observations,
      history_bytes_per_observation: history.observations ? Number((history.bytes / history.observations).toFixed(2)) : null,
      deals: history.deals,
      alerts_fired: notices.alerts_fired,
      messages_delivered: await this.messages(),
      delivery_lag_ms_p50: notices.lag_ms_p50,
      delivery_lag_ms_p95: notices.lag_ms_p95,
      errors: lost + deadLetters + unexpected.length,
    };
  }

  async #allEvents() {
    const events = [];
    let cursor = '';
    do {
      const page = await this.#api(`/v1/events?limit=100&from=2000-01-01T00:00:00Z&cursor=${encodeURIComponent(cursor)}`);
      events.push(...page.events);
      cursor = page.next_cursor;
    } while (cursor);
    return events;
  }
}

/** Waits until the history holds what was passed on and nothing waits to be sent; answers what is missing then. */
export async function settled(watch, say) {
  const limit = Date.now() + PATIENCE_MS;
  for (;;) {
    const { passedOn, stored } = await watch.observations();
    const { outbox } = await watch.notices();
    const waiting = (outbox.pending ?? 0) + (outbox.sending ?? 0);
    const lost = passedOn - stored;
    if ((lost === 0 && waiting === 0) || Date.now() > limit) {
      say(`${passedOn} observations passed on, ${stored} stored; ${waiting} messages waiting`);
      return Math.abs(lost) + waiting;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
