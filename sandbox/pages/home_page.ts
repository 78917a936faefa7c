/** The landing page, and the page behind a simulated listing's link. */

import { markup, page, type Html } from "./page.ts";

export const SIMULATED_NOTE = "Simulated market: invented data. No performer, venue, event or price here is real.";
export const REPLAY_NOTE = "Replay of recorded data, moved in time. Nothing here is on sale; mail and SMS stay on this machine.";

export interface HomeFacts {
  readonly mode: "simulated" | "replay";
  readonly marketMs: number;
  readonly scale: number;
  readonly counts: readonly (readonly [label: string, value: string])[];
}

export function homePage(facts: HomeFacts): Html {
  const time = new Date(facts.marketMs).toISOString();
  return page({
    title: "Sandbox of Rip City Ticket Dispatch",
    note: facts.mode === "simulated" ? SIMULATED_NOTE : REPLAY_NOTE,
    body: markup`<section class="card" aria-label="State"><dl>
<dt>Mode</dt><dd>${facts.mode}</dd>
<dt>Market time</dt><dd><time datetime="${time}">${time.replace("T", " ").slice(0, 19)} UTC</time>, ${facts.scale} market seconds a second</dd>
${facts.counts.map(([label, value]) => markup`<dt>${label}</dt><dd>${value}</dd>`)}
</dl></section>
<p>Stands in for Ticketmaster, SeatGeek, StubHub, Eventbrite, a feed of offers, Resend, Twilio and Stripe while the product is developed. What you can look at: the <a href="/inbox">inbox</a> with every mail and SMS, the <a href="/control/world">world</a> as it truly is, the <a href="/control/requests">requests</a> that came in, and the <a href="/control/replay">replay</a>.</p>`,
  });
}

export function listingPage(name: string, market: string, when: string, where: string, price: string): Html {
  return page({
    title: name,
    note: SIMULATED_NOTE,
    body: markup`<section class="card" aria-label="Listing"><dl><dt>Market</dt><dd>${market} (simulated)</dd><dt>When</dt><dd>${when}</dd><dt>Where</dt><dd>${where}</dd><dt>From</dt><dd>${price}</dd></dl>
<p class="meta">On the real market this page would sell tickets. Here it only shows where the product's link leads.</p></section>`,
  });
}
