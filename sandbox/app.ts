/** The sandbox put together from its parts. No listening here: tests run the same application on a port of their own. */

import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { MarketClock } from "./clock.ts";
import { localText } from "./calendar.ts";
import { control } from "./control.ts";
import { FaultBook, faulty } from "./faults.ts";
import { MARKETS, type Market } from "./market/carriage.ts";
import { simulatedCatalogue } from "./market/catalogue.ts";
import { World } from "./market/world.ts";
import type { Options } from "./options.ts";
import { homePage, listingPage, REPLAY_NOTE, SIMULATED_NOTE } from "./pages/home_page.ts";
import { inboxPage } from "./pages/inbox_page.ts";
import { html } from "./pages/page.ts";
import { eventbrite } from "./providers/eventbrite.ts";
import { feed } from "./providers/feed.ts";
import { seatgeek } from "./providers/seatgeek.ts";
import { stubhub, TokenOffice } from "./providers/stubhub.ts";
import { ticketevolution } from "./providers/ticketevolution.ts";
import { ticketmaster } from "./providers/ticketmaster.ts";
import { Replay } from "./replay/replay.ts";
import { RequestLog, type StandIn } from "./requests.ts";
import { Inbox } from "./standins/inbox.ts";
import { ResendStandIn } from "./standins/resend.ts";
import { StripeStandIn } from "./standins/stripe.ts";
import { TwilioStandIn } from "./standins/twilio.ts";
import { WebhookPost } from "./standins/webhooks.ts";

type Env = { Bindings: HttpBindings };

/** Which path prefix belongs to which stand-in. The root `/v1` is Stripe's too: its library takes no path prefix. */
const PREFIXES: readonly (readonly [prefix: string, provider: StandIn])[] = [
  ["/ticketmaster", "ticketmaster"],
  ["/seatgeek", "seatgeek"],
  ["/stubhub", "stubhub"],
  ["/eventbrite", "eventbrite"],
  ["/ticketevolution", "ticketevolution"],
  ["/feed", "feed"],
  ["/resend", "resend"],
  ["/twilio", "twilio"],
  ["/stripe/v1", "stripe"],
  ["/v1", "stripe"],
];

export async function buildSandbox(options: Options): Promise<{ app: Hono<Env>; clock: MarketClock }> {
  const clock = new MarketClock(options.segments);
  const wall = (): number => clock.wall();
  const replay = options.replay === null ? null : await Replay.read(options.replay, clock.marketStart());
  const world = replay ? null : new World({ seed: options.seed, slowest: clock.slowest(), calm: options.calm });
  const mode = replay ? "replay" : "simulated";
  const catalogue = replay ? replay.catalogue() : simulatedCatalogue(world as World);

  const faults = new FaultBook();
  const requests = new RequestLog();
  const tokens = new TokenOffice(options.seed);
  const inbox = new Inbox();
  const post = new WebhookPost();
  const hook = (path: string): string | null => (options.webhookTarget === null ? null : `${options.webhookTarget}/hooks/${path}`);
  const resend = new ResendStandIn({ webhookUrl: hook("resend"), webhookSecret: options.resendWebhookSecret, now: wall }, inbox, post);
  const twilio = new TwilioStandIn({ authToken: options.twilioAuthToken, now: wall }, inbox, post);
  const stripe = new StripeStandIn({ webhookUrl: hook("stripe"), webhookSecret: options.stripeWebhookSecret, now: wall }, post);
  const discovery = ticketmaster(catalogue, clock);
  const tickets = eventbrite(catalogue, clock);

  // Eventbrite's paths end in a slash; the others' do not. Neither should miss for it.
  const app = new Hono<Env>({ strict: false });
  app.use("*", async (c, next) => {
    await next();
    c.res.headers.set("x-sandbox-mode", mode);
  });
  for (const [prefix, provider] of PREFIXES) {
    app.use(`${prefix}/*`, recorded(provider, requests, wall), faulty(provider, faults, wall));
  }
  app.route("/ticketmaster", discovery.app);
  app.route("/seatgeek", seatgeek(catalogue, clock));
  app.route("/stubhub", stubhub(catalogue, clock, tokens));
  app.route("/eventbrite", tickets.app);
  app.route("/ticketevolution", ticketevolution(catalogue, clock, options.ticketEvolutionSecret));
  app.route("/feed", feed(catalogue, clock));
  app.route("/resend", resend.app);
  app.route("/twilio", twilio.app);
  app.route("/stripe/v1", stripe.api);
  app.route("/v1", stripe.api);
  app.route("/stripe", stripe.pages);

  app.route(
    "/control",
    control({
      clock, world, replay, faults, requests, tokens, resend, twilio, post,
      twilioInboundUrl: hook("twilio"),
      reset: () => {
        faults.clear();
        requests.forget();
        world?.forget();
        inbox.clear();
        post.forget();
        resend.forget();
        twilio.forget();
        stripe.forget();
        discovery.quota.forget();
        tickets.quota.forget();
      },
    }),
  );

  const note = mode === "simulated" ? SIMULATED_NOTE : REPLAY_NOTE;
  app.get("/inbox", (c) => html(inboxPage(inbox.list(c.req.query("to")).slice(0, 100), c.req.query("to"), note)));
  app.get("/inbox.json", (c) => {
    const messages = inbox.list(c.req.query("to"));
    const limit = Number(c.req.query("limit") ?? messages.length);
    return c.json({ count: messages.length, messages: messages.slice(0, Number.isInteger(limit) ? limit : messages.length) });
  });
  app.delete("/inbox", (c) => {
    inbox.clear();
    return c.body(null, 204);
  });
  app.get("/listing/:market/:id", (c) => {
    const market = MARKETS.find((one) => one === c.req.param("market"));
    const page = world && market ? listing(world, market, c.req.param("id"), clock.market()) : null;
    return page ?? html(listingPage("No such listing", c.req.param("market"), "-", "-", "-"), 404);
  });
  app.get("/healthz", (c) => c.json({ status: "ok", mode, market_ms: clock.market(), scale: clock.scale() }));
  app.get("/", () =>
    html(
      homePage({
        mode,
        marketMs: clock.market(),
        scale: clock.scale(),
        counts: [
          world ? ["Events on sale", String(world.events(clock.market()).length)] : ["Recorded sets", String(replay?.sets(clock.market()).length ?? 0)],
          ["Messages in the inbox", String(inbox.list().length)],
        ],
      }),
    ),
  );
  app.notFound((c) => c.json({ error: `The sandbox has nothing at ${c.req.path}.` }, 404));
  app.onError((error, c) => {
    process.stderr.write(`sandbox: ${c.req.method} ${c.req.path}: ${error.stack ?? error.message}\n`);
    return c.json({ error: "The sandbox itself failed; see its output." }, 500);
  });
  return { app, clock };
}

/** Writes down what came in and how it ended. */
function recorded(provider: StandIn, requests: RequestLog, now: () => number) {
  return async (c: import("hono").Context<Env>, next: () => Promise<void>): Promise<void> => {
    const at = now();
    requests.arrived(provider, at);
    await next();
    const unanswered = c.res.headers.has("x-hono-already-sent");
    requests.answered(
      { provider, method: c.req.method, status: unanswered ? 0 : c.res.status, at_ms: at, took_ms: now() - at },
      new URL(c.req.url),
    );
  };
}

function listing(world: World, market: Market, id: string, t: number): Response | null {
  const found = world.find(market, id, t);
  if (!found) return null;
  const { quote, currency } = world.offer(found, t);
  const zone = found.event.venue.city.zone;
  const when = localText(found.event.startMs, zone).replace("T", " ").slice(0, 16);
  const price = quote === null ? "no price" : `${(quote.allInMinor / 100).toFixed(2)} ${currency} with fees`;
  return html(listingPage(found.name, market, when, `${found.venueName.trim()}, ${found.event.venue.city.name}`, price));
}
