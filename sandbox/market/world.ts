/** The simulated market as a whole: events, listings and offers at a moment, and the commands tests give. */

import { windowFor } from "./glitches.ts";
import { listingsOf, type Listing, type Market } from "./carriage.ts";
import { Pricing, type Drop, type Offer } from "./offers.ts";
import { Schedule, type SimEvent } from "./schedule.ts";

export interface WorldOptions {
  readonly seed: number;
  /** The slowest pace of the clock: sets how long a bad moment lasts, so that it is short at every pace. */
  readonly slowest: number;
  /** Without outliers and ghosts. */
  readonly calm: boolean;
}

export class World {
  readonly seed: number;
  readonly #schedule: Schedule;
  readonly #pricing: Pricing;
  readonly #listings = new WeakMap<SimEvent, Listing[]>();
  readonly #drops = new Map<string, Drop[]>();
  readonly #pins = new Map<string, { readonly amountMinor: number | null; readonly atMs: number }>();

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.#schedule = new Schedule(options.seed);
    this.#pricing = new Pricing(options.seed, options.calm ? 0 : windowFor(options.slowest), {
      dropsOf: (key) => this.#drops.get(key) ?? [],
      pinOf: (listing) => this.#pins.get(`${listing.market}:${listing.id}`)?.amountMinor,
      pinnedMs: (listing) => this.#pins.get(`${listing.market}:${listing.id}`)?.atMs,
    });
  }

  events(t: number): SimEvent[] {
    return this.#schedule.at(t);
  }

  /** Events that were on sale between two moments, over or not. */
  eventsBetween(from: number, to: number): SimEvent[] {
    return this.#schedule.between(from, to);
  }

  listings(event: SimEvent): Listing[] {
    let listings = this.#listings.get(event);
    if (!listings) this.#listings.set(event, (listings = listingsOf(this.seed, event)));
    return listings;
  }

  offer(listing: Listing, t: number): Offer {
    return this.#pricing.offer(listing, t);
  }

  /** Every listing of a market at `t`, also those that it does not show at this moment. */
  allOffers(market: Market, t: number): Offer[] {
    return this.events(t)
      .flatMap((event) => this.listings(event))
      .filter((listing) => listing.market === market)
      .map((listing) => this.offer(listing, t));
  }

  /** What the market shows at `t`. */
  offers(market: Market, t: number): Offer[] {
    return this.allOffers(market, t).filter((offer) => offer.listed);
  }

  find(market: Market, id: string, t: number): Listing | undefined {
    return this.events(t).flatMap((event) => this.listings(event)).find((listing) => listing.market === market && listing.id === id);
  }

  /** Cuts the price of an event in every market from `t` on. `percent` in (0, 100). */
  drop(eventKey: string, percent: number, t: number): void {
    const drops = this.#drops.get(eventKey) ?? [];
    drops.push({ atMs: t, factor: 1 - percent / 100 });
    this.#drops.set(eventKey, drops);
  }

  /** Pins the amount a market states for a listing from `t` on; `null` for a missing price. */
  pin(market: Market, id: string, amountMinor: number | null, t: number): void {
    this.#pins.set(`${market}:${id}`, { amountMinor, atMs: t });
  }

  forget(): void {
    this.#drops.clear();
    this.#pins.clear();
  }
}
