/**
 * Eventbrite v3 on the wire: reads by organization, by venue and by id; search is gone since 2019-12.
 * Evidence: provider notes section 5; recorded answers of 2019 and 2021.
 */

import { Hono, type Context } from "hono";
import type { MarketClock } from "../clock.ts";
import { answer, slice, whole, type Open } from "./answer.ts";
import { Quota } from "./quota.ts";

export interface EventbriteItem {
  readonly organizationId: string;
  readonly venueId: string;
  readonly startMs: number;
  readonly event: Open<{ readonly id: string; readonly status: string; readonly name: { readonly text: string } }>;
  /** What `expand` adds, by its name. */
  readonly expansions: { readonly venue: Open<{ readonly id: string }>; readonly ticket_availability: object; readonly ticket_classes: readonly object[] };
}

export interface EventbriteCatalogue {
  eventbrite(t: number, origin: string): { readonly organizations: readonly { id: string; name: string }[]; readonly items: readonly EventbriteItem[] };
}

const TYPE = "application/json";
/** 2,000 an hour for a token (general knowledge, not re-verified). */
const HOURLY = { perWindow: 2_000, windowMs: 3_600_000 };
const PAGE_SIZE = 50;

export function eventbriteError(status: number, error: string, description: string): Response {
  return answer({ status_code: status, error, error_description: description }, status, TYPE);
}
export const hitRateLimit = (): Response => eventbriteError(429, "HIT_RATE_LIMIT", "Your token has reached its request limit; try again later.");
export const invalidAuth = (): Response => eventbriteError(400, "INVALID_AUTH", "Authentication/OAuth token is invalid.");
const notFound = (): Response => eventbriteError(404, "NOT_FOUND", "The path you requested does not exist.");

export function eventbrite(catalogue: EventbriteCatalogue, clock: MarketClock): { app: Hono; quota: Quota } {
  const app = new Hono();
  const quota = new Quota(HOURLY);
  const at = (c: Context): ReturnType<EventbriteCatalogue["eventbrite"]> => catalogue.eventbrite(clock.market(), new URL(c.req.url).origin);

  app.use("/v3/*", async (c, next) => {
    const header = c.req.header("authorization");
    if (!header) return eventbriteError(401, "NO_AUTH", "Authentication not provided.");
    const token = /^Bearer\s+(\S+)$/.exec(header)?.[1];
    if (!token) return eventbriteError(400, "INVALID_AUTH_HEADER", "Invalid authentication header.");
    if (token === "bad-key" || token === "bad") return invalidAuth();
    if (quota.spend(token, clock.wall()).refused) return hitRateLimit();
    if (c.req.method !== "GET") return eventbriteError(405, "METHOD_NOT_ALLOWED", "Method not allowed.");
    return next();
  });

  app.get("/v3/users/me/organizations", (c) => {
    const organizations = at(c).organizations.map(({ id, name }) => ({ _type: "organization", name, vertical: "default", parent_id: null, locale: "en_US", image_id: null, id }));
    return answer({ organizations, pagination: pagination(organizations.length, 1, PAGE_SIZE) }, 200, TYPE);
  });
  app.get("/v3/organizations/:id/events", (c) => {
    const { organizations, items } = at(c);
    if (!organizations.some((one) => one.id === c.req.param("id"))) return notFound();
    return list(c, items.filter((item) => item.organizationId === c.req.param("id")), clock.market());
  });
  app.get("/v3/venues/:id/events", (c) => list(c, at(c).items.filter((item) => item.venueId === c.req.param("id")), clock.market()));
  app.get("/v3/venues/:id", (c) => {
    const item = at(c).items.find((one) => one.venueId === c.req.param("id"));
    return item ? answer(item.expansions.venue, 200, TYPE) : notFound();
  });
  app.get("/v3/events/:id", (c) => {
    const item = at(c).items.find((one) => one.event.id === c.req.param("id"));
    return item ? answer(expanded(item, c.req.query("expand")), 200, TYPE) : notFound();
  });
  app.get("/v3/events/:id/ticket_classes", (c) => {
    const item = at(c).items.find((one) => one.event.id === c.req.param("id"));
    if (!item) return notFound();
    const { ticket_classes } = item.expansions;
    return answer({ ticket_classes, pagination: pagination(ticket_classes.length, 1, PAGE_SIZE) }, 200, TYPE);
  });
  app.all("*", () => notFound());
  return { app, quota };
}

function list(c: Context, items: readonly EventbriteItem[], t: number): Response {
  const continuation = c.req.query("continuation");
  const pageSize = c.req.query("page_size") === undefined ? PAGE_SIZE : whole(c.req.query("page_size"));
  const page = continuation === undefined ? (c.req.query("page") === undefined ? 1 : whole(c.req.query("page"))) : pageOf(continuation);
  if (!page) return eventbriteError(400, "BAD_PAGE", "A bad page number was provided.");
  if (!pageSize || pageSize > PAGE_SIZE) return eventbriteError(400, "ARGUMENTS_ERROR", "There are errors with your arguments: page_size - INVALID");
  const status = c.req.query("status")?.split(",");
  const wanted = items
    .filter((item) => !status || status.includes("all") || status.includes(item.event.status))
    .filter((item) => c.req.query("time_filter") !== "current_future" || item.startMs >= t)
    .sort((a, b) => (c.req.query("order_by") === "start_desc" ? b.startMs - a.startMs : a.startMs - b.startMs));
  const events = slice(wanted, page - 1, pageSize).map((item) => expanded(item, c.req.query("expand")));
  if (events.length === 0 && page > 1) return eventbriteError(400, "BAD_PAGE", "A bad page number was provided.");
  return answer({ pagination: pagination(wanted.length, page, pageSize), events }, 200, TYPE);
}

function pagination(count: number, page: number, pageSize: number): object {
  const pages = Math.max(1, Math.ceil(count / pageSize));
  const more = page < pages;
  return {
    object_count: count,
    page_number: page,
    page_size: pageSize,
    page_count: pages,
    has_more_items: more,
    continuation: more ? Buffer.from(JSON.stringify({ page: page + 1 })).toString("base64url") : null,
  };
}

function pageOf(continuation: string): number | undefined {
  try {
    const { page } = JSON.parse(Buffer.from(continuation, "base64url").toString()) as { page?: unknown };
    return typeof page === "number" ? page : undefined;
  } catch {
    return undefined;
  }
}

function expanded(item: EventbriteItem, expand: string | undefined): object {
  const names = (expand ?? "").split(",");
  const { venue, ticket_availability, ticket_classes } = item.expansions;
  return {
    ...item.event,
    ...(names.includes("venue") ? { venue } : {}),
    ...(names.includes("ticket_availability") ? { ticket_availability } : {}),
    ...(names.includes("ticket_classes") ? { ticket_classes } : {}),
  };
}
