/** The one mailbox and phone of development: every mail and SMS that was accepted, newest first. */

export interface Message {
  readonly id: string;
  readonly kind: "email" | "sms";
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Real epoch milliseconds at which the stand-in accepted it. */
  readonly at_ms: number;
}

const KEPT = 5_000;

export class Inbox {
  #messages: Message[] = [];

  add(message: Message): void {
    this.#messages.unshift(message);
    if (this.#messages.length > KEPT) this.#messages.length = KEPT;
  }

  /** Newest first; `to` compares without case. */
  list(to?: string): readonly Message[] {
    if (!to) return this.#messages;
    const wanted = to.toLowerCase();
    return this.#messages.filter((message) => message.to.some((address) => bare(address) === wanted));
  }

  clear(): void {
    this.#messages = [];
  }
}

/** `Ann <ann@example.com>` and `ann@example.com` are the same recipient. */
export function bare(address: string): string {
  return (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase();
}
