/**
 * What each market would have answered in the past: the simulated price is a function of seed, listing and time, so a
 * sandbox that was started a minute ago has a history. Absences are those of that time; a listing that a market did not
 * show then has no observation.
 */

import { DAY_MS, HOUR_MS } from "../calendar.ts";
import type { Listing, Market } from "./carriage.ts";
import { toldCount, type AbsentReason, type Basis } from "./offers.ts";
import type { SimEvent } from "./schedule.ts";
import type { World } from "./world.ts";

/** `[market time in ms, stated amount in minor units or why there is none, listings on sale as the market counts them]` */
export type PastSight = readonly [atMs: number, price: number | AbsentReason, listings: number | null];

export interface PastListing {
  readonly market: Market;
  readonly source_event_id: string;
  readonly name: string;
  readonly currency: "USD" | "CAD";
  /** What the stated amounts include; null where nothing was ever stated. */
  readonly basis: Basis | null;
  readonly sights: readonly PastSight[];
}

export interface PastEvent {
  readonly event: string;
  /** The league, or the kind of act. */
  readonly kind: string;
  readonly start_ms: number;
  readonly listings: readonly PastListing[];
}

/** Only what a ticket of the event itself costs: parking and passes are events of their own. */
const OF_THE_EVENT = new Set(["main", "duplicate", "resale"]);

/** Events that were on sale within the `days` before `now`, over or not, seen every `stepHours`. */
export function past(world: World, now: number, days: number, stepHours: number): PastEvent[] {
  const step = stepHours * HOUR_MS;
  const from = Math.ceil((now - days * DAY_MS) / step) * step;
  return world.eventsBetween(from, now).map((event) => {
    const until = Math.min(now, event.startMs - 1);
    const listings = world.listings(event).filter(({ kind }) => OF_THE_EVENT.has(kind)).map((listing) => seen(world, listing, from, until, step));
    return { event: event.key, kind: kindOf(event), start_ms: event.startMs, listings: listings.filter(({ sights }) => sights.length > 0) };
  }).filter(({ listings }) => listings.length > 0);
}

function seen(world: World, listing: Listing, from: number, until: number, step: number): PastListing {
  const sights: PastSight[] = [];
  let basis: Basis | null = null;
  let currency: "USD" | "CAD" = "USD";
  // Every listing is looked at on its own minute, as planners do.
  const minute = (Number(listing.id.replace(/\D/g, "").slice(-4)) % 300) * 60_000;
  const first = Math.max(from, Math.ceil(listing.event.announcedMs / step) * step);
  for (let at = first + minute; at <= until; at += step) {
    const offer = world.offer(listing, at);
    if (!offer.listed) continue;
    currency = offer.currency;
    basis = offer.quote?.basis ?? basis;
    sights.push([at, offer.quote?.wireMinor ?? offer.absent ?? "unknown", toldCount(offer)]);
  }
  return { market: listing.market, source_event_id: listing.id, name: listing.name, currency, basis, sights };
}

function kindOf({ billing }: SimEvent): string {
  if (billing.kind === "game") return billing.home.league;
  return billing.kind === "show" ? billing.act.kind : "gathering";
}
