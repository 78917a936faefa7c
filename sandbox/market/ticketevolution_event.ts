/** A simulated listing in TicketEvolution's clothes, with the ticket groups that brokers hold of it. */

import { localText, offsetText, utcStamp, DAY_MS } from "../calendar.ts";
import type { TicketEvolutionItem, TicketGroup } from "../providers/ticketevolution.ts";
import { groupCount, type Offer } from "./offers.ts";
import type { LEAGUES } from "./performers.ts";
import { slug } from "./seatgeek_event.ts";
import { between, pick, unit } from "./random.ts";

const TAKEN_DOWN_AFTER_MS = 3 * DAY_MS;

export function ticketEvolutionItem(seed: number, offer: Offer, t: number): TicketEvolutionItem {
  const { listing } = offer;
  const { event } = listing;
  const { city } = event.venue;
  const groups = offer.listed ? ticketGroups(seed, offer) : [];
  const seats = groups.filter((group) => group.type === "event");
  const local = localText(event.startMs, city.zone);
  // Nobody knows the time yet: midnight at the venue.
  const shown = offer.timeKnown ? local : `${local.slice(0, 10)}T00:00:00`;
  const offset = offsetText(event.startMs, city.zone).slice(19);
  const updated = utcStamp(Math.min(t, offer.changedMs));
  const cancelledMs = event.fate?.kind === "cancelled" ? event.fate.atMs + TAKEN_DOWN_AFTER_MS : null;
  return {
    listed: offer.listed,
    deletedAt: cancelledMs !== null && t >= cancelledMs ? utcStamp(cancelledMs) : null,
    event: {
      id: Number(listing.id),
      url: `/events/${listing.id}`,
      name: listing.name,
      slug: slug(listing.name),
      occurs_at: `${shown}Z`,
      occurs_at_local: `${shown}${offset}`,
      tbd: !offer.timeKnown,
      state: offer.status === "cancelled" ? "canceled" : offer.status === "postponed" ? "postponed" : "shown",
      updated_at: updated,
      popularity_score: unit(seed, event.key, "popularity"),
      products_count: seats.length,
      available_count: seats.reduce((sum, group) => sum + Number(group["available_quantity"]), 0),
      owned_by_office: false,
      category: event.billing.kind === "game" ? leagueOf(event.billing.home.league) : { id: 54, name: "Concerts", parent: null },
      configuration: { id: Number(listing.venueId) % 10_000, name: "Standard", capacity: event.venue.capacity },
      venue: {
        id: Number(listing.venueId),
        url: `/venues/${listing.venueId}`,
        name: listing.venueName,
        slug: slug(listing.venueName),
        location: `${city.name}, ${city.region}`,
        time_zone: city.zone,
      },
      performances: listing.performers.map((one) => ({
        primary: one.role === "home" || one.role === "headline",
        performer: { id: Number(one.id), name: one.name, slug: slug(one.name), url: `/performers/${one.id}` },
      })),
    },
    groups,
    prices: seats.length === 0 ? null : { min_price: least(seats), max_price: -least(seats, -1) },
  };
}

const leagueOf = (league: keyof typeof LEAGUES): object => ({ id: 24, name: league, parent: { id: 1, name: "Sports", parent: null } });

const least = (groups: readonly TicketGroup[], sign = 1): number => Math.min(...groups.map((group) => sign * group.retail_price));

const SECTIONS = ["101", "104", "112", "118", "201", "207", "215", "306", "312", "324", "Floor A", "Club 3"];
const QUANTITIES = [1, 2, 2, 2, 3, 4, 4, 6, 8];

/** The cheapest group costs what the market states of the event; arenas have parking beside their seats. */
function ticketGroups(seed: number, offer: Offer): TicketGroup[] {
  const { listing, quote } = offer;
  if (quote === null) return [];
  const seats = Array.from({ length: groupCount(offer) }, (_, number) => {
    const times = number === 0 ? 1 : between(1.01, 4.5, seed, listing.id, "group-price", number);
    return group(seed, offer, number, "event", Math.round(quote.wireMinor * times));
  });
  const parking = listing.event.venue.use === "arena" ? [group(seed, offer, 99, "parking", Math.round(quote.wireMinor * 0.3) + 500)] : [];
  return [...seats, ...parking];
}

function group(seed: number, { listing }: Offer, number: number, type: "event" | "parking", priceMinor: number): TicketGroup {
  const quantity = type === "parking" ? 1 : pick(QUANTITIES, seed, listing.id, "quantity", number);
  return {
    id: Number(listing.id) * 100 + number,
    url: `/ticket_groups/${Number(listing.id) * 100 + number}`,
    type,
    section: type === "parking" ? "Parking" : pick(SECTIONS, seed, listing.id, "section", number),
    row: type === "parking" ? "Lot" : String(1 + Math.floor(28 * unit(seed, listing.id, "row", number))),
    quantity,
    available_quantity: quantity,
    splits: splitsOf(quantity),
    retail_price: priceMinor / 100,
    format: "Eticket",
    eticket: true,
    instant_delivery: number % 2 === 0,
    in_hand: true,
    public_notes: "",
    updated_at: utcStamp(listing.onSaleMs),
  };
}

/** Brokers leave no single seat behind. */
function splitsOf(quantity: number): number[] {
  return Array.from({ length: quantity }, (_, i) => i + 1).filter((taken) => quantity - taken !== 1);
}
