/**
 * What a listing offers at a moment of market time: a pure function of (seed, listing, time) and of the commands that
 * tests have given. Amounts are integer minor units of the venue's currency.
 */

import { DAY_MS, HOUR_MS } from "../calendar.ts";
import type { Listing } from "./carriage.ts";
import { glitchAt, lastGlitchTurn, type Glitch } from "./glitches.ts";
import { between, unit } from "./random.ts";
import type { SimEvent } from "./schedule.ts";
import { BOX_OFFICE, DEMAND, OWN_MARKET, SCARCITY, stepAt, walk, type Step, type Temper } from "./walk.ts";

export type AbsentReason = "restricted" | "not_on_sale" | "sold_out" | "free" | "unknown";
export type Basis = "all_in" | "before_fees";

export interface Quote {
  /** The amount that stands in the market's answer. */
  readonly wireMinor: number;
  readonly basis: Basis;
  /** What the buyer pays in the end, and what remains without the market's fees. */
  readonly allInMinor: number;
  readonly beforeFeesMinor: number;
  readonly highestMinor: number;
}

export interface Offer {
  readonly listing: Listing;
  readonly currency: "USD" | "CAD";
  /** False: the market does not show this listing in this answer. */
  readonly listed: boolean;
  readonly status: "onsale" | "not_on_sale" | "sold_out" | "cancelled" | "postponed";
  readonly timeKnown: boolean;
  readonly quote: Quote | null;
  /** What it costs although this market's public answer keeps the price to itself; null when there is nothing to buy. */
  readonly withheld: Quote | null;
  readonly absent: AbsentReason | null;
  /** The market states 0 where it knows no price. */
  readonly statesZero: boolean;
  readonly listingCount: number;
  /** When this listing last changed, for `updated_since`. */
  readonly changedMs: number;
  readonly glitch: Glitch | null;
}

/** A lasting cut of an event in every market, commanded by a test. */
export interface Drop {
  readonly atMs: number;
  readonly factor: number;
}

export interface Commands {
  dropsOf(eventKey: string): readonly Drop[];
  /** An exact wire price, `null` for "no price", `undefined` when nothing is pinned. A pinned listing has no bad moments. */
  pinOf(listing: Listing): number | null | undefined;
  /** When it was pinned last. */
  pinnedMs(listing: Listing): number | undefined;
}

export class Pricing {
  readonly #seed: number;
  readonly #glitchWindowMs: number;
  readonly #commands: Commands;
  /** Walks hang on their event objects, which the schedule lets go when they are long past. */
  readonly #walks = new WeakMap<SimEvent, Map<string, Step[]>>();

  /** `glitchWindowMs` of 0 gives a calm market, without outliers and ghosts. */
  constructor(seed: number, glitchWindowMs: number, commands: Commands) {
    this.#seed = seed;
    this.#glitchWindowMs = glitchWindowMs;
    this.#commands = commands;
  }

  offer(listing: Listing, t: number): Offer {
    const { event } = listing;
    const pin = this.#commands.pinOf(listing);
    const glitch = pin === undefined ? glitchAt(this.#seed, listing, t, this.#glitchWindowMs) : null;
    const soldOut = isSoldOut(this.#seed, event, t);
    const fate = event.fate && t >= event.fate.atMs ? event.fate.kind : null;
    const moved = this.#level(listing, t);
    const status = fate ?? (t < listing.onSaleMs ? "not_on_sale" : soldOut ? "sold_out" : "onsale");
    const drops = this.#commands.dropsOf(event.key).filter((drop) => drop.atMs <= t);
    let quote: Quote | null = null;
    let withheld: Quote | null = null;
    let absent: AbsentReason | null = null;
    if (pin !== undefined) {
      if (pin === null) absent = "unknown";
      else quote = quoteFrom(this.#seed, listing, { wireMinor: pin });
    } else {
      absent = absence(this.#seed, listing, status, t);
      if (absent === null || absent === "restricted") {
        const factor = drops.reduce((product, drop) => product * drop.factor, 1) * (glitch?.factor ?? 1);
        const priced = quoteFrom(this.#seed, listing, { allIn: openingOf(this.#seed, listing) * moved.level * factor });
        if (absent === null) quote = priced;
        else withheld = priced;
      }
    }
    return {
      listing,
      currency: event.venue.city.country === "CA" ? "CAD" : "USD",
      listed: listedAt(listing, t) && !glitch?.ghost,
      status,
      timeKnown: timeKnown(this.#seed, listing, t),
      quote,
      withheld,
      absent,
      statesZero: pin === undefined && absent === "unknown" && saysZero(this.#seed, listing, t),
      listingCount: quote === null ? 0 : countAt(this.#seed, listing, t),
      changedMs: Math.max(
        event.announcedMs,
        this.#commands.pinnedMs(listing) ?? 0,
        ...drops.map((drop) => drop.atMs),
        ...[moved.atMs, ...this.#turns(listing, t)].filter((at) => at <= t),
      ),
      glitch,
    };
  }

  /** The moments, some of them still to come, at which something other than the walk changes what the market shows. */
  #turns(listing: Listing, t: number): number[] {
    const { event } = listing;
    const { sellsOutMs } = event;
    return [
      listing.onSaleMs,
      ...(event.fate ? [event.fate.atMs] : []),
      ...(sellsOutMs === null ? [] : [sellsOutMs, sellsOutMs + RETURNS_AFTER_MS]),
      ...(event.timeKnownMs === null ? [] : [timeKnownFrom(this.#seed, listing, event.timeKnownMs)]),
      ...zeroTurns(this.#seed, listing, t),
      lastGlitchTurn(this.#seed, listing, t, this.#glitchWindowMs),
    ];
  }

  /** The walk that the event makes everywhere (each market follows after its own delay) times the market's own. */
  #level(listing: Listing, t: number): Step {
    const { event, market } = listing;
    if (market === "ticketmaster" || market === "eventbrite") return this.#step(event, BOX_OFFICE, `${market} box office`, t);
    const delay = Math.round(between(0, 3, this.#seed, event.key, market, "delay") * HOUR_MS);
    const demand = this.#step(event, event.hot ? SCARCITY : DEMAND, "demand", t - delay);
    const own = this.#step(event, OWN_MARKET, `${market} own`, t);
    return { atMs: Math.max(demand.atMs + delay, own.atMs), level: demand.level * own.level };
  }

  #step(event: SimEvent, temper: Temper, name: string, t: number): Step {
    let walks = this.#walks.get(event);
    if (!walks) this.#walks.set(event, (walks = new Map()));
    let steps = walks.get(name);
    if (!steps) walks.set(name, (steps = walk(temper, event.announcedMs, event.startMs, this.#seed, event.key, name)));
    return stepAt(steps, t);
  }
}

function listedAt(listing: Listing, t: number): boolean {
  const { event } = listing;
  if (t < event.announcedMs) return false;
  if (listing.mergedMs !== null && t >= listing.mergedMs) return false;
  // A cancelled event is shown as such for three days, then taken down.
  if (event.fate?.kind === "cancelled" && t >= event.fate.atMs + 3 * DAY_MS) return false;
  return listing.market === "stubhub" ? t < event.startMs : true;
}

function timeKnown(seed: number, listing: Listing, t: number): boolean {
  const { event, market } = listing;
  if (event.timeKnownMs === null || market === "eventbrite") return true;
  return t >= timeKnownFrom(seed, listing, event.timeKnownMs);
}

function timeKnownFrom(seed: number, { event, market }: Listing, timeKnownMs: number): number {
  return timeKnownMs + Math.round(between(-2, 2, seed, event.key, market, "time-known") * DAY_MS);
}

/** Half of the events that sell out have returned tickets after so long. */
const RETURNS_AFTER_MS = 30 * HOUR_MS;

function isSoldOut(seed: number, event: SimEvent, t: number): boolean {
  if (event.sellsOutMs === null || t < event.sellsOutMs) return false;
  const returns = unit(seed, event.key, "returns") < 0.5;
  return !(returns && t >= event.sellsOutMs + RETURNS_AFTER_MS);
}

function absence(seed: number, listing: Listing, status: Offer["status"], t: number): AbsentReason | null {
  const { event, market, kind } = listing;
  if (status === "not_on_sale") return "not_on_sale";
  if (status === "sold_out") return "sold_out";
  if (status === "cancelled") return "unknown";
  if (market === "eventbrite" && event.billing.kind === "gathering") {
    if (event.billing.gathering.free) return "free";
    if (event.billing.gathering.donation) return "unknown";
  }
  if (kind === "resale") return "restricted";
  const chance = unit(seed, listing.id, "shown");
  if (market === "ticketmaster" && chance < 0.4) return "restricted";
  if (market === "seatgeek" && chance < 0.12) return "restricted";
  if (market === "stubhub" && chance < 0.04) return "unknown";
  return saysZero(seed, listing, t) ? "unknown" : null;
}

/** Some StubHub listings state a price of 0 for three hours every third night; donations always do. */
function saysZero(seed: number, listing: Listing, t: number): boolean {
  if (listing.market === "eventbrite") {
    const { billing } = listing.event;
    return billing.kind === "gathering" && billing.gathering.donation;
  }
  if (!hasBadNights(seed, listing)) return false;
  const day = Math.floor(t / DAY_MS);
  return day % 3 === 0 && t - day * DAY_MS < BAD_NIGHT_MS;
}

const BAD_NIGHT_MS = 3 * HOUR_MS;
const hasBadNights = (seed: number, listing: Listing): boolean => listing.market === "stubhub" && unit(seed, listing.id, "zero") < 0.06;

/** Beginning and end of the last such night. */
function zeroTurns(seed: number, listing: Listing, t: number): number[] {
  if (!hasBadNights(seed, listing)) return [];
  const day = Math.floor(t / DAY_MS);
  const night = (day - (day % 3)) * DAY_MS;
  return [night, night + BAD_NIGHT_MS];
}

/** The all-in price in minor units on the first day. */
function openingOf(seed: number, listing: Listing): number {
  const { event, market, kind } = listing;
  if (kind === "parking" || kind === "pass") return Math.round(between(18, 45, seed, listing.id, "add-on")) * 100;
  if (event.billing.kind === "gathering") return event.openingMinor;
  const market_factor = { ticketmaster: [0.88, 1.0], eventbrite: [0.85, 0.95], seatgeek: [0.97, 1.1], stubhub: [1.0, 1.18], ticketevolution: [0.95, 1.15] } as const;
  const [low, high] = market_factor[market];
  return event.openingMinor * between(low, high, seed, listing.event.key, market, kind, "factor");
}

/** All-in over before-fee: SeatGeek's recorded median is 1.34 to 1.38, StubHub's 1.23 to 1.28. */
export function feeRatio(seed: number, listing: Listing): number {
  const range = { ticketmaster: [1.18, 1.28], seatgeek: [1.32, 1.4], stubhub: [1.23, 1.28], eventbrite: [1, 1], ticketevolution: [1.15, 1.3] } as const;
  const [low, high] = range[listing.market];
  return between(low, high, seed, listing.event.key, listing.market, "fee");
}

/** Eventbrite's fee on a ticket: 3.7 % and 1.79 of service, 2.9 % of processing. */
export function eventbriteFee(costMinor: number): number {
  return costMinor === 0 ? 0 : Math.round(costMinor * 0.037) + 179 + Math.round(costMinor * 0.029);
}

/** Whether the number in the market's answer contains the fees. */
export function basisOf(seed: number, listing: Listing): Basis {
  const { market } = listing;
  if (market === "seatgeek" || market === "stubhub") return "all_in";
  if (market === "ticketevolution") return "before_fees";
  const share = market === "ticketmaster" ? 0.3 : 0.25;
  return unit(seed, listing.event.key, market, "basis") < share ? "all_in" : "before_fees";
}

/** Builds the three amounts from one of them, rounded the way the market rounds. Never below one cent. */
function quoteFrom(seed: number, listing: Listing, known: { allIn: number } | { wireMinor: number }): Quote {
  const basis = basisOf(seed, listing);
  const ratio = feeRatio(seed, listing);
  const feeOf = (before: number): number => (listing.market === "eventbrite" ? eventbriteFee(before) : Math.round(before * (ratio - 1)));
  const unfee = (allIn: number): number =>
    Math.max(1, Math.round(listing.market === "eventbrite" ? (allIn - 179) / 1.066 : allIn / ratio));
  const rounding = { ticketmaster: 50, seatgeek: 100, stubhub: 1, eventbrite: 100, ticketevolution: 1 }[listing.market];
  const rounded = (minor: number): number => Math.max(rounding, Math.round(minor / rounding) * rounding);
  const wireMinor = "wireMinor" in known ? known.wireMinor : rounded(basis === "all_in" ? known.allIn : unfee(known.allIn));
  const beforeFeesMinor = basis === "all_in" ? unfee(wireMinor) : wireMinor;
  const allInMinor = basis === "all_in" ? wireMinor : wireMinor + feeOf(wireMinor);
  const spread = between(2.2, 6, seed, listing.id, "spread");
  return { wireMinor, basis, allInMinor, beforeFeesMinor, highestMinor: rounded(wireMinor * spread) };
}

/** Fewer listings as the day nears. */
function countAt(seed: number, listing: Listing, t: number): number {
  const left = Math.max(0, (listing.event.startMs - t) / (60 * DAY_MS));
  const most = between(40, 900, seed, listing.event.key, listing.market, "count");
  return 2 + Math.round(most * (0.15 + 0.85 * Math.min(1, left)));
}

const FEWEST_GROUPS = 4;
const MOST_GROUPS = 28;

/** The ticket groups that brokers hold of a listing. */
export const groupCount = (offer: Offer): number => Math.min(MOST_GROUPS, FEWEST_GROUPS + Math.floor(offer.listingCount / 24));

/** How many listings the market says are on sale; null where it does not say. */
export function toldCount(offer: Offer): number | null {
  if (offer.quote === null) return null;
  const { market } = offer.listing;
  return market === "seatgeek" ? offer.listingCount : market === "ticketevolution" ? groupCount(offer) : null;
}
