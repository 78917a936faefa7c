/**
 * Stripe for one purpose: a person buys, changes and leaves a subscription. Checkout sessions, subscriptions, the billing
 * portal and the signed webhooks that tell of them; pages that say plainly that they are a stand-in. No money, no cards.
 */

import { Hono } from "hono";
import { answer } from "../providers/answer.ts";
import { checkoutPage, portalPage, gonePage } from "../pages/stripe_pages.ts";
import { html } from "../pages/page.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { stripeSignature } from "./signatures.ts";
import { newEvent, newInvoice, newSession, newSubscription, type Session, type StripeEvent, type Subscription } from "./stripe_objects.ts";
import { BracketForm, missing, noSuch, stripeError, stripeId } from "./stripe_wire.ts";
import type { WebhookPost } from "./webhooks.ts";

export interface StripeOptions {
  /** Where callbacks go; null sends none. */
  readonly webhookUrl: string | null;
  readonly webhookSecret: string;
  readonly now: () => number;
}

interface Order {
  readonly session: Session;
  readonly price: string;
  readonly quantity: number;
  readonly subscriptionMetadata: Record<string, string>;
}

interface Portal {
  readonly customer: string;
  readonly returnUrl: string | null;
}

export class StripeStandIn {
  /** `/v1/*`; also served at the root, because the official library cannot be given a path prefix. */
  readonly api = new Hono();
  /** Checkout and portal pages under `/stripe`. */
  readonly pages = new Hono();
  readonly #options: StripeOptions;
  readonly #post: WebhookPost;
  readonly #keys = new IdempotencyKeys();
  readonly #orders = new Map<string, Order>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #portals = new Map<string, Portal>();
  readonly #events = new Map<string, StripeEvent>();

  constructor(options: StripeOptions, post: WebhookPost) {
    this.#options = options;
    this.#post = post;
    this.#routeApi();
    this.#routePages();
  }

  forget(): void {
    this.#keys.forget();
    for (const kept of [this.#orders, this.#subscriptions, this.#portals, this.#events]) kept.clear();
  }

  #routeApi(): void {
    this.api.use("*", async (c, next) => {
      const key = /^Bearer\s+(\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
      if (!key) return stripeError(401, { type: "invalid_request_error", message: "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth." });
      if (key === "bad-key" || key === "bad") return stripeError(401, { type: "invalid_request_error", message: "Invalid API Key provided." });
      await next();
      c.res.headers.set("request-id", stripeId("req"));
      return;
    });
    this.api.post("/checkout/sessions", async (c) => {
      const text = await c.req.text();
      const origin = new URL(c.req.url).origin;
      return this.#once(c.req.header("idempotency-key"), `checkout ${text}`, () => this.#createSession(new BracketForm(text), origin));
    });
    this.api.get("/checkout/sessions/:id", (c) => {
      const order = this.#orders.get(c.req.param("id"));
      return order ? answer(order.session, 200, "application/json") : noSuch("checkout.session", c.req.param("id"));
    });
    this.api.get("/subscriptions/:id", (c) => {
      const subscription = this.#subscriptions.get(c.req.param("id"));
      return subscription ? answer(subscription, 200, "application/json") : noSuch("subscription", c.req.param("id"));
    });
    this.api.post("/subscriptions/:id", async (c) => {
      const subscription = this.#subscriptions.get(c.req.param("id"));
      if (!subscription) return noSuch("subscription", c.req.param("id"));
      const wish = new BracketForm(await c.req.text()).get("cancel_at_period_end");
      if (wish !== undefined) void this.#cancelAtPeriodEnd(subscription, wish === "true");
      return answer(subscription, 200, "application/json");
    });
    this.api.delete("/subscriptions/:id", (c) => {
      const subscription = this.#subscriptions.get(c.req.param("id"));
      if (!subscription || subscription.status === "canceled") return noSuch("subscription", c.req.param("id"));
      void this.#cancelNow(subscription);
      return answer(subscription, 200, "application/json");
    });
    this.api.post("/billing_portal/sessions", async (c) => {
      const form = new BracketForm(await c.req.text());
      const customer = form.get("customer");
      if (!customer) return missing("customer");
      const id = stripeId("bps");
      this.#portals.set(id, { customer, returnUrl: form.get("return_url") ?? null });
      const url = `${new URL(c.req.url).origin}/stripe/portal/${id}`;
      return answer({ id, object: "billing_portal.session", created: this.#nowS(), customer, livemode: false, return_url: form.get("return_url") ?? null, url }, 200, "application/json");
    });
    this.api.get("/events/:id", (c) => {
      const event = this.#events.get(c.req.param("id"));
      return event ? answer(event, 200, "application/json") : noSuch("event", c.req.param("id"));
    });
    this.api.all("*", (c) =>
      stripeError(404, { type: "invalid_request_error", message: `Unrecognized request URL (${c.req.method}: ${new URL(c.req.url).pathname}).` }),
    );
  }

  #routePages(): void {
    this.pages.get("/checkout/:id", (c) => {
      const order = this.#orders.get(c.req.param("id"));
      if (!order) return html(gonePage("This checkout does not exist."), 404);
      if (order.session.status !== "open") return html(gonePage("This checkout is already finished."), 410);
      return html(checkoutPage(order.session, order.price));
    });
    this.pages.post("/checkout/:id/pay", async (c) => {
      const order = this.#orders.get(c.req.param("id"));
      if (!order) return html(gonePage("This checkout does not exist."), 404);
      if (order.session.status === "open") await this.#complete(order);
      return c.redirect(order.session.success_url.replaceAll("{CHECKOUT_SESSION_ID}", order.session.id), 303);
    });
    this.pages.get("/portal/:id", (c) => {
      const portal = this.#portals.get(c.req.param("id"));
      if (!portal) return html(gonePage("This portal session does not exist."), 404);
      return html(portalPage(c.req.param("id"), this.#of(portal.customer), portal.returnUrl));
    });
    this.pages.post("/portal/:id/:subscription/:wish{now|at-period-end|keep}", async (c) => {
      const portal = this.#portals.get(c.req.param("id"));
      const subscription = this.#subscriptions.get(c.req.param("subscription"));
      if (!portal || !subscription || subscription.customer !== portal.customer) return html(gonePage("This portal session does not exist."), 404);
      if (subscription.status === "active") {
        if (c.req.param("wish") === "now") await this.#cancelNow(subscription);
        else await this.#cancelAtPeriodEnd(subscription, c.req.param("wish") === "at-period-end");
      }
      return c.redirect(`/stripe/portal/${c.req.param("id")}`, 303);
    });
  }

  #createSession(form: BracketForm, origin: string): Response {
    if (form.get("mode") === undefined) return missing("mode");
    if (form.get("mode") !== "subscription") {
      return stripeError(400, { type: "invalid_request_error", message: "The stand-in knows only mode=subscription.", param: "mode" });
    }
    const price = form.get("line_items.0.price");
    const successUrl = form.get("success_url");
    if (!price) return missing("line_items[0][price]");
    if (!successUrl || !URL.canParse(successUrl)) return missing("success_url");
    const quantity = Number(form.get("line_items.0.quantity") ?? 1);
    const session = newSession(
      {
        price,
        quantity,
        successUrl,
        cancelUrl: form.get("cancel_url") ?? null,
        clientReferenceId: form.get("client_reference_id") ?? null,
        customer: form.get("customer") ?? null,
        customerEmail: form.get("customer_email") ?? null,
        metadata: form.below("metadata"),
      },
      this.#nowS(),
      origin,
    );
    this.#orders.set(session.id, { session, price, quantity, subscriptionMetadata: form.below("subscription_data.metadata") });
    return answer(session, 200, "application/json");
  }

  /** The person has pressed "Pay": what exists from then on, and whom Stripe tells. */
  async #complete({ session, price, quantity, subscriptionMetadata }: Order): Promise<void> {
    const nowS = this.#nowS();
    session.customer ??= stripeId("cus");
    const subscription = newSubscription(session.customer, price, quantity, subscriptionMetadata, nowS);
    const invoice = newInvoice(subscription, session.customer_email, nowS);
    this.#subscriptions.set(subscription.id, subscription);
    Object.assign(session, { subscription: subscription.id, invoice: invoice.id, status: "complete", payment_status: "paid", url: null });
    Object.assign(subscription, { latest_invoice: invoice.id });
    // All at once: Stripe promises no order. The page waits for the first attempts, as Stripe's does.
    await Promise.all([
      this.#tell("checkout.session.completed", session),
      this.#tell("customer.subscription.created", subscription),
      this.#tell("invoice.paid", invoice),
    ]);
  }

  async #cancelNow(subscription: Subscription): Promise<void> {
    const nowS = this.#nowS();
    Object.assign(subscription, { status: "canceled", canceled_at: nowS, ended_at: nowS, cancel_at_period_end: false, cancel_at: null });
    await this.#tell("customer.subscription.deleted", subscription);
  }

  async #cancelAtPeriodEnd(subscription: Subscription, wish: boolean): Promise<void> {
    const end = subscription.items.data[0]?.current_period_end ?? null;
    Object.assign(subscription, { cancel_at_period_end: wish, cancel_at: wish ? end : null, canceled_at: wish ? this.#nowS() : null });
    await this.#tell("customer.subscription.updated", subscription);
  }

  async #tell(type: string, object: object): Promise<void> {
    const event = newEvent(type, object, this.#nowS());
    this.#events.set(event.id, event);
    if (this.#options.webhookUrl === null) return;
    const body = JSON.stringify(event);
    await this.#post.send({
      sender: "stripe",
      id: event.id,
      type,
      url: this.#options.webhookUrl,
      body,
      headers: (timestampS) => ({
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "stripe-signature": stripeSignature(this.#options.webhookSecret, timestampS, body),
      }),
    });
  }

  /** Runs a POST once per idempotency key; a second run with the same form answers the first result. */
  async #once(key: string | undefined, request: string, run: () => Response): Promise<Response> {
    if (key === undefined) return run();
    const now = this.#options.now();
    const seen = this.#keys.look(key, request, now);
    if (seen?.same === false) {
      return stripeError(400, {
        type: "idempotency_error",
        message: "Keys for idempotent requests can only be used with the same parameters they were first used with.",
      });
    }
    if (seen) {
      return new Response(seen.kept.answer, { status: seen.kept.status, headers: { "content-type": "application/json", "idempotent-replayed": "true" } });
    }
    const first = run();
    const text = await first.text();
    if (first.ok) this.#keys.keep(key, request, first.status, text, now);
    return new Response(text, { status: first.status, headers: first.headers });
  }

  #of(customer: string): Subscription[] {
    return [...this.#subscriptions.values()].filter((subscription) => subscription.customer === customer);
  }

  #nowS(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}
