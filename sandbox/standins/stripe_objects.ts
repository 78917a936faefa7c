/**
 * The Stripe objects that a subscription's life consists of, with the members that an integration reads. Shapes follow
 * the API version that the official library pins: the paid period stands on the subscription's items, an invoice names
 * its subscription under `parent.subscription_details`.
 */

import type { Open } from "../providers/answer.ts";
import { stripeId } from "./stripe_wire.ts";

export const API_VERSION = "2026-10-28.endive";
/** What the stand-in charges, whatever the price id: 9.00 USD a month. */
export const AMOUNT_MINOR = 900;
const MONTH_S = 30 * 24 * 3600;
const SESSION_LIFE_S = 24 * 3600;

export interface Session {
  readonly id: string;
  readonly object: "checkout.session";
  readonly success_url: string;
  readonly cancel_url: string | null;
  readonly client_reference_id: string | null;
  readonly customer_email: string | null;
  readonly metadata: Record<string, string>;
  readonly created: number;
  readonly expires_at: number;
  customer: string | null;
  subscription: string | null;
  invoice: string | null;
  status: "open" | "complete" | "expired";
  payment_status: "unpaid" | "paid";
  url: string | null;
  readonly [member: string]: unknown;
}

export interface Subscription {
  readonly id: string;
  readonly object: "subscription";
  readonly customer: string;
  readonly metadata: Record<string, string>;
  status: "active" | "canceled";
  cancel_at_period_end: boolean;
  cancel_at: number | null;
  canceled_at: number | null;
  ended_at: number | null;
  readonly items: { readonly data: readonly Open<{ readonly current_period_end: number }>[]; readonly [member: string]: unknown };
  readonly [member: string]: unknown;
}

export interface SessionRequest {
  readonly price: string;
  readonly quantity: number;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly clientReferenceId: string | null;
  readonly customer: string | null;
  readonly customerEmail: string | null;
  readonly metadata: Record<string, string>;
}

export function newSession(request: SessionRequest, nowS: number, origin: string): Session {
  const id = stripeId("cs_test");
  return {
    id,
    object: "checkout.session",
    amount_subtotal: AMOUNT_MINOR * request.quantity,
    amount_total: AMOUNT_MINOR * request.quantity,
    automatic_tax: { enabled: false, liability: null, status: null },
    cancel_url: request.cancelUrl,
    client_reference_id: request.clientReferenceId,
    created: nowS,
    currency: "usd",
    customer: request.customer,
    customer_creation: "always",
    customer_details: request.customerEmail === null ? null : { email: request.customerEmail, name: null, phone: null, tax_exempt: "none", tax_ids: null },
    customer_email: request.customerEmail,
    expires_at: nowS + SESSION_LIFE_S,
    invoice: null,
    livemode: false,
    metadata: request.metadata,
    mode: "subscription",
    payment_intent: null,
    payment_method_types: ["card"],
    payment_status: "unpaid",
    status: "open",
    subscription: null,
    success_url: request.successUrl,
    ui_mode: "hosted_page",
    url: `${origin}/stripe/checkout/${id}`,
  };
}

export function newSubscription(customer: string, price: string, quantity: number, metadata: Record<string, string>, nowS: number): Subscription {
  const id = stripeId("sub");
  return {
    id,
    object: "subscription",
    application: null,
    billing_cycle_anchor: nowS,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, reason: null },
    collection_method: "charge_automatically",
    created: nowS,
    currency: "usd",
    customer,
    default_payment_method: null,
    description: null,
    ended_at: null,
    items: {
      object: "list",
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
      data: [
        {
          id: stripeId("si"),
          object: "subscription_item",
          created: nowS,
          current_period_start: nowS,
          current_period_end: nowS + MONTH_S,
          metadata: {},
          price: { id: price, object: "price", active: true, currency: "usd", unit_amount: AMOUNT_MINOR, type: "recurring", recurring: { interval: "month", interval_count: 1 } },
          quantity,
          subscription: id,
        },
      ],
    },
    latest_invoice: null,
    livemode: false,
    metadata,
    start_date: nowS,
    status: "active",
    trial_end: null,
    trial_start: null,
  };
}

export function newInvoice(subscription: Subscription, email: string | null, nowS: number): { readonly id: string } & Record<string, unknown> {
  const id = stripeId("in");
  const end = subscription.items.data[0]?.current_period_end ?? nowS;
  return {
    id,
    object: "invoice",
    amount_due: AMOUNT_MINOR,
    amount_paid: AMOUNT_MINOR,
    amount_remaining: 0,
    attempt_count: 1,
    attempted: true,
    billing_reason: "subscription_create",
    collection_method: "charge_automatically",
    created: nowS,
    currency: "usd",
    customer: subscription.customer,
    customer_email: email,
    lines: {
      object: "list",
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
      data: [{ id: stripeId("il"), object: "line_item", amount: AMOUNT_MINOR, currency: "usd", period: { start: nowS, end }, subscription: subscription.id }],
    },
    livemode: false,
    metadata: {},
    parent: { type: "subscription_details", quote_details: null, subscription_details: { metadata: subscription.metadata, subscription: subscription.id } },
    period_start: nowS,
    period_end: nowS,
    status: "paid",
    subtotal: AMOUNT_MINOR,
    total: AMOUNT_MINOR,
  };
}

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly [member: string]: unknown;
}

/** The object is copied: an event tells what was, whatever happens to the object afterwards. */
export function newEvent(type: string, object: object, nowS: number): StripeEvent {
  return {
    id: stripeId("evt"),
    object: "event",
    api_version: API_VERSION,
    created: nowS,
    data: { object: structuredClone(object) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}
