/** Checkout and billing portal of the stand-in. They say first that they are not Stripe and that nothing is paid. */

import type { Session, Subscription } from "../standins/stripe_objects.ts";
import { markup, page, type Html } from "./page.ts";

const NOTE = "Stand-in for Stripe, for development. Nothing is charged, and there is no card to enter.";

function money(minor: unknown): string {
  return `$${(Number(minor) / 100).toFixed(2)}`;
}

export function checkoutPage(session: Session, price: string): Html {
  return page({
    title: "Checkout (stand-in)",
    note: NOTE,
    body: markup`<section class="card" aria-label="Order">
<dl><dt>Price</dt><dd>${price}</dd><dt>Amount</dt><dd>${money(session["amount_total"])} a month</dd><dt>For</dt><dd>${session.customer_email ?? "no e-mail given"}</dd></dl>
<form method="post" action="/stripe/checkout/${session.id}/pay"><button type="submit">Pay ${money(session["amount_total"])}</button></form>
${session.cancel_url === null ? null : markup`<a class="button quiet" href="${session.cancel_url}">Go back</a>`}
</section>`,
  });
}

export function portalPage(portal: string, subscriptions: readonly Subscription[], returnUrl: string | null): Html {
  const button = (subscription: Subscription, wish: string, text: string, quiet: boolean): Html =>
    markup`<form method="post" action="/stripe/portal/${portal}/${subscription.id}/${wish}"><button type="submit" class="${quiet ? "quiet" : ""}">${text}</button></form>`;
  const card = (subscription: Subscription): Html => {
    const end = new Date((subscription.items.data[0]?.current_period_end ?? 0) * 1000).toISOString().slice(0, 10);
    const state = subscription.status === "canceled" ? "cancelled" : subscription.cancel_at_period_end ? `active, ends on ${end}` : `active, renews on ${end}`;
    return markup`<section class="card"><h2>Subscription</h2><p class="meta">${subscription.id}: ${state}</p>${
      subscription.status === "canceled"
        ? null
        : [
            subscription.cancel_at_period_end
              ? button(subscription, "keep", "Keep it", true)
              : button(subscription, "at-period-end", "Cancel at the end of the period", true),
            button(subscription, "now", "Cancel now", false),
          ]
    }</section>`;
  };
  return page({
    title: "Billing portal (stand-in)",
    note: NOTE,
    body: markup`${subscriptions.length === 0 ? markup`<p>This customer has no subscription.</p>` : subscriptions.map(card)}
${returnUrl === null ? null : markup`<a class="button quiet" href="${returnUrl}">Back to the site</a>`}`,
  });
}

export function gonePage(text: string): Html {
  return page({ title: "Nothing to pay here", note: NOTE, body: markup`<p>${text}</p>` });
}
