/** A simulated listing as Ticketmaster's partners see it: also where Discovery keeps the price to itself. */

import { DAY_MS } from "../calendar.ts";
import type { BoxOffice } from "../providers/ticketmaster_partner.ts";
import type { Offer } from "./offers.ts";
import { hash } from "./random.ts";

/** Price zones as multiples of the cheapest. */
const ZONES = [["10", 1], ["14", 1.45], ["17", 2.4]] as const;

export function boxOfficeOf(seed: number, offer: Offer): BoxOffice {
  const { listing, currency } = offer;
  const quote = offer.quote ?? offer.withheld;
  const hex = (part: string): string => hash(seed, listing.id, part).toString(16).padStart(8, "0").toUpperCase();
  return {
    id: listing.id,
    legacyId: `0B00${hex("legacy")}${hex("legacy-rest").slice(0, 4)}`,
    status: statusOf(offer),
    currency,
    zones: quote
      ? ZONES.map(([zone, times]) => ({
          zone,
          valueMinor: Math.round(quote.beforeFeesMinor * times),
          totalMinor: Math.round(quote.allInMinor * times),
        }))
      : [],
  };
}

function statusOf({ status, listing, changedMs }: Offer): BoxOffice["status"] {
  if (status === "sold_out" || status === "cancelled") return "TICKETS_NOT_AVAILABLE";
  if (status !== "onsale") return "UNKNOWN";
  return listing.event.hot && listing.event.startMs - changedMs < 7 * DAY_MS ? "FEW_TICKETS_LEFT" : "TICKETS_AVAILABLE";
}
