/** Stripe's habits on the wire: bracketed forms, its error object, ids with a prefix. */

import { randomBytes } from "node:crypto";
import { answer } from "../providers/answer.ts";

export interface StripeProblem {
  readonly type: "invalid_request_error" | "api_error" | "idempotency_error";
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
}

export function stripeError(status: number, problem: StripeProblem): Response {
  return answer({ error: problem }, status, "application/json", { "request-id": stripeId("req") });
}

export function missing(param: string): Response {
  return stripeError(400, { type: "invalid_request_error", code: "parameter_missing", message: `Missing required param: ${param}.`, param });
}

export function noSuch(what: string, id: string): Response {
  return stripeError(404, { type: "invalid_request_error", code: "resource_missing", message: `No such ${what}: '${id}'`, param: "id" });
}

export function stripeId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

/** A form of nested names: `line_items[0][price]=p` reads as path `line_items.0.price`. */
export class BracketForm {
  readonly #values: ReadonlyMap<string, string>;

  constructor(text: string) {
    this.#values = new Map(
      [...new URLSearchParams(text)].map(([name, value]) => [name.replaceAll("]", "").replaceAll("[", "."), value]),
    );
  }

  get(path: string): string | undefined {
    return this.#values.get(path);
  }

  /** The members one step below a path: `metadata` gives what `metadata[a]`, `metadata[b]` hold. */
  below(path: string): Record<string, string> {
    const prefix = `${path}.`;
    return Object.fromEntries(
      [...this.#values].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
    );
  }
}
