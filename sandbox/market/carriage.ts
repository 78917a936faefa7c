/**
 * How each market carries an event: under which id and name, at which of the venue's names, with which add-ons beside it.
 * The disagreements are those that real pairs show (provider notes, matching): order of the teams, prefixes, aliases,
 * sponsors' names, state suffixes, stray spaces, resale twins, parking as an event of its own, ids that merge.
 */

import { DAY_MS } from "../calendar.ts";
import { ORGANIZATIONS, LEAGUES } from "./performers.ts";
import { between, hash, pick, token, unit } from "./random.ts";
import type { SimEvent } from "./schedule.ts";
import type { Venue } from "./venues.ts";

export type Market = "ticketmaster" | "seatgeek" | "stubhub" | "eventbrite" | "ticketevolution";
export const MARKETS: readonly Market[] = ["ticketmaster", "seatgeek", "stubhub", "eventbrite", "ticketevolution"];

/** `main` is the event itself; `resale` and `duplicate` are second listings of it; the others are add-ons. */
export type ListingKind = "main" | "resale" | "duplicate" | "parking" | "pass";

export interface ListedPerformer {
  readonly id: string;
  readonly name: string;
  readonly role: "home" | "away" | "headline" | "support";
}

export interface Listing {
  readonly event: SimEvent;
  readonly market: Market;
  readonly kind: ListingKind;
  readonly id: string;
  readonly name: string;
  readonly performers: readonly ListedPerformer[];
  readonly venueId: string;
  readonly venueName: string;
  /** Eventbrite's organization; null elsewhere. */
  readonly organization: string | null;
  readonly onSaleMs: number;
  /** StubHub: from then on this id is gone and answers as `mergedInto`. */
  readonly mergedMs: number | null;
  readonly mergedInto: string | null;
}

function marketsOf(seed: number, event: SimEvent): Market[] {
  const { billing, venue } = event;
  if (billing.kind === "gathering") return ["eventbrite"];
  const markets: Market[] = [];
  const club = venue.use === "club";
  if (club || unit(seed, event.key, "tm") < 0.95) markets.push("ticketmaster");
  // SeatGeek names no currency: outside the United States nobody could say what its numbers mean.
  if (venue.city.country === "US" && unit(seed, event.key, "sg") < 0.92) markets.push("seatgeek");
  if (unit(seed, event.key, "sh") < 0.92) markets.push("stubhub");
  if (club && unit(seed, event.key, "eb") < 0.75) markets.push("eventbrite");
  // Brokers sell where people queue; like SeatGeek, TicketEvolution names no currency.
  if (venue.city.country === "US" && !club && unit(seed, event.key, "te") < 0.5) markets.push("ticketevolution");
  return markets;
}

function nameOf(seed: number, event: SimEvent, market: Market): string {
  const { billing, venue, key } = event;
  const style = unit(seed, key, market, "style");
  if (billing.kind === "gathering") return billing.gathering.name;
  if (billing.kind === "game") {
    const { home, away } = billing;
    const game = billing.gameOfSeries === null ? "" : ` (Game ${billing.gameOfSeries})`;
    if (market === "seatgeek") return `${away.name} at ${home.alias ?? home.name}`;
    if (market === "stubhub") {
      return style < 0.25 ? `${home.league}: ${away.name} at ${home.name}` : `${away.name} at ${home.name}`;
    }
    if (market === "ticketevolution") return `${away.name} at ${home.name}`;
    return style < 0.2 ? `${LEAGUES[home.league].long}: ${home.name} vs. ${away.name}` : `${home.name} vs. ${away.name}${game}`;
  }
  const { act, support, sitting } = billing;
  const sittingText = sitting === null ? "" : sitting === "early" ? " (Early Show)" : " (Late Show)";
  switch (market) {
    case "ticketmaster":
      return act.tour && style < 0.6 ? `${act.name}: ${act.tour}${sittingText}` : `${act.name}${sittingText}`;
    case "seatgeek":
      return support && style < 0.5 ? `${act.name} with ${support.name}` : act.name;
    case "stubhub":
      return style < 0.3 ? `${act.alias ?? act.name} - ${venue.city.name}` : (act.alias ?? act.name);
    case "eventbrite":
      return `${act.name.toUpperCase()} at ${venue.name}${sittingText}`;
    case "ticketevolution":
      return support && style < 0.5 ? `${act.name} with ${support.name}` : act.name;
  }
}

function venueNameOf(venue: Venue, market: Market): string {
  switch (market) {
    case "ticketmaster":
      return venue.use === "club" || venue.use === "field" ? `${venue.name} ` : venue.name;
    case "seatgeek":
      return venue.city.name === "Portland" && venue.use === "arena" ? `${venue.name} - ${venue.city.region}` : venue.name;
    case "stubhub":
      return venue.formerName ?? venue.name;
    case "eventbrite":
    case "ticketevolution":
      return venue.name;
  }
}

/** Ids of a market that numbers: the week and the number make them unique, the seed moves the whole range. */
function numbered(seed: number, event: SimEvent, market: Market, offset: number): string {
  const place = event.week * 100 + event.number;
  switch (market) {
    case "seatgeek":
      return String(6_000_000 + (hash(seed, "sg") % 9) * 1_000_000 + place);
    case "ticketevolution":
      return String(1_000_000 + (hash(seed, "te") % 9) * 1_000_000 + place);
    case "stubhub":
      return String(155_000_000 + (hash(seed, "sh") % 90) * 10_000_000 + place * 10 + offset);
    default:
      return String(790_000_000_000 + (hash(seed, "eb") % 1000) * 100_000_000 + place * 37);
  }
}

function idOf(seed: number, event: SimEvent, market: Market, kind: ListingKind): string {
  if (market === "ticketmaster") {
    const prefix = kind === "resale" ? "Z7r9jZ1A" : "vvG1zZ9";
    return prefix + token(kind === "resale" ? 9 : 7, seed, event.key, kind);
  }
  return numbered(seed, event, market, kind === "duplicate" ? 1 : kind === "parking" ? 2 : 0);
}

export function venueIdOf(seed: number, venue: Venue, market: Market): string {
  const n = hash(seed, "venue", venue.key, market);
  return market === "ticketmaster" ? `KovZp${token(7, seed, "venue", venue.key)}` : String(10_000 + (n % 9_000_000));
}

function performerId(seed: number, name: string, market: Market): string {
  const n = hash(seed, "performer", name, market);
  return market === "ticketmaster" ? `K8vZ917${token(4, seed, "performer", name)}` : String(1_000 + (n % 900_000));
}

function performersOf(seed: number, event: SimEvent, market: Market): ListedPerformer[] {
  const { billing } = event;
  const one = (name: string, role: ListedPerformer["role"]): ListedPerformer => ({ id: performerId(seed, name, market), name, role });
  if (market === "eventbrite" || billing.kind === "gathering") return [];
  if (billing.kind === "game") {
    const home = market === "seatgeek" ? (billing.home.alias ?? billing.home.name) : billing.home.name;
    return [one(home, "home"), one(billing.away.name, "away")];
  }
  const support = billing.support && market !== "stubhub" ? [one(billing.support.name, "support")] : [];
  return [one(billing.act.name, "headline"), ...support];
}

function organizationOf(event: SimEvent): string {
  return event.billing.kind === "gathering" ? event.billing.gathering.organization : ORGANIZATIONS[1].id;
}

/** Every listing of an event, in every market, add-ons and second ids included. */
export function listingsOf(seed: number, event: SimEvent): Listing[] {
  const listings: Listing[] = [];
  for (const market of marketsOf(seed, event)) {
    const main: Listing = {
      event,
      market,
      kind: "main",
      id: idOf(seed, event, market, "main"),
      name: nameOf(seed, event, market),
      performers: performersOf(seed, event, market),
      venueId: venueIdOf(seed, event.venue, market),
      venueName: venueNameOf(event.venue, market),
      organization: market === "eventbrite" ? organizationOf(event) : null,
      onSaleMs: event.announcedMs + Math.round(between(0, 2, seed, event.key, market, "on-sale") * DAY_MS),
      mergedMs: null,
      mergedInto: null,
    };
    listings.push(main, ...besides(seed, main));
  }
  return listings;
}

function besides(seed: number, main: Listing): Listing[] {
  const { event, market } = main;
  const game = event.billing.kind === "game";
  const second = (kind: ListingKind, name: string): Listing => ({ ...main, kind, name, id: idOf(seed, event, market, kind) });
  const found: Listing[] = [];
  if (market === "stubhub" && event.venue.use === "arena" && unit(seed, event.key, "parking") < 0.3) {
    found.push(second("parking", `PARKING PASSES ONLY ${main.name}`));
  }
  if (market === "stubhub" && unit(seed, event.key, "duplicate") < 0.1) {
    const merged = event.startMs - Math.round(between(4, 35, seed, event.key, "merged-at") * DAY_MS);
    found.push({ ...second("duplicate", main.name), mergedMs: merged, mergedInto: main.id });
  }
  if (market === "ticketmaster" && game && unit(seed, event.key, "pass") < 0.2) {
    found.push(second("pass", `${main.name} - ${pick(["PASS", "SUITE", "POST GAME"], seed, event.key, "pass-kind")}`));
  }
  if (market === "ticketmaster" && game && unit(seed, event.key, "resale") < 0.2) {
    found.push(second("resale", main.name));
  }
  return found;
}
