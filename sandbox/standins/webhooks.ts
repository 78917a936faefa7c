/**
 * Delivery of callbacks: signed anew at every attempt, retried on anything but 2xx, kept so that a test can look at an
 * attempt or send it once more. The real services wait minutes to days between attempts; here it is fractions of a second
 * first, so that a restarted Worker is reached within a minute.
 */

import { setTimeout as pause } from "node:timers/promises";

export interface Callback {
  readonly sender: "resend" | "twilio" | "stripe";
  /** The sender's own id of the event: the same at every attempt. */
  readonly id: string;
  readonly type: string;
  readonly url: string;
  readonly body: string;
  /** Headers for an attempt at a moment; the signature carries a timestamp, so each attempt has its own. */
  readonly headers: (timestampS: number) => Record<string, string>;
}

export interface Delivery {
  readonly sender: string;
  readonly id: string;
  readonly type: string;
  readonly url: string;
  attempts: { readonly at_ms: number; readonly status: number }[];
  delivered: boolean;
}

const RETRY_AFTER_MS = [300, 1_000, 3_000, 8_000, 20_000] as const;
const ATTEMPT_TIMEOUT_MS = 10_000;
const KEPT = 2_000;

export class WebhookPost {
  readonly #sent: { callback: Callback; delivery: Delivery }[] = [];
  /** A new epoch makes the retries of the one before give up. */
  #epoch = 0;

  /** Sends with retries in the background; resolves after the first attempt, with whether it succeeded. */
  async send(callback: Callback): Promise<boolean> {
    const delivery: Delivery = { sender: callback.sender, id: callback.id, type: callback.type, url: callback.url, attempts: [], delivered: false };
    this.#sent.push({ callback, delivery });
    if (this.#sent.length > KEPT) this.#sent.shift();
    const succeeded = await this.#attempt(callback, delivery);
    if (!succeeded) void this.#retry(callback, delivery);
    return succeeded;
  }

  /** The last callback with this id, once more: a duplicate, as real senders produce them. */
  async resend(id: string): Promise<Delivery | undefined> {
    const found = this.#sent.findLast(({ callback }) => callback.id === id);
    if (!found) return undefined;
    await this.#attempt(found.callback, found.delivery);
    return found.delivery;
  }

  list(): readonly Delivery[] {
    return this.#sent.map(({ delivery }) => delivery);
  }

  forget(): void {
    this.#epoch += 1;
    this.#sent.length = 0;
  }

  async #retry(callback: Callback, delivery: Delivery): Promise<void> {
    const epoch = this.#epoch;
    for (const wait of RETRY_AFTER_MS) {
      await pause(wait, undefined, { ref: false });
      if (epoch !== this.#epoch || (await this.#attempt(callback, delivery))) return;
    }
  }

  async #attempt(callback: Callback, delivery: Delivery): Promise<boolean> {
    const now = Date.now();
    let status = 0;
    try {
      const answer = await fetch(callback.url, {
        method: "POST",
        body: callback.body,
        headers: callback.headers(Math.floor(now / 1000)),
        redirect: "manual",
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      status = answer.status;
      await answer.body?.cancel();
    } catch {
      // Status 0 in the record: nobody answered.
    }
    delivery.attempts.push({ at_ms: now, status });
    const succeeded = status >= 200 && status < 300;
    delivery.delivered ||= succeeded;
    return succeeded;
  }
}
