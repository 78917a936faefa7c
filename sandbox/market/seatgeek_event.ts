/** A simulated listing in SeatGeek's clothes: whole dollars, no currency, 03:30 for a time that nobody knows yet. */

import { localText, utcText, instantOf, HOUR_MS } from "../calendar.ts";
import type { SeatGeekEvent } from "../providers/seatgeek.ts";
import { LEAGUES } from "./performers.ts";
import type { Offer } from "./offers.ts";
import { unit } from "./random.ts";

const UNKNOWN_TIME = "03:30:00";

export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

export function seatgeekEvent(seed: number, offer: Offer, origin: string): SeatGeekEvent {
  const { listing } = offer;
  const { event } = listing;
  const { city } = event.venue;
  const local = localText(event.startMs, city.zone);
  const shownLocal = offer.timeKnown ? local : `${local.slice(0, 10)}T${UNKNOWN_TIME}`;
  const taxonomy = taxonomyOf(offer);
  return {
    links: [],
    event_promotion: null,
    conditional: false,
    is_open: false,
    id: Number(listing.id),
    stats: statsOf(offer),
    title: listing.name,
    short_title: listing.name,
    announce_date: utcText(event.announcedMs).slice(0, 10) + "T00:00:00",
    created_at: utcText(event.announcedMs),
    visible_until_utc: utcText(event.startMs + 4 * HOUR_MS),
    score: Math.round(unit(seed, event.key, "score") * 1000) / 1000,
    popularity: Math.round(unit(seed, event.key, "popularity") * 1000) / 1000,
    access_method: null,
    announcements: {},
    taxonomies: [{ id: taxonomy.id, name: taxonomy.name, parent_id: null, rank: 0 }],
    type: taxonomy.name,
    status: { onsale: "normal", not_on_sale: "normal", sold_out: "normal", cancelled: "cancelled", postponed: "postponed" }[offer.status],
    description: "",
    datetime_local: shownLocal,
    datetime_utc: utcText(offer.timeKnown ? event.startMs : instantOf(shownLocal, city.zone)),
    enddatetime_utc: null,
    // `datetime_tbd` stayed false in every sample even where the time was unknown.
    datetime_tbd: false,
    date_tbd: false,
    time_tbd: !offer.timeKnown,
    performers: listing.performers.map((one) => ({
      id: Number(one.id),
      name: one.name,
      short_name: one.name,
      slug: slug(one.name),
      type: taxonomy.name,
      primary: one.role === "home" || one.role === "headline",
      ...(one.role === "home" ? { home_team: true } : {}),
      url: `${origin}/listing/seatgeek/${listing.id}`,
      image: null,
      images: {},
      has_upcoming_events: true,
      num_upcoming_events: 1,
      score: 0.5,
      popularity: 0,
    })),
    url: `${origin}/listing/seatgeek/${listing.id}`,
    venue: {
      links: [],
      id: Number(listing.venueId),
      name: listing.venueName,
      name_v2: listing.venueName,
      slug: slug(listing.venueName),
      address: event.venue.street,
      extended_address: `${city.name}, ${city.region} ${city.postalCode}`,
      display_location: `${city.name}, ${city.region}`,
      city: city.name,
      state: city.region,
      country: city.country,
      postal_code: city.postalCode,
      timezone: city.zone,
      location: { lat: city.lat, lon: city.lon },
      capacity: event.venue.capacity,
      metro_code: 0,
      score: 0.5,
      popularity: 0,
      access_method: null,
      has_upcoming_events: true,
      num_upcoming_events: 1,
      url: `${origin}/listing/seatgeek/${listing.id}`,
    },
  };
}

function taxonomyOf(offer: Offer): { id: number; name: string } {
  const { billing } = offer.listing.event;
  if (billing.kind === "game") {
    return LEAGUES[billing.home.league].sport === "Baseball" ? { id: 1010000, name: "baseball" } : { id: 1030000, name: "basketball" };
  }
  if (billing.kind === "show" && billing.act.kind === "concert") return { id: 2000000, name: "concert" };
  if (billing.kind === "show" && billing.act.kind === "comedy") return { id: 3060000, name: "comedy" };
  return { id: 3000000, name: "theater" };
}

/** Every member may be null: an event without prices has the object but nothing in it. */
function statsOf(offer: Offer): object {
  const { quote, listingCount } = offer;
  const dollars = (minor: number): number => minor / 100;
  const spread = quote ? quote.highestMinor - quote.wireMinor : 0;
  return {
    listing_count: quote ? listingCount : offer.absent === "sold_out" ? 0 : null,
    visible_listing_count: quote ? Math.ceil(listingCount * 0.9) : offer.absent === "sold_out" ? 0 : null,
    lowest_price: quote ? dollars(quote.wireMinor) : null,
    lowest_sg_base_price: quote ? Math.round(dollars(quote.beforeFeesMinor)) : null,
    average_price: quote ? Math.round(dollars(quote.wireMinor + spread * 0.3)) : null,
    median_price: quote ? Math.round(dollars(quote.wireMinor + spread * 0.22)) : null,
    highest_price: quote ? Math.round(dollars(quote.highestMinor)) : null,
    lowest_price_good_deals: null,
    lowest_sg_base_price_good_deals: null,
    dq_bucket_counts: [0, 0, 0, 0, 0, 0, 0, quote ? listingCount : 0],
  };
}

