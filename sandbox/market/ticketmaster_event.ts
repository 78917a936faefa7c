/** A simulated listing in Discovery's clothes, with the service's habits: optional prices, placeholder dates, string coordinates. */

import { localText, utcStamp, HOUR_MS } from "../calendar.ts";
import type { TicketmasterEvent, TicketmasterVenue } from "../providers/ticketmaster.ts";
import { LEAGUES } from "./performers.ts";
import type { Offer } from "./offers.ts";
import { unit } from "./random.ts";

const SEGMENTS = {
  game: { id: "KZFzniwnSyZfZ7v7nE", name: "Sports" },
  concert: { id: "KZFzniwnSyZfZ7v7nJ", name: "Music" },
  stage: { id: "KZFzniwnSyZfZ7v7na", name: "Arts & Theatre" },
} as const;

export function ticketmasterEvent(seed: number, offer: Offer, origin: string): TicketmasterEvent {
  const { listing } = offer;
  const { event } = listing;
  return {
    name: listing.name,
    type: "event",
    id: listing.id,
    test: false,
    url: `${origin}/listing/ticketmaster/${listing.id}`,
    locale: "en-us",
    images: [],
    sales: { public: { startDateTime: saleStart(seed, offer), startTBD: false, startTBA: false, endDateTime: utcStamp(event.startMs - HOUR_MS) } },
    dates: datesOf(seed, offer),
    classifications: [classification(offer)],
    ...prices(offer),
    ticketing: { safeTix: { enabled: true }, allInclusivePricing: { enabled: offer.quote?.basis === "all_in" }, id: "ticketing" },
    _links: {
      self: { href: `/discovery/v2/events/${listing.id}?locale=en-us` },
      attractions: listing.performers.map((one) => ({ href: `/discovery/v2/attractions/${one.id}?locale=en-us` })),
      venues: [{ href: `/discovery/v2/venues/${listing.venueId}?locale=en-us` }],
    },
    _embedded: {
      venues: [venueOf(offer)],
      ...(listing.performers.length > 0
        ? { attractions: listing.performers.map((one) => ({ name: one.name, type: "attraction", id: one.id, test: false, locale: "en-us" })) }
        : {}),
    },
  };
}

/** On 18 % of real events this is a placeholder of 1900, which means nothing. */
function saleStart(seed: number, offer: Offer): string {
  return unit(seed, offer.listing.id, "sale-placeholder") < 0.18 ? "1900-01-01T18:00:00Z" : utcStamp(offer.listing.onSaleMs);
}

function datesOf(seed: number, offer: Offer): NonNullable<TicketmasterEvent["dates"]> {
  const { event, kind } = offer.listing;
  const zone = event.venue.city.zone;
  const local = localText(event.startMs, zone);
  const date = local.slice(0, 10);
  const code = { onsale: "onsale", not_on_sale: "onsale", sold_out: "offsale", cancelled: "cancelled", postponed: "postponed" }[offer.status];
  // The zone is missing on a fifth of real events, and on every resale one.
  const zoned = kind !== "resale" && unit(seed, event.key, "tm-zone") >= 0.21;
  const flags = { dateTBD: false, dateTBA: false, timeTBA: false, noSpecificTime: false };
  const rest = { ...(zoned ? { timezone: zone } : {}), status: { code }, spanMultipleDays: false };
  if (offer.status === "postponed") {
    return {
      start: { ...flags, dateTBA: true, timeTBA: true },
      initialStartDate: { localDate: date, localTime: local.slice(11), dateTime: utcStamp(event.startMs) },
      ...rest,
    };
  }
  if (!offer.timeKnown) return { start: { localDate: date, ...flags, timeTBA: true }, ...rest };
  return { start: { localDate: date, localTime: local.slice(11), dateTime: utcStamp(event.startMs), ...flags }, ...rest };
}

function classification(offer: Offer): NonNullable<TicketmasterEvent["classifications"]>[number] {
  const { billing } = offer.listing.event;
  const genre =
    billing.kind === "game" ? LEAGUES[billing.home.league].sport : billing.kind === "show" ? billing.act.genre : "Other";
  const segment =
    billing.kind === "game" ? SEGMENTS.game : billing.kind === "show" && billing.act.kind === "concert" ? SEGMENTS.concert : SEGMENTS.stage;
  return { primary: true, segment, genre: { name: genre }, subGenre: { name: "Other" }, family: false };
}

/** `standard` is the face value before fees. No quote, no `priceRanges`: the service says nothing rather than 0. */
function prices(offer: Offer): Record<string, unknown> {
  const { quote } = offer;
  if (!quote) return {};
  return {
    priceRanges: [
      {
        type: quote.basis === "all_in" ? "standard including fees" : "standard",
        currency: offer.currency,
        min: quote.wireMinor / 100,
        max: quote.highestMinor / 100,
      },
    ],
  };
}

function venueOf(offer: Offer): TicketmasterVenue {
  const { venue } = offer.listing.event;
  const { city } = venue;
  return {
    name: offer.listing.venueName,
    type: "venue",
    id: offer.listing.venueId,
    test: false,
    locale: "en-us",
    postalCode: city.postalCode,
    timezone: city.zone,
    city: { name: city.name },
    state: { name: city.regionName, stateCode: city.region },
    country: city.country === "US" ? { name: "United States Of America", countryCode: "US" } : { name: "Canada", countryCode: "CA" },
    address: { line1: venue.street },
    location: { longitude: String(city.lon), latitude: String(city.lat) },
    _links: { self: { href: `/discovery/v2/venues/${offer.listing.venueId}?locale=en-us` } },
  };
}
