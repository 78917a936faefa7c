/** Bad days on command: what a stand-in does instead of, or to, its proper answer. */

import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import { setTimeout as pause } from "node:timers/promises";
import { emptyAnswer, refusal, serverError, tooMany } from "./fault_bodies.ts";
import type { StandIn } from "./requests.ts";

export const KINDS = [
  "500", "429", "429-no-headers", "401", "html", "empty", "empty-200", "truncated", "huge", "slow", "hang", "reset", "lost",
] as const;
export type Kind = (typeof KINDS)[number];

export interface Fault {
  readonly provider: StandIn;
  readonly kind: Kind;
  /** How many more requests it hits; null when it lasts until a moment. */
  times: number | null;
  /** Real epoch milliseconds at which it ends; null when it ends by count. */
  readonly until_ms: number | null;
  /** For `slow`: how long the answer waits. */
  readonly delay_ms: number;
}

const HANG_MS = 120_000;
const HUGE_BYTES = 12 * 1024 * 1024;

export class FaultBook {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** The oldest fault that is due for this provider; one use of it is spent. */
  take(provider: StandIn, now: number): Fault | undefined {
    this.#faults = this.#faults.filter((fault) => (fault.times ?? 1) > 0 && (fault.until_ms ?? Infinity) > now);
    const fault = this.#faults.find((candidate) => candidate.provider === provider);
    if (fault && fault.times !== null) fault.times -= 1;
    return fault;
  }

  list(now: number): readonly Fault[] {
    return this.#faults.filter((fault) => (fault.times ?? 1) > 0 && (fault.until_ms ?? Infinity) > now);
  }

  clear(): void {
    this.#faults = [];
  }
}

type Env = { Bindings: HttpBindings };

/** Stands before one provider's routes. */
export function faulty(provider: StandIn, book: FaultBook, now: () => number): MiddlewareHandler<Env> {
  return async (c, next) => {
    const fault = book.take(provider, now());
    if (!fault) return next();
    switch (fault.kind) {
      case "500":
        return serverError(provider);
      case "429":
        return tooMany(provider, true, now());
      case "429-no-headers":
        return tooMany(provider, false, now());
      case "401":
        return refusal(provider);
      case "html":
        return new Response(
          "<!doctype html><title>Just a moment</title><h1>Checking that you are human</h1><p>Please enable JavaScript.</p>",
          { status: 200, headers: { "content-type": "text/html; charset=utf-8" } },
        );
      case "empty":
        return new Response(null, { status: 200, headers: { "content-type": "application/json" } });
      case "empty-200":
        return emptyAnswer(provider);
      case "hang":
        await closedOr(c, HANG_MS);
        return destroyed(c);
      case "reset":
        return destroyed(c);
      case "lost":
        // The service did its work, the caller never hears of it.
        await next();
        return destroyed(c);
      case "slow":
        await pause(fault.delay_ms);
        return next();
      case "truncated":
        await next();
        return void (c.res = await halved(c.res));
      case "huge":
        await next();
        return void (c.res = await padded(c.res));
    }
  };
}

async function closedOr(c: Context<Env>, ms: number): Promise<void> {
  const gone = new AbortController();
  c.env.outgoing.once("close", () => gone.abort());
  await pause(ms, undefined, { signal: gone.signal }).catch(() => undefined);
}

function destroyed(c: Context<Env>): Response {
  c.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** The first half, under a length that says it is whole: only the decoder can notice. */
async function halved(whole: Response): Promise<Response> {
  const bytes = new Uint8Array(await whole.arrayBuffer());
  return new Response(bytes.slice(0, Math.floor(bytes.length / 2)), { status: whole.status, headers: whole.headers });
}

/** The same object with 12 MiB of padding as its first member: well-formed, and too much. */
async function padded(whole: Response): Promise<Response> {
  const text = await whole.text();
  const padding = `{"padding":"${"x".repeat(HUGE_BYTES)}",`;
  return new Response(text.startsWith("{") ? padding + text.slice(1) : text, { status: whole.status, headers: whole.headers });
}
