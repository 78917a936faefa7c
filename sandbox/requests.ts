/** What the stand-ins received, so that tests can hold the product to its budgets. Secrets in a query are not kept. */

export const STAND_INS = ["ticketmaster", "seatgeek", "stubhub", "eventbrite", "ticketevolution", "feed", "resend", "twilio", "stripe"] as const;
export type StandIn = (typeof STAND_INS)[number];

export function isStandIn(name: unknown): name is StandIn {
  return STAND_INS.includes(name as StandIn);
}

export interface Received {
  readonly provider: StandIn;
  readonly method: string;
  /** Path and query; secret parameters are replaced by `***`. */
  readonly path: string;
  /** 0 when no answer was given (a hang or a reset). */
  readonly status: number;
  readonly at_ms: number;
  readonly took_ms: number;
}

interface Count {
  total: number;
  by_status: Record<string, number>;
  /** The most requests that fell into any one second. */
  peak_per_second: number;
  first_at_ms: number | null;
  last_at_ms: number | null;
}

const KEPT = 5_000;
const SECRET_PARAMETERS = ["apikey", "client_id", "client_secret", "token", "key"];

export class RequestLog {
  #received: Received[] = [];
  #counts = new Map<StandIn, Count>();
  #lastSecond = new Map<StandIn, number[]>();

  /** Counts a request when it comes in, before anybody knows how it ends. */
  arrived(provider: StandIn, at: number): void {
    const count = this.#countOf(provider);
    count.total += 1;
    count.first_at_ms ??= at;
    count.last_at_ms = at;
    const second = [...(this.#lastSecond.get(provider) ?? []).filter((earlier) => at - earlier < 1000), at];
    this.#lastSecond.set(provider, second);
    count.peak_per_second = Math.max(count.peak_per_second, second.length);
  }

  answered(entry: Omit<Received, "path">, url: URL): void {
    const count = this.#countOf(entry.provider);
    count.by_status[entry.status] = (count.by_status[entry.status] ?? 0) + 1;
    this.#received.push({ ...entry, path: withoutSecrets(url) });
    if (this.#received.length > KEPT) this.#received.splice(0, this.#received.length - KEPT);
  }

  /** Newest last. */
  list(provider?: StandIn): readonly Received[] {
    return provider ? this.#received.filter((entry) => entry.provider === provider) : this.#received;
  }

  counts(): Record<string, Count> {
    return Object.fromEntries(STAND_INS.map((provider) => [provider, this.#countOf(provider)]));
  }

  forget(): void {
    this.#received = [];
    this.#counts.clear();
    this.#lastSecond.clear();
  }

  #countOf(provider: StandIn): Count {
    let count = this.#counts.get(provider);
    if (!count) {
      count = { total: 0, by_status: {}, peak_per_second: 0, first_at_ms: null, last_at_ms: null };
      this.#counts.set(provider, count);
    }
    return count;
  }
}

function withoutSecrets(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  for (const name of SECRET_PARAMETERS) {
    if (query.has(name)) query.set(name, "***");
  }
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}
