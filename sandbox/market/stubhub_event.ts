/** A simulated listing in the clothes of StubHub's published schema. */

import { offsetText, DAY_MS } from "../calendar.ts";
import type { StubHubItem } from "../providers/stubhub.ts";
import type { Listing } from "./carriage.ts";
import type { AbsentReason, Offer } from "./offers.ts";
import { LEAGUES } from "./performers.ts";

const STATUS = { onsale: "Normal", not_on_sale: "Normal", sold_out: "Normal", cancelled: "Cancelled", postponed: "Postponed" } as const;
const ROLE = { home: "HomeTeam", away: "AwayTeam", headline: "MainArtist", support: "SupportingArtist" } as const;

/** `merged` are listings that were merged into this one; `deleted` writes it as taken down. */
export function stubhubItem(offer: Offer, origin: string, merged: readonly Listing[], deleted = false): StubHubItem {
  const { listing } = offer;
  const { event } = listing;
  const { city } = event.venue;
  const { billing } = event;
  const league = billing.kind === "game" ? LEAGUES[billing.home.league].long : null;
  return {
    changedMs: Math.max(offer.changedMs, ...[...merged, ...(deleted ? [listing] : [])].map(({ mergedMs }) => mergedMs ?? 0)),
    body: {
      id: Number(listing.id),
      name: listing.name,
      start_date: offsetText(event.startMs, city.zone),
      end_date: null,
      on_sale_date: offsetText(listing.onSaleMs, city.zone),
      date_confirmed: offer.status !== "postponed",
      // StubHub keeps a plausible time of day and says so here.
      time_confirmed: offer.timeKnown && offer.status !== "postponed",
      type: listing.kind === "parking" ? "Parking" : "Main",
      ...(deleted ? {} : minTicketPrice(offer.quote?.wireMinor ?? null, offer.absent, offer.statesZero, offer.currency)),
      status: deleted ? "Deleted" : STATUS[offer.status],
      _links: {
        self: { href: `${origin}/stubhub/catalog/events/${listing.id}`, title: null, templated: false },
        "event:webpage": { href: `${origin}/listing/stubhub/${listing.id}`, title: null, templated: false },
      },
      _embedded: {
        categories: [
          ...listing.performers.map((one) => ({ id: Number(one.id), name: one.name, role: ROLE[one.role] })),
          ...(league ? [{ id: 70_001, name: league, role: "SportsLeague" }] : []),
        ],
        external_mappings: [{ id: `10${listing.id}`, platform_name: "legacy_stubhub" }],
        genre: genreOf(offer),
        merged_events: merged.map(({ id }) => ({ id: Number(id) })),
        venue: {
          id: Number(listing.venueId),
          name: listing.venueName,
          city: city.name,
          state_province: city.regionName,
          postal_code: city.postalCode,
          latitude: city.lat,
          longitude: city.lon,
          _embedded: { country: { code: city.country, name: city.country === "US" ? "United States" : "Canada" }, external_mappings: [] },
        },
      },
    },
  };
}

/** Null where StubHub is sold out, left out where it knows nothing, 0 on its bad nights: all three mean "no price". */
function minTicketPrice(minor: number | null, absent: AbsentReason | null, statesZero: boolean, currency: "USD" | "CAD"): object {
  if (minor === null && statesZero) return { min_ticket_price: { amount: 0, currency_code: currency, display: "$0" } };
  if (minor === null) return absent === "sold_out" ? { min_ticket_price: null } : {};
  return { min_ticket_price: { amount: minor / 100, currency_code: currency, display: `$${(minor / 100).toFixed(2)}` } };
}

function genreOf(offer: Offer): { id: number; name: string } {
  const { billing } = offer.listing.event;
  if (billing.kind === "game") return { id: 2, name: "Sports" };
  if (billing.kind === "show" && billing.act.kind === "concert") return { id: 1, name: "Concerts" };
  return { id: 3, name: "Theater" };
}

/** How long a listing that is gone stays among `deleted_items`. */
export const DELETED_SHOWN_MS = 7 * DAY_MS;
