import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS, HOUR_MS } from "../calendar.ts";
import { MARKETS, type Market } from "../market/carriage.ts";
import { simulatedCatalogue } from "../market/catalogue.ts";
import type { Offer } from "../market/offers.ts";
import { past } from "../market/past.ts";
import { ticketEvolutionItem } from "../market/ticketevolution_event.ts";
import { World } from "../market/world.ts";
import { START_MS } from "./harness.ts";

const world = (seed: number, calm = true, slowest = 7200): World => new World({ seed, slowest, calm });
const everything = (from: World, t: number): Offer[] => MARKETS.flatMap((market) => from.allOffers(market, t));

test("the market is a function of seed and time: another process at the same moment sees the same", () => {
  const once = world(7, false);
  for (let t = START_MS - 3 * DAY_MS; t < START_MS; t += DAY_MS) everything(once, t);
  assert.deepEqual(everything(once, START_MS), everything(world(7, false), START_MS));
});

test("the past is what the market would have answered then, absences and events that are over included", () => {
  const told = past(world(7), START_MS, 60, 6);
  const over = told.filter((event) => event.start_ms < START_MS);
  assert.ok(over.length >= 30, `${over.length} are over`);
  assert.ok(told.length - over.length >= 40);
  const sights = told.flatMap((event) => event.listings).flatMap((listing) => listing.sights);
  assert.ok(sights.some(([, price]) => typeof price === "string"), "absences are told");
  assert.ok(sights.every(([at, price]) => at <= START_MS && (typeof price === "string" || price > 0)));
  const then = world(7);
  for (const event of told.filter((_, index) => index % 20 === 0)) {
    for (const listing of event.listings) {
      const [at, price, count] = listing.sights[Math.floor(listing.sights.length / 2)] ?? [0, 0, null];
      const offer = then.allOffers(listing.market, at).find((one) => one.listing.id === listing.source_event_id);
      assert.equal(price, offer?.quote?.wireMinor ?? offer?.absent, listing.name);
      if (listing.market === "ticketevolution" && offer) assert.equal(count, ticketEvolutionItem(7, offer, at).event.products_count || null, listing.name);
      else assert.equal(count !== null, listing.market === "seatgeek" && typeof price === "number", listing.name);
    }
  }
});

test("another seed is another market", () => {
  const ids = (seed: number): string => JSON.stringify(everything(world(seed), START_MS).map((offer) => [offer.listing.id, offer.quote?.wireMinor]));
  assert.notEqual(ids(7), ids(8));
});

test("about sixty events are on sale, 0 to 60 days ahead, now and two years on", () => {
  for (const t of [START_MS, START_MS + 365 * DAY_MS, START_MS + 730 * DAY_MS]) {
    const events = world(7).events(t);
    assert.ok(events.length >= 45 && events.length <= 80, `${events.length} events`);
    for (const event of events) {
      assert.ok(event.startMs - t <= 60 * DAY_MS && event.startMs + 3 * HOUR_MS > t);
    }
    assert.ok(new Set(events.map((event) => event.venue.city.name)).size >= 4);
    assert.ok(events.some((event) => event.venue.city.name === "Portland"));
  }
});

test("an event is carried by one to five markets, many by three, each under an id and a name of its own", () => {
  const w = world(7);
  const counts = w.events(START_MS).map((event) => new Set(w.listings(event).map((listing) => listing.market)).size);
  assert.ok(counts.every((count) => count >= 1 && count <= 5));
  assert.ok(counts.filter((count) => count >= 3).length >= 20);
  assert.ok(counts.includes(1) && counts.includes(4) && counts.includes(MARKETS.length - 1));
  for (const market of MARKETS) {
    const ids = w.events(START_MS).flatMap((event) => w.listings(event)).filter((listing) => listing.market === market).map((listing) => listing.id);
    assert.equal(new Set(ids).size, ids.length, `${market} ids are unique`);
  }
  const differing = w.events(START_MS).filter((event) => new Set(w.listings(event).map((listing) => listing.name)).size > 1);
  assert.ok(differing.length >= 20);
});

test("no amount is ever 0, negative or a fraction of a cent", () => {
  const w = world(7, false);
  for (let t = START_MS; t < START_MS + 20 * DAY_MS; t += 5 * HOUR_MS) {
    for (const { quote } of everything(w, t)) {
      if (!quote) continue;
      for (const amount of [quote.wireMinor, quote.allInMinor, quote.beforeFeesMinor, quote.highestMinor]) {
        assert.ok(Number.isSafeInteger(amount) && amount > 0, String(amount));
      }
      assert.ok(quote.allInMinor >= quote.beforeFeesMinor);
    }
  }
});

test("an offer has a price or a reason, never both and never neither", () => {
  const w = world(7, false);
  for (let t = START_MS; t < START_MS + 30 * DAY_MS; t += 7 * HOUR_MS) {
    for (const offer of everything(w, t)) assert.equal(offer.quote === null, offer.absent !== null, offer.listing.id);
  }
});

/** Whoever polls every two market hours and believes a price seen twice: the falls of 5 to 30 % it would announce. */
function confirmedFalls(w: World, days: number): { event: string; market: Market; fall: number }[] {
  const falls: { event: string; market: Market; fall: number }[] = [];
  const seen = new Map<string, { last: number; believed: number }>();
  for (let t = START_MS; t < START_MS + days * DAY_MS; t += 2 * HOUR_MS) {
    for (const { listing, quote, listed } of everything(w, t)) {
      if (!quote || !listed) continue;
      const price = quote.wireMinor;
      const known = seen.get(listing.id);
      if (!known) {
        seen.set(listing.id, { last: price, believed: price });
        continue;
      }
      if (price === known.last && price < known.believed) {
        falls.push({ event: listing.event.key, market: listing.market, fall: 1 - price / known.believed });
      }
      seen.set(listing.id, { last: price, believed: price === known.last ? price : known.believed });
    }
  }
  return falls;
}

test("in five market days dozens of events have confirmed falls of 5 to 20 %", () => {
  for (const seed of [1, 7, 42]) {
    const falls = confirmedFalls(world(seed, false), 5).filter(({ fall }) => fall >= 0.05 && fall <= 0.2);
    const events = new Set(falls.map(({ event }) => event));
    assert.ok(events.size >= 20, `seed ${seed}: ${events.size} events`);
  }
});

test("outliers and ghosts occur, and nobody who asks twice is fooled by them", () => {
  const w = world(7, false);
  const glitches = new Set<string>();
  for (let t = START_MS; t < START_MS + 20 * DAY_MS; t += HOUR_MS) {
    for (const offer of everything(w, t)) if (offer.glitch) glitches.add(offer.glitch.ghost ? "ghost" : "outlier");
  }
  assert.deepEqual([...glitches].sort(), ["ghost", "outlier"]);
  const deepest = Math.max(...confirmedFalls(w, 30).map(({ fall }) => fall));
  assert.ok(deepest < 0.5, `a fall of ${deepest} was believed`);
});

test("bad days of every kind are in the market within five months", () => {
  const w = world(7);
  const found = new Set<string>();
  for (let t = START_MS; t < START_MS + 150 * DAY_MS; t += 5 * HOUR_MS) {
    for (const offer of everything(w, t)) {
      found.add(offer.status);
      if (offer.absent) found.add(offer.absent);
      if (!offer.timeKnown) found.add("time to be announced");
      if (offer.statesZero) found.add(`zero at ${offer.listing.market}`);
      found.add(offer.listing.kind);
    }
  }
  for (const kind of [
    "onsale", "not_on_sale", "sold_out", "cancelled", "postponed", "restricted", "free", "unknown", "time to be announced",
    "zero at stubhub", "zero at eventbrite", "main", "parking", "pass", "resale", "duplicate",
  ]) {
    assert.ok(found.has(kind), kind);
  }
});

test("there are an early and a late show on one day", () => {
  const shows = world(7).events(START_MS).filter((event) => event.billing.kind === "show" && event.billing.sitting !== null);
  const late = shows.find((event) => event.billing.kind === "show" && event.billing.sitting === "late");
  assert.ok(late);
  assert.ok(shows.some((event) => event !== late && event.venue === late.venue && late.startMs - event.startMs === 2.75 * HOUR_MS));
});

test("a commanded drop lasts and reaches every market; a pin is exact", () => {
  const w = world(7);
  const offers = everything(w, START_MS).filter((offer) => offer.quote && offer.listing.market !== "eventbrite" && offer.listing.kind === "main");
  const first = offers[0];
  assert.ok(first?.quote);
  w.drop(first.listing.event.key, 20, START_MS + 1);
  for (const market of MARKETS) {
    for (const before of offers.filter((offer) => offer.listing.event.key === first.listing.event.key && offer.listing.market === market)) {
      const after = w.offer(before.listing, START_MS + 2).quote?.wireMinor ?? 0;
      assert.ok(Math.abs(after / (before.quote?.wireMinor ?? 1) - 0.8) < 0.03, `${market}: ${before.quote?.wireMinor} to ${after}`);
    }
  }
  w.pin(first.listing.market, first.listing.id, 12_345, START_MS);
  assert.equal(w.offer(first.listing, START_MS + 3).quote?.wireMinor, 12_345);
  w.pin(first.listing.market, first.listing.id, null, START_MS);
  assert.equal(w.offer(first.listing, START_MS + 4).absent, "unknown");
});

test("updated_since misses nothing: whoever looks every twenty minutes finds every change of a listing marked as newer than the last look", () => {
  const w = world(7, false, 2000);
  const seen = new Map<string, string>();
  let changes = 0;
  const step = 20 * 60_000;
  for (let t = START_MS; t < START_MS + 6 * DAY_MS; t += step) {
    for (const { body, changedMs } of simulatedCatalogue(w).stubhub(t, "").items) {
      const text = JSON.stringify(body);
      const before = seen.get(String(body.id));
      seen.set(String(body.id), text);
      if (before === undefined || before === text) continue;
      changes += 1;
      assert.ok(changedMs > t - step && changedMs <= t, `${body.id} changed ${t - changedMs} ms before it was seen: ${before} ${text}`);
    }
  }
  assert.ok(changes > 100);
});

test("after a fast opening bad moments are as short as the slow pace wants them", () => {
  const slow = world(7, false, 60);
  const offers = MARKETS.flatMap((market) => slow.allOffers(market, START_MS)).map((offer) => offer.listing);
  let longest = 0;
  for (const listing of offers.slice(0, 12)) {
    let run = 0;
    for (let t = START_MS; t < START_MS + 2 * DAY_MS; t += 6_000) {
      run = slow.offer(listing, t).glitch ? run + 6_000 : 0;
      longest = Math.max(longest, run);
    }
  }
  assert.ok(longest > 0 && longest <= 48_000, `${longest} ms`);
});
