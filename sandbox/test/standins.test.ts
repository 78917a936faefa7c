import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, beforeEach, describe, test } from "node:test";
import StripeLibrary from "stripe";
import { Webhook } from "svix";
import { json, receiver, RESEND_SECRET, start, STRIPE_SECRET, type Running } from "./harness.ts";

// CommonJS; its types are not needed for what is asked of it here.
const twilio = createRequire(import.meta.url)("twilio") as {
  (sid: string, token: string, options: object): {
    messages: {
      create(message: object): Promise<{ sid: string; status: string }>;
      (sid: string): { fetch(): Promise<{ sid: string; status: string; errorCode: number | null }> };
    };
  };
  validateRequest(token: string, signature: string, url: string, parameters: Record<string, string>): boolean;
};

let hooks: Awaited<ReturnType<typeof receiver>>;
let sandbox: Running;
before(async () => {
  hooks = await receiver();
  sandbox = await start({ webhookTarget: hooks.base });
});
after(async () => {
  await sandbox.close();
  await hooks.close();
});
beforeEach(async () => {
  await sandbox.command("/reset");
  hooks.caught.length = 0;
});

interface InboxJson {
  readonly count: number;
  readonly messages: readonly { readonly kind: string; readonly to: readonly string[]; readonly subject: string | null; readonly text: string | null; readonly headers: Record<string, string> }[];
}

describe("Resend", () => {
  const mail = { from: "Rip City <alerts@example.com>", to: ["fan@example.com"], subject: "Down to $45", text: "It fell.", html: "<p>It fell.</p>", headers: { "List-Unsubscribe": "<https://example.com/u/1>" } };
  const send = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${sandbox.base}/resend/emails`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { authorization: "Bearer re_test", "content-type": "application/json", ...headers },
    });
  const name = async (answer: Promise<Response>): Promise<[number, string]> => {
    const body = await json<{ statusCode: number; name: string }>(answer);
    return [body.statusCode, body.name];
  };

  test("a mail reaches the inbox, and a callback that the official library accepts says it was delivered", async () => {
    const { id } = await json<{ id: string }>(send(mail));
    const inbox = await json<InboxJson>(sandbox.get("/inbox.json?to=FAN@example.com"));
    assert.equal(inbox.count, 1);
    assert.equal(inbox.messages[0]?.headers["List-Unsubscribe"], "<https://example.com/u/1>");
    const [callback] = await hooks.wait(1);
    assert.equal(callback?.path, "/hooks/resend");
    const headers = callback?.headers as Record<string, string>;
    const judge = new Webhook(RESEND_SECRET);
    judge.verify(callback?.body ?? "", headers);
    assert.throws(() => judge.verify(`${callback?.body} `, headers));
    const event = JSON.parse(callback?.body ?? "") as { type: string; data: { email_id: string } };
    assert.deepEqual([event.type, event.data.email_id], ["email.delivered", id]);
    const status = await json<{ last_event: string }>(sandbox.get(`/resend/emails/${id}`, { authorization: "Bearer re_test" }));
    assert.equal(status.last_event, "delivered");
  });

  test("addresses that begin with bounce and complain end so", async () => {
    await send({ ...mail, to: "bounce@example.com" });
    await send({ ...mail, to: "complain@example.com" });
    const types = (await hooks.wait(2)).map((one) => (JSON.parse(one.body) as { type: string }).type);
    assert.deepEqual(types.sort(), ["email.bounced", "email.complained"]);
  });

  test("one idempotency key sends once, answers the same, and refuses another body", async () => {
    const key = { "idempotency-key": "msg_1" };
    const first = await json<{ id: string }>(send(mail, key));
    assert.deepEqual(await json(send(mail, key)), first);
    assert.deepEqual(await name(send({ ...mail, subject: "Other" }, key)), [409, "invalid_idempotent_request"]);
    assert.equal((await json<InboxJson>(sandbox.get("/inbox.json"))).count, 1);
  });

  test("refusals carry Resend's names", async () => {
    assert.deepEqual(await name(send({ ...mail, to: undefined })), [422, "missing_required_field"]);
    assert.deepEqual(await name(send({ ...mail, to: "nobody" })), [422, "validation_error"]);
    assert.deepEqual(await name(send("{")), [400, "validation_error"]);
    assert.deepEqual(await name(send(mail, { authorization: "" })), [401, "missing_api_key"]);
    assert.deepEqual(await name(send(mail, { authorization: "Bearer bad-key" })), [403, "invalid_api_key"]);
    assert.deepEqual(await name(send(mail, { "idempotency-key": "k".repeat(257) })), [400, "invalid_idempotency_key"]);
    assert.equal((await json<InboxJson>(sandbox.get("/inbox.json"))).count, 0);
  });

  test("a limit on command gives 429 with headers", async () => {
    await sandbox.command("/limits", { resend_per_second: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => send(mail)));
    const refused = answers.find((answer) => answer.status === 429);
    assert.equal(refused?.headers.get("retry-after"), "1");
  });

  test("a callback that was refused comes again under the same id", async () => {
    const stubborn = await receiver([500, 500]);
    const other = await start({ webhookTarget: stubborn.base });
    try {
      await fetch(`${other.base}/resend/emails`, { method: "POST", body: JSON.stringify(mail), headers: { authorization: "Bearer k" } });
      const attempts = await stubborn.wait(3);
      assert.equal(new Set(attempts.map((attempt) => attempt.headers["svix-id"])).size, 1);
      for (const attempt of attempts) new Webhook(RESEND_SECRET).verify(attempt.body, attempt.headers as Record<string, string>);
    } finally {
      await other.close();
      await stubborn.close();
    }
  });
});

describe("Twilio", () => {
  const TOKEN = "an auth token";
  /** The official client, with its requests led to the sandbox. */
  const client = (token = TOKEN): ReturnType<typeof twilio> => {
    const httpClient = {
      request: async (options: { method: string; uri: string; username: string; password: string; data?: Record<string, string> }) => {
        const answer = await fetch(options.uri.replace("https://api.twilio.com", `${sandbox.base}/twilio`), {
          method: options.method.toUpperCase(),
          headers: { authorization: `Basic ${Buffer.from(`${options.username}:${options.password}`).toString("base64")}` },
          ...(options.data ? { body: new URLSearchParams(options.data) } : {}),
        });
        return { statusCode: answer.status, body: await answer.json(), headers: {} };
      },
    };
    return twilio("AC0123456789abcdef0123456789abcdef", token, { httpClient });
  };
  const message = (to: string): object => ({ to, from: "+15005550006", body: "Down to $45", statusCallback: `${hooks.base}/hooks/twilio?m=1` });

  test("the official client sends, and the callbacks pass its own check in the order queued, sent, delivered", async () => {
    const sent = await client().messages.create(message("+15035550100"));
    assert.equal(sent.status, "queued");
    const callbacks = await hooks.wait(3);
    const statuses = callbacks.map((callback) => {
      const parameters = Object.fromEntries(new URLSearchParams(callback.body));
      assert.equal(parameters["MessageSid"], sent.sid);
      assert.ok(twilio.validateRequest(TOKEN, String(callback.headers["x-twilio-signature"]), `${hooks.base}/hooks/twilio?m=1`, parameters));
      return parameters["MessageStatus"];
    });
    assert.deepEqual(statuses, ["queued", "sent", "delivered"]);
    assert.equal((await client().messages(sent.sid).fetch()).status, "delivered");
    assert.equal((await json<InboxJson>(sandbox.get("/inbox.json?to=%2B15035550100"))).messages[0]?.text, "Down to $45");
  });

  test("an invalid number, an opted-out one and a bad login carry Twilio's codes", async () => {
    await assert.rejects(client().messages.create(message("5035550100")), { code: 21211, status: 400 });
    await assert.rejects(client().messages.create(message("+15005550001")), { code: 21211 });
    await assert.rejects(client().messages.create(message("+15005550004")), { code: 21610 });
    await assert.rejects(client("bad").messages.create(message("+15035550100")), { code: 20003, status: 401 });
  });

  test("STOP from a phone is told by a signed webhook and ends sending until START", async () => {
    const say = (body: string): Promise<Response> => sandbox.command("/twilio/inbound", { from: "+15035550101", body, auth_token: TOKEN });
    await say(" stop ");
    const [callback] = await hooks.wait(1);
    const parameters = Object.fromEntries(new URLSearchParams(callback?.body));
    assert.equal(parameters["Body"], " stop ");
    assert.ok(twilio.validateRequest(TOKEN, String(callback?.headers["x-twilio-signature"]), `${hooks.base}/hooks/twilio`, parameters));
    await assert.rejects(client().messages.create(message("+15035550101")), { code: 21610 });
    await say("START");
    assert.ok((await client().messages.create(message("+15035550101"))).sid.startsWith("SM"));
  });
});

describe("Stripe", () => {
  const library = (key = "sk_test_sandbox"): StripeLibrary => {
    const { hostname, port } = new URL(sandbox.base);
    return new StripeLibrary(key, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
  };
  const order = {
    mode: "subscription" as const,
    line_items: [{ price: "price_premium", quantity: 1 }],
    success_url: "http://localhost:8787/account?session={CHECKOUT_SESSION_ID}",
    cancel_url: "http://localhost:8787/pricing",
    client_reference_id: "usr_1",
    customer_email: "fan@example.com",
    metadata: { user_id: "usr_1" },
    subscription_data: { metadata: { user_id: "usr_1" } },
  };
  const pay = (id: string): Promise<Response> => fetch(`${sandbox.base}/stripe/checkout/${id}/pay`, { method: "POST", redirect: "manual" });
  const events = (): { type: string; data: { object: Record<string, unknown> } }[] =>
    hooks.caught.map(({ body, headers }) => library().webhooks.constructEvent(body, String(headers["stripe-signature"]), STRIPE_SECRET) as never);

  test("a session that is paid becomes a subscription, told by three events that the official library accepts", async () => {
    const stripe = library();
    const session = await stripe.checkout.sessions.create(order);
    assert.equal(session.status, "open");
    const page = await (await fetch(session.url ?? "")).text();
    assert.match(page, /Stand-in for Stripe/);
    const back = await pay(session.id);
    assert.equal(back.status, 303);
    assert.equal(back.headers.get("location"), `http://localhost:8787/account?session=${session.id}`);
    await hooks.wait(3);
    assert.deepEqual(events().map((event) => event.type).sort(), ["checkout.session.completed", "customer.subscription.created", "invoice.paid"]);
    const paid = await stripe.checkout.sessions.retrieve(session.id);
    assert.deepEqual([paid.status, paid.payment_status, paid.client_reference_id], ["complete", "paid", "usr_1"]);
    const subscription = await stripe.subscriptions.retrieve(String(paid.subscription));
    assert.equal(subscription.status, "active");
    assert.equal(subscription.metadata["user_id"], "usr_1");
    assert.ok((subscription.items.data[0]?.current_period_end ?? 0) > Date.now() / 1000 + 29 * 86_400);
    const invoice = events().find((event) => event.type === "invoice.paid")?.data.object as { parent: { subscription_details: { subscription: string } } };
    assert.equal(invoice.parent.subscription_details.subscription, subscription.id);
  });

  test("paying twice is one subscription", async () => {
    const { id } = await library().checkout.sessions.create(order);
    await pay(id);
    await pay(id);
    await hooks.wait(3);
    assert.equal(hooks.caught.length, 3);
  });

  test("cancelling at the end and at once are told by updated and deleted", async () => {
    const stripe = library();
    const { id } = await stripe.checkout.sessions.create(order);
    await pay(id);
    const { subscription, customer } = await stripe.checkout.sessions.retrieve(id);
    hooks.caught.length = 0;
    const ending = await stripe.subscriptions.update(String(subscription), { cancel_at_period_end: true });
    assert.equal(ending.cancel_at_period_end, true);
    await stripe.subscriptions.cancel(String(subscription));
    await hooks.wait(2);
    assert.deepEqual(events().map((event) => event.type), ["customer.subscription.updated", "customer.subscription.deleted"]);
    const portal = await stripe.billingPortal.sessions.create({ customer: String(customer), return_url: "http://localhost:8787/account" });
    assert.match(await (await fetch(portal.url)).text(), /cancelled/);
  });

  test("the portal's button cancels", async () => {
    const stripe = library();
    const { id } = await stripe.checkout.sessions.create(order);
    await pay(id);
    const { subscription, customer } = await stripe.checkout.sessions.retrieve(id);
    const portal = await stripe.billingPortal.sessions.create({ customer: String(customer) });
    await fetch(`${portal.url}/${String(subscription)}/now`, { method: "POST", redirect: "manual" });
    assert.equal((await stripe.subscriptions.retrieve(String(subscription))).status, "canceled");
  });

  test("an idempotency key makes one session; with other parameters it is an idempotency_error", async () => {
    const stripe = library();
    const first = await stripe.checkout.sessions.create(order, { idempotencyKey: "k1" });
    assert.equal((await stripe.checkout.sessions.create(order, { idempotencyKey: "k1" })).id, first.id);
    await assert.rejects(stripe.checkout.sessions.create({ ...order, client_reference_id: "usr_2" }, { idempotencyKey: "k1" }), { type: "StripeIdempotencyError" });
  });

  test("a bad key, a missing price and an unknown id are Stripe's errors", async () => {
    await assert.rejects(library("bad-key").checkout.sessions.create(order), { type: "StripeAuthenticationError" });
    await assert.rejects(library().checkout.sessions.create({ ...order, line_items: [] }), { code: "parameter_missing" });
    await assert.rejects(library().subscriptions.retrieve("sub_none"), { code: "resource_missing", statusCode: 404 });
  });

  test("a callback can be sent once more on command, as real duplicates come", async () => {
    const { id } = await library().checkout.sessions.create(order);
    await pay(id);
    await hooks.wait(3);
    const { deliveries } = await json<{ deliveries: { id: string; type: string }[] }>(sandbox.get("/control/webhooks"));
    const again = await sandbox.command("/webhooks/resend", { id: deliveries[0]?.id });
    assert.equal(again.status, 200);
    assert.equal(hooks.caught.length, 4);
    assert.equal(events()[3]?.type, deliveries[0]?.type);
  });
});

describe("the inbox page", () => {
  test("empty, it says what to do; filled, it shows HTML only inside a sandboxed frame", async () => {
    assert.match(await (await sandbox.get("/inbox")).text(), /Nothing here yet/);
    const attack = `"><script>alert(1)</script>`;
    await fetch(`${sandbox.base}/resend/emails`, {
      method: "POST",
      body: JSON.stringify({ from: "a@example.com", to: "b@example.com", subject: attack, html: attack }),
      headers: { authorization: "Bearer k" },
    });
    const page = await (await sandbox.get("/inbox")).text();
    assert.ok(!page.includes("<script>alert"));
    assert.match(page, /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    assert.match(page, /invented data/);
    await fetch(`${sandbox.base}/inbox`, { method: "DELETE" });
    assert.equal((await json<InboxJson>(sandbox.get("/inbox.json"))).count, 0);
  });
});
