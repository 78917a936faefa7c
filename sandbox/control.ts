/** What tests and the demo may ask of the sandbox and tell it. Bad input is a 400 with a sentence in `error`. */

import { Hono, type Context } from "hono";
import type { MarketClock } from "./clock.ts";
import { KINDS, type FaultBook, type Kind } from "./faults.ts";
import { MARKETS, type Listing, type Market } from "./market/carriage.ts";
import type { Offer } from "./market/offers.ts";
import { past } from "./market/past.ts";
import type { World } from "./market/world.ts";
import type { TokenOffice } from "./providers/stubhub.ts";
import type { Replay } from "./replay/replay.ts";
import { isStandIn, STAND_INS, type RequestLog } from "./requests.ts";
import type { ResendStandIn } from "./standins/resend.ts";
import type { TwilioStandIn } from "./standins/twilio.ts";
import type { WebhookPost } from "./standins/webhooks.ts";

export interface Controlled {
  readonly clock: MarketClock;
  readonly world: World | null;
  readonly replay: Replay | null;
  readonly faults: FaultBook;
  readonly requests: RequestLog;
  readonly tokens: TokenOffice;
  readonly resend: ResendStandIn;
  readonly twilio: TwilioStandIn;
  readonly post: WebhookPost;
  /** Where an inbound SMS goes when the command names no URL. */
  readonly twilioInboundUrl: string | null;
  readonly reset: () => void;
}

class BadCommand extends Error {}

export function control(parts: Controlled): Hono {
  const app = new Hono();
  const { clock, faults, requests } = parts;
  app.onError((error, c) => {
    if (error instanceof BadCommand) return c.json({ error: error.message }, 400);
    throw error;
  });
  const world = (): World => {
    if (!parts.world) throw new BadCommand("This sandbox replays recorded data: prices are as recorded and cannot be commanded.");
    return parts.world;
  };

  app.get("/faults", (c) => c.json({ faults: faults.list(clock.wall()) }));
  app.post("/faults", async (c) => {
    const body = await command(c);
    const provider = body["provider"];
    if (!isStandIn(provider)) throw new BadCommand(`provider must be one of ${STAND_INS.join(", ")}.`);
    if (!KINDS.includes(body["kind"] as Kind)) throw new BadCommand(`kind must be one of ${KINDS.join(", ")}.`);
    const until = body["until_ms"] === undefined ? null : whole(body, "until_ms", 1, Number.MAX_SAFE_INTEGER);
    const times = body["times"] === undefined ? (until === null ? 1 : null) : whole(body, "times", 1, 1_000_000);
    const delay = body["delay_ms"] === undefined ? 5_000 : whole(body, "delay_ms", 0, 600_000);
    const fault = { provider, kind: body["kind"] as Kind, times, until_ms: until, delay_ms: delay };
    faults.add(fault);
    return c.json({ added: fault }, 201);
  });
  app.delete("/faults", (c) => {
    faults.clear();
    return c.body(null, 204);
  });

  app.get("/requests", (c) => {
    const provider = c.req.query("provider");
    if (provider !== undefined && !isStandIn(provider)) throw new BadCommand(`provider must be one of ${STAND_INS.join(", ")}.`);
    return c.json({ counters: requests.counts(), requests: requests.list(provider) });
  });
  app.delete("/requests", (c) => {
    requests.forget();
    return c.body(null, 204);
  });
  app.get("/webhooks", (c) => c.json({ deliveries: parts.post.list() }));
  app.post("/webhooks/resend", async (c) => {
    const delivery = await parts.post.resend(text(await command(c), "id"));
    if (!delivery) throw new BadCommand("There is no callback with this id; GET /control/webhooks lists them.");
    return c.json({ delivery });
  });
  app.post("/reset", (c) => {
    parts.reset();
    return c.json({ reset: true });
  });

  app.get("/world", (c) => c.json(worldReport(world(), clock)));
  app.get("/past", (c) => {
    const days = asked(c, "days", 60, 1, 180);
    const stepHours = asked(c, "step_hours", 6, 1, 24);
    const now = clock.market();
    return c.json({ note: "Simulated market: invented data.", market_ms: now, events: past(world(), now, days, stepHours) });
  });
  app.post("/drop", async (c) => {
    const body = await command(c);
    const listing = findEvent(world(), text(body, "event"), clock.market());
    const percent = body["percent"];
    if (typeof percent !== "number" || !(percent > 0 && percent < 100)) throw new BadCommand("percent must be a number above 0 and below 100.");
    world().drop(listing.event.key, percent, clock.market());
    return c.json({ event: listing.event.key, percent, at_market_ms: clock.market() }, 201);
  });
  app.post("/price", async (c) => {
    const body = await command(c);
    const { market, id } = marketAndId(body["market"], text(body, "source_event_id"));
    if (!world().find(market, id, clock.market())) throw new BadCommand(`${market} has no event ${id}; GET /control/world lists them.`);
    const amount = body["amount_minor"] === null ? null : whole(body, "amount_minor", 1, 1_000_000_000);
    world().pin(market, id, amount, clock.market());
    return c.json({ market, source_event_id: id, amount_minor: amount }, 201);
  });
  app.get("/replay", (c) => {
    const market = clock.market();
    if (!parts.replay) return c.json({ replay: null, note: "Simulated mode: start with --replay DIR to replay recorded data." });
    return c.json({ replay: { market_ms: market, market_start_ms: clock.marketStart(), scale: clock.scale(), sets: parts.replay.sets(market) } });
  });

  app.post("/stubhub/expire-tokens", (c) => {
    parts.tokens.expireAll(clock.wall());
    return c.json({ expired: true });
  });
  app.post("/limits", async (c) => {
    const body = await command(c);
    parts.resend.perSecond = body["resend_per_second"] === null ? null : whole(body, "resend_per_second", 1, 10_000);
    return c.json({ resend_per_second: parts.resend.perSecond });
  });
  app.post("/twilio/inbound", async (c) => {
    const body = await command(c);
    const url = body["url"] === undefined ? parts.twilioInboundUrl : text(body, "url");
    if (url !== null && !URL.canParse(url)) throw new BadCommand("url must be an absolute URL.");
    const token = body["auth_token"] === undefined ? "" : text(body, "auth_token");
    await parts.twilio.inbound(text(body, "from"), body["to"] === undefined ? "+15005550006" : text(body, "to"), text(body, "body"), url, token);
    return c.json({ sent_to: url }, 201);
  });
  app.all("*", (c) => c.json({ error: `There is no ${c.req.method} ${c.req.path}; the README lists the control endpoints.` }, 404));
  return app;
}

async function command(c: Context): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new BadCommand("The body must be a JSON object.");
  return body as Record<string, unknown>;
}

function text(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw new BadCommand(`${name} must be a non-empty string.`);
  return value;
}

function whole(body: Record<string, unknown>, name: string, low: number, high: number): number {
  const value = body[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low || value > high) {
    throw new BadCommand(`${name} must be a whole number from ${low} to ${high}.`);
  }
  return value;
}

/** A whole number of the query. */
function asked(c: Context, name: string, otherwise: number, low: number, high: number): number {
  const value = c.req.query(name);
  const number = value === undefined || value === "" ? otherwise : Number(value);
  if (!Number.isSafeInteger(number) || number < low || number > high) {
    throw new BadCommand(`${name} must be a whole number from ${low} to ${high}.`);
  }
  return number;
}

function marketAndId(market: unknown, id: string): { market: Market; id: string } {
  if (!MARKETS.includes(market as Market)) throw new BadCommand(`market must be one of ${MARKETS.join(", ")}.`);
  return { market: market as Market, id };
}

/** An event by its key (`w2967-0`) or by a market's id (`seatgeek:6296700`). */
function findEvent(world: World, name: string, t: number): Listing {
  const [market, id] = name.split(":");
  const listings = world.events(t).flatMap((event) => world.listings(event));
  const found = id === undefined
    ? listings.find((listing) => listing.event.key === name)
    : listings.find((listing) => listing.market === market && listing.id === id);
  if (!found) throw new BadCommand(`There is no event ${name}; GET /control/world lists them.`);
  return found;
}

function worldReport(world: World, clock: MarketClock): object {
  const t = clock.market();
  return {
    note: "Simulated market: invented data.",
    seed: world.seed,
    market_ms: t,
    scale: clock.scale(),
    events: world.events(t).map((event) => ({
      event: event.key,
      kind: event.billing.kind,
      start_ms: event.startMs,
      announced_ms: event.announcedMs,
      venue: event.venue.name,
      city: event.venue.city.name,
      region: event.venue.city.region,
      listings: world.listings(event).map((listing) => offerReport(world.offer(listing, t))),
    })),
  };
}

function offerReport(offer: Offer): object {
  const { listing, quote } = offer;
  return {
    market: listing.market,
    source_event_id: listing.id,
    listing_kind: listing.kind,
    name: listing.name,
    venue: listing.venueName,
    organization_id: listing.organization,
    listed: offer.listed,
    status: offer.status,
    time_known: offer.timeKnown,
    merged_into: listing.mergedMs !== null ? listing.mergedInto : null,
    merged_ms: listing.mergedMs,
    price: quote === null ? null : { amount_minor: quote.wireMinor, currency: offer.currency, basis: quote.basis, all_in_minor: quote.allInMinor },
    absent_reason: offer.absent,
    glitch: offer.glitch === null ? null : offer.glitch.ghost ? "ghost" : "outlier",
  };
}
