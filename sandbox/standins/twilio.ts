/**
 * Twilio's messages: `POST .../Messages.json`, the status query, signed status callbacks, and inbound messages on command.
 * Twilio's own magic numbers work: +15005550001 is invalid, +15005550004 has opted out, +15005550009 cannot take SMS.
 */

import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Hono } from "hono";
import { answer } from "../providers/answer.ts";
import type { Inbox } from "./inbox.ts";
import { twilioSignature } from "./signatures.ts";
import type { WebhookPost } from "./webhooks.ts";

export interface TwilioOptions {
  /** The token that signs callbacks; null takes the password the caller sent, which is that token. */
  readonly authToken: string | null;
  readonly now: () => number;
}

interface Sms {
  readonly sid: string;
  readonly account: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly createdMs: number;
  readonly callback: string | null;
  readonly token: string;
  status: string;
  errorCode: number | null;
}

const TYPE = "application/json";
const PATH = "/2010-04-01/Accounts/:sid/Messages";
const STATUS_STEP_MS = 120;
/** +15005550008 is ours: accepted, then undelivered (30003, unreachable handset). */
const UNREACHABLE = "+15005550008";
const OPT_OUT_WORDS = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const OPT_IN_WORDS = ["START", "UNSTOP", "YES"];

export function twilioError(status: number, code: number, message: string): Response {
  return answer({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, status, TYPE);
}

export class TwilioStandIn {
  readonly app = new Hono();
  readonly #options: TwilioOptions;
  readonly #inbox: Inbox;
  readonly #post: WebhookPost;
  readonly #messages = new Map<string, Sms>();
  readonly #optedOut = new Set<string>(["+15005550004"]);

  constructor(options: TwilioOptions, inbox: Inbox, post: WebhookPost) {
    this.#options = options;
    this.#inbox = inbox;
    this.#post = post;
    this.app.post(`${PATH}.json`, async (c) => {
      const account = c.req.param("sid");
      const token = passwordOf(c.req.header("authorization"));
      if (!token) return twilioError(401, 20003, "Authenticate");
      return this.#create(account, token, new URLSearchParams(await c.req.text()));
    });
    this.app.get(`${PATH}/:message{.+\\.json}`, (c) => {
      if (!passwordOf(c.req.header("authorization"))) return twilioError(401, 20003, "Authenticate");
      const sms = this.#messages.get(c.req.param("message").replace(/\.json$/, ""));
      if (!sms || sms.account !== c.req.param("sid")) return twilioError(404, 20404, `The requested resource ${new URL(c.req.url).pathname} was not found`);
      return answer(resource(sms), 200, TYPE);
    });
    this.app.all("*", (c) => twilioError(404, 20404, `The requested resource ${new URL(c.req.url).pathname} was not found`));
  }

  /** A message from a person's phone: STOP and START words count as on Twilio; with a URL the webhook is sent there. */
  async inbound(from: string, to: string, text: string, url: string | null, token: string): Promise<void> {
    const word = text.trim().toUpperCase();
    if (OPT_OUT_WORDS.includes(word)) this.#optedOut.add(from);
    if (OPT_IN_WORDS.includes(word)) this.#optedOut.delete(from);
    if (url === null) return;
    const sid = `SM${randomBytes(16).toString("hex")}`;
    const optOutType = OPT_OUT_WORDS.includes(word) ? "STOP" : OPT_IN_WORDS.includes(word) ? "START" : null;
    await this.#callback(sid, "inbound", url, this.#options.authToken ?? token, {
      MessageSid: sid,
      SmsSid: sid,
      AccountSid: "AC00000000000000000000000000000000",
      From: from,
      To: to,
      Body: text,
      NumMedia: "0",
      NumSegments: "1",
      SmsStatus: "received",
      ApiVersion: "2010-04-01",
      ...(optOutType ? { OptOutType: optOutType } : {}),
    });
  }

  forget(): void {
    this.#messages.clear();
    this.#optedOut.clear();
    this.#optedOut.add("+15005550004");
  }

  #create(account: string, token: string, form: URLSearchParams): Response {
    const to = form.get("To") ?? "";
    const from = form.get("From") ?? form.get("MessagingServiceSid") ?? "";
    const body = form.get("Body") ?? "";
    if (to === "") return twilioError(400, 21604, "A 'To' phone number is required.");
    if (from === "") return twilioError(400, 21603, "A 'From' phone number is required.");
    if (body === "") return twilioError(400, 21602, "Message body is required.");
    if (body.length > 1600) return twilioError(400, 21617, "The concatenated message body exceeds the 1600 character limit.");
    if (!/^\+[1-9]\d{6,14}$/.test(to) || to === "+15005550001") return twilioError(400, 21211, `Invalid 'To' Phone Number: ${to.slice(0, -4)}XXXX`);
    if (to === "+15005550009") return twilioError(400, 21614, `'To' number is not a valid mobile number`);
    if (this.#optedOut.has(to)) return twilioError(400, 21610, "Attempt to send to unsubscribed recipient");

    const sid = `SM${randomBytes(16).toString("hex")}`;
    const now = this.#options.now();
    const sms: Sms = {
      sid, account, from, to, body, createdMs: now, callback: form.get("StatusCallback"), token: this.#options.authToken ?? token, status: "queued", errorCode: null,
    };
    this.#messages.set(sid, sms);
    this.#inbox.add({ id: sid, kind: "sms", from, to: [to], subject: null, text: body, html: null, headers: {}, at_ms: now });
    // The answer is written before the life of the message begins.
    const accepted = answer(resource(sms), 201, TYPE);
    void this.#live(sms);
    return accepted;
  }

  async #live(sms: Sms): Promise<void> {
    const path = sms.to === UNREACHABLE ? ["queued", "sent", "undelivered"] : ["queued", "sent", "delivered"];
    for (const status of path) {
      await pause(STATUS_STEP_MS, undefined, { ref: false });
      // Forgotten meanwhile: nobody waits for its callbacks any more.
      if (!this.#messages.has(sms.sid)) return;
      sms.status = status;
      if (status === "undelivered") sms.errorCode = 30003;
      if (sms.callback === null) continue;
      const parameters: Record<string, string> = {
        AccountSid: sms.account,
        ApiVersion: "2010-04-01",
        From: sms.from,
        MessageSid: sms.sid,
        MessageStatus: status,
        SmsSid: sms.sid,
        SmsStatus: status,
        To: sms.to,
        ...(sms.errorCode !== null ? { ErrorCode: String(sms.errorCode) } : {}),
      };
      await this.#callback(`${sms.sid}:${status}`, `message.${status}`, sms.callback, sms.token, parameters);
    }
  }

  async #callback(id: string, type: string, url: string, token: string, parameters: Record<string, string>): Promise<void> {
    const headers = {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      "x-twilio-signature": twilioSignature(token, url, parameters),
      "i-twilio-idempotency-token": id,
      "user-agent": "TwilioProxy/1.1",
    };
    await this.#post.send({ sender: "twilio", id, type, url, body: new URLSearchParams(parameters).toString(), headers: () => headers });
  }
}

function passwordOf(authorization: string | undefined): string | undefined {
  const basic = /^Basic\s+(.+)$/i.exec(authorization ?? "")?.[1];
  const [user, ...rest] = (basic ? Buffer.from(basic, "base64").toString() : "").split(":");
  const password = rest.join(":");
  const good = user && password && ![user, password].some((part) => part === "bad-key" || part === "bad");
  return good ? password : undefined;
}

function resource(sms: Sms): object {
  const uri = `/2010-04-01/Accounts/${sms.account}/Messages/${sms.sid}`;
  const date = new Date(sms.createdMs).toUTCString().replace("GMT", "+0000");
  return {
    account_sid: sms.account,
    api_version: "2010-04-01",
    body: sms.body,
    date_created: date,
    date_sent: sms.status === "queued" ? null : date,
    date_updated: date,
    direction: "outbound-api",
    error_code: sms.errorCode,
    error_message: sms.errorCode === null ? null : "Unreachable destination handset",
    from: sms.from,
    messaging_service_sid: null,
    num_media: "0",
    num_segments: String(Math.ceil(sms.body.length / 160)),
    price: null,
    price_unit: "USD",
    sid: sms.sid,
    status: sms.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: sms.to,
    uri: `${uri}.json`,
  };
}
