/**
 * Resend's mail API: `POST /emails` with its validation, idempotency keys and errors, and the signed webhook that says
 * what became of a mail. Nothing leaves this machine.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Hono } from "hono";
import { answer } from "../providers/answer.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { bare, type Inbox } from "./inbox.ts";
import { svixHeaders } from "./signatures.ts";
import type { WebhookPost } from "./webhooks.ts";

export interface ResendOptions {
  /** Where callbacks go; null sends none. */
  readonly webhookUrl: string | null;
  /** `whsec_` and base64. */
  readonly webhookSecret: string;
  readonly now: () => number;
}

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  readonly headers: Record<string, string>;
  readonly tags: readonly unknown[];
}

const TYPE = "application/json";
const CALLBACK_DELAY_MS = 150;
const ADDRESS = /^(?:[^<>]*<\s*[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+\s*>|[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+)$/;

export function resendError(statusCode: number, name: string, message: string): Response {
  return answer({ statusCode, name, message }, statusCode, TYPE);
}

/** What becomes of a mail, by how its first recipient begins. */
function outcome(to: string): "email.delivered" | "email.bounced" | "email.complained" {
  if (bare(to).startsWith("bounce")) return "email.bounced";
  if (bare(to).startsWith("complain")) return "email.complained";
  return "email.delivered";
}

export class ResendStandIn {
  readonly app = new Hono();
  readonly #options: ResendOptions;
  readonly #inbox: Inbox;
  readonly #post: WebhookPost;
  readonly #keys = new IdempotencyKeys();
  readonly #sent = new Map<string, Mail & { createdAt: string; lastEvent: string }>();
  #recent: number[] = [];
  /** Requests a second before 429; none by default, since accounts differ (2 on a new one). */
  perSecond: number | null = null;

  constructor(options: ResendOptions, inbox: Inbox, post: WebhookPost) {
    this.#options = options;
    this.#inbox = inbox;
    this.#post = post;
    this.app.use("*", async (c, next) => this.#refused(c.req.header("authorization")) ?? next());
    this.app.post("/emails", async (c) => this.#send(await c.req.text(), c.req.header("idempotency-key")));
    this.app.get("/emails/:id", (c) => {
      const mail = this.#sent.get(c.req.param("id"));
      if (!mail) return resendError(404, "not_found", "Email not found");
      const { createdAt, lastEvent, headers: _headers, ...rest } = mail;
      return answer({ object: "email", id: c.req.param("id"), ...rest, created_at: createdAt, last_event: lastEvent }, 200, TYPE);
    });
    this.app.all("*", () => resendError(404, "not_found", "The requested endpoint does not exist."));
  }

  forget(): void {
    this.#keys.forget();
    this.#sent.clear();
    this.#recent = [];
    this.perSecond = null;
  }

  #refused(authorization: string | undefined): Response | undefined {
    const key = /^Bearer\s+(\S+)$/.exec(authorization ?? "")?.[1];
    if (!key) return resendError(401, "missing_api_key", "Missing API key in the authorization header.");
    if (key === "bad-key" || key === "bad") return resendError(403, "invalid_api_key", "API key is invalid.");
    const now = this.#options.now();
    this.#recent = [...this.#recent.filter((at) => now - at < 1000), now];
    if (this.perSecond === null || this.#recent.length <= this.perSecond) return undefined;
    const refused = resendError(429, "rate_limit_exceeded", `Too many requests. You can only make ${this.perSecond} requests per second.`);
    for (const [name, value] of Object.entries({ "ratelimit-limit": this.perSecond, "ratelimit-remaining": 0, "ratelimit-reset": 1, "retry-after": 1 })) {
      refused.headers.set(name, String(value));
    }
    return refused;
  }

  #send(text: string, key: string | undefined): Response {
    const now = this.#options.now();
    if (key !== undefined && (key.length < 1 || key.length > 256)) {
      return resendError(400, "invalid_idempotency_key", "The key must be between 1-256 chars.");
    }
    const seen = key === undefined ? undefined : this.#keys.look(key, text, now);
    if (seen?.same === false) {
      return resendError(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload.");
    }
    if (seen) return new Response(seen.kept.answer, { status: seen.kept.status, headers: { "content-type": TYPE } });
    const mail = readMail(text);
    if (mail instanceof Response) return mail;

    const id = randomUUID();
    const createdAt = new Date(now).toISOString();
    this.#sent.set(id, { ...mail, createdAt, lastEvent: "sent" });
    this.#inbox.add({ id, kind: "email", from: mail.from, to: mail.to, subject: mail.subject, text: mail.text, html: mail.html, headers: mail.headers, at_ms: now });
    const accepted = JSON.stringify({ id });
    if (key !== undefined) this.#keys.keep(key, text, 200, accepted, now);
    void this.#report(id, mail, createdAt);
    return new Response(accepted, { status: 200, headers: { "content-type": TYPE } });
  }

  async #report(id: string, mail: Mail, createdAt: string): Promise<void> {
    await pause(CALLBACK_DELAY_MS, undefined, { ref: false });
    const type = outcome(mail.to[0] ?? "");
    const sent = this.#sent.get(id);
    // Forgotten meanwhile: nobody waits for its callback any more.
    if (!sent) return;
    sent.lastEvent = type.slice("email.".length);
    if (this.#options.webhookUrl === null) return;
    const body = JSON.stringify({
      type,
      created_at: new Date(this.#options.now()).toISOString(),
      data: {
        email_id: id,
        created_at: createdAt,
        from: mail.from,
        to: mail.to,
        subject: mail.subject,
        tags: mail.tags,
        ...(type === "email.bounced"
          ? { bounce: { type: "Permanent", subType: "General", message: "The recipient's mail server rejected the message." } }
          : {}),
      },
    });
    const eventId = `msg_${randomUUID().replaceAll("-", "")}`;
    await this.#post.send({
      sender: "resend",
      id: eventId,
      type,
      url: this.#options.webhookUrl,
      body,
      headers: (timestampS) => ({ "content-type": TYPE, ...svixHeaders(this.#options.webhookSecret, eventId, timestampS, body) }),
    });
  }
}

/** A mail, or Resend's refusal of it. */
function readMail(text: string): Mail | Response {
  let body: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new SyntaxError();
    body = parsed as Record<string, unknown>;
  } catch {
    return resendError(400, "validation_error", "The request body is not valid JSON.");
  }
  for (const field of ["from", "to", "subject"]) {
    if (body[field] === undefined || body[field] === "") return resendError(422, "missing_required_field", `Missing \`${field}\` field.`);
  }
  if (typeof body["html"] !== "string" && typeof body["text"] !== "string") {
    return resendError(422, "missing_required_field", "Missing `html` or `text` field.");
  }
  const to = Array.isArray(body["to"]) ? body["to"] : [body["to"]];
  const malformed = [body["from"], ...to].some((address) => typeof address !== "string" || !ADDRESS.test(address.trim()));
  if (malformed || to.length === 0 || to.length > 50 || typeof body["subject"] !== "string") {
    return resendError(422, "validation_error", "Invalid `to` or `from` field. The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.");
  }
  const headers = (body["headers"] ?? {}) as Record<string, unknown>;
  return {
    from: body["from"] as string,
    to: to as string[],
    subject: body["subject"],
    text: typeof body["text"] === "string" ? body["text"] : null,
    html: typeof body["html"] === "string" ? body["html"] : null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    tags: Array.isArray(body["tags"]) ? body["tags"] : [],
  };
}
