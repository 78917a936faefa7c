/** Our own plain feed of offers, for sources without an API of their own: the recorded TickPick history comes this way. */

import { Hono } from "hono";
import type { MarketClock } from "../clock.ts";
import { answer, slice, whole } from "./answer.ts";

export interface FeedOffer {
  readonly event_id: string;
  readonly name: string;
  readonly performers: readonly string[];
  readonly venue: { readonly name: string; readonly city: string | null; readonly region: string | null; readonly country: string };
  /** Wall clock at the venue, `YYYY-MM-DDTHH:MM:SS`; the time of day means nothing when `time_tbd`. */
  readonly start_local: string;
  readonly start_utc: string | null;
  readonly time_tbd: boolean;
  readonly status: string;
  readonly price: { readonly amount_minor: number; readonly currency: string; readonly basis: "all_in" | "before_fees" | "unknown" } | null;
  readonly absent_reason: string | null;
  readonly listing_count: number | null;
  readonly url: string;
}

export interface FeedCatalogue {
  feed(t: number): { readonly name: string; readonly synthetic: boolean; readonly offers: readonly FeedOffer[] };
}

const TYPE = "application/json";
const PAGE_SIZE = 200;

export function feedProblem(status: number, detail: string): Response {
  return answer({ status, detail }, status, TYPE);
}

export function feed(catalogue: FeedCatalogue, clock: MarketClock): Hono {
  const app = new Hono();
  app.get("/offers.json", (c) => {
    // A feed may be open: without a key it answers all the same. A key that is sent must be good.
    const header = c.req.header("authorization");
    const key = /^Bearer\s+(\S+)$/.exec(header ?? "")?.[1];
    if (header !== undefined && (!key || key === "bad-key" || key === "bad")) return feedProblem(401, "Send `authorization: Bearer <key>`.");
    const page = c.req.query("page") === undefined ? 1 : whole(c.req.query("page"));
    if (!page) return feedProblem(400, "`page` must be a whole number from 1.");
    const { name, synthetic, offers } = catalogue.feed(clock.market());
    const next = new URL(c.req.url);
    next.searchParams.set("page", String(page + 1));
    const body = { feed: name, synthetic, offers: slice(offers, page - 1, PAGE_SIZE), next: page * PAGE_SIZE < offers.length ? next.href : null };
    return answer(body, 200, TYPE);
  });
  return app;
}
