/** A simulated listing in Eventbrite's clothes: ticket classes with cost and fee apart, money as integer minor units. */

import { localText, utcStamp, HOUR_MS } from "../calendar.ts";
import type { EventbriteItem } from "../providers/eventbrite.ts";
import { eventbriteFee, type Offer } from "./offers.ts";

interface Money {
  readonly currency: string;
  readonly value: number;
  readonly major_value: string;
  readonly display: string;
}

function money(minor: number, currency: string): Money {
  const major = (minor / 100).toFixed(2);
  return { currency, value: minor, major_value: major, display: `$${major}` };
}

export function eventbriteItem(offer: Offer, origin: string, t: number): EventbriteItem {
  const { listing, currency } = offer;
  const { event } = listing;
  const { city } = event.venue;
  const free = offer.absent === "free";
  const soldOut = offer.status === "sold_out";
  const endMs = event.startMs + 3 * HOUR_MS;
  const times = (ms: number): object => ({ timezone: city.zone, local: localText(ms, city.zone), utc: utcStamp(ms) });
  const status = offer.status === "cancelled" || offer.status === "postponed" ? "canceled" : t < event.startMs ? "live" : "started";
  const text = (value: string): { text: string; html: string } => ({ text: value, html: value.replaceAll("&", "&amp;") });
  return {
    organizationId: listing.organization ?? "",
    venueId: listing.venueId,
    startMs: event.startMs,
    event: {
      name: text(listing.name),
      description: text("Simulated market: invented data."),
      summary: "Simulated market: invented data.",
      url: `${origin}/listing/eventbrite/${listing.id}`,
      start: times(event.startMs),
      end: times(endMs),
      organization_id: listing.organization,
      organizer_id: `5${listing.organization}`,
      created: utcStamp(event.announcedMs),
      changed: utcStamp(Math.min(t, offer.changedMs)),
      published: utcStamp(event.announcedMs),
      capacity: null,
      status,
      currency,
      listed: true,
      online_event: false,
      hide_start_date: false,
      hide_end_date: false,
      locale: "en_US",
      is_series: false,
      is_series_parent: false,
      is_free: free,
      venue_id: listing.venueId,
      category_id: event.billing.kind === "show" ? "103" : "113",
      subcategory_id: null,
      format_id: null,
      id: listing.id,
      resource_uri: `${origin}/eventbrite/v3/events/${listing.id}/`,
      is_externally_ticketed: false,
      logo: null,
    },
    expansions: {
      venue: venueOf(offer),
      ticket_availability: {
        has_available_tickets: !soldOut && offer.status === "onsale",
        minimum_ticket_price: leastPrice(offer, free),
        maximum_ticket_price: offer.quote ? money(offer.quote.highestMinor, currency) : leastPrice(offer, free),
        is_sold_out: soldOut,
        start_sales_date: times(listing.onSaleMs),
        waitlist_available: false,
        is_free: free,
        has_bogo_tickets: false,
      },
      ticket_classes: ticketClasses(offer, free, soldOut),
    },
  };
}

/** 0 for a free event and also, although the event is not free, for donations. */
function leastPrice(offer: Offer, free: boolean): Money | null {
  if (offer.quote) return money(offer.quote.wireMinor, offer.currency);
  return free || offer.statesZero ? money(0, offer.currency) : null;
}

function ticketClasses(offer: Offer, free: boolean, soldOut: boolean): object[] {
  const { listing, quote, currency } = offer;
  const { event } = listing;
  const common = {
    description: null,
    hidden: false,
    minimum_quantity: 1,
    maximum_quantity: 10,
    on_sale_status: soldOut ? "SOLD_OUT" : offer.status === "not_on_sale" ? "NOT_YET_ON_SALE" : offer.status === "onsale" ? "AVAILABLE" : "UNAVAILABLE",
    category: "admission",
    event_id: listing.id,
    sales_start: utcStamp(listing.onSaleMs),
    sales_end: utcStamp(event.startMs),
    quantity_total: event.venue.capacity,
    quantity_sold: soldOut ? event.venue.capacity : Math.max(0, event.venue.capacity - offer.listingCount),
    split_fee: false,
  };
  const nothing = { cost: null, fee: null, tax: null, actual_cost: null, actual_fee: null, include_fee: false };
  if (free) return [{ ...common, ...nothing, id: `${listing.id}1`, name: "Free admission", free: true, donation: false }];
  if (offer.statesZero) return [{ ...common, ...nothing, id: `${listing.id}1`, name: "Pay what you like", free: false, donation: true }];
  if (!quote) return [];
  const paid = (suffix: string, name: string, costMinor: number): object => {
    const fee = quote.basis === "all_in" ? Math.max(0, costMinor - Math.round((costMinor - 179) / 1.066)) : eventbriteFee(costMinor);
    const shown = money(fee, currency);
    return {
      ...common,
      id: `${listing.id}${suffix}`,
      name,
      free: false,
      donation: false,
      cost: money(costMinor, currency),
      fee: shown,
      tax: money(0, currency),
      actual_cost: null,
      actual_fee: shown,
      include_fee: quote.basis === "all_in",
    };
  };
  return [paid("1", "General admission", quote.wireMinor), paid("2", "Reserved table", quote.highestMinor)];
}

function venueOf(offer: Offer): EventbriteItem["expansions"]["venue"] {
  const { venue } = offer.listing.event;
  const { city } = venue;
  return {
    id: offer.listing.venueId,
    name: offer.listing.venueName,
    age_restriction: null,
    capacity: null,
    latitude: String(city.lat),
    longitude: String(city.lon),
    address: {
      address_1: venue.street,
      address_2: null,
      city: city.name,
      region: city.region,
      postal_code: city.postalCode,
      country: city.country,
      latitude: String(city.lat),
      longitude: String(city.lon),
      localized_address_display: `${venue.street}, ${city.name}, ${city.region} ${city.postalCode}`,
    },
  };
}
