/** One answer per idempotency key for 24 hours, with the body it was given for. */

const LIFE_MS = 24 * 3_600_000;

interface Kept {
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  readonly atMs: number;
}

export class IdempotencyKeys {
  readonly #kept = new Map<string, Kept>();

  /** What the key holds: nothing, the same request's first answer, or a request with another body. */
  look(key: string, body: string, now: number): { readonly same: true; readonly kept: Kept } | { readonly same: false } | undefined {
    const kept = this.#kept.get(key);
    if (!kept || now - kept.atMs >= LIFE_MS) return undefined;
    return kept.body === body ? { same: true, kept } : { same: false };
  }

  keep(key: string, body: string, status: number, answer: string, now: number): void {
    this.#kept.set(key, { body, status, answer, atMs: now });
  }

  forget(): void {
    this.#kept.clear();
  }
}
