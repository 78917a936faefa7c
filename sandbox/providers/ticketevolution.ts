/**
 * TicketEvolution v9 on the wire: signed requests, pages of events, and of one event all its ticket groups. Evidence:
 * provider notes section 6 and the recorded exchanges of v8; limits were never published and are not enforced.
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import type { MarketClock } from "../clock.ts";
import { answer, slice, whole, type Open } from "./answer.ts";

export type TicketEvolutionEvent = Open<{
  readonly id: number;
  readonly name: string;
  /** The venue's wall clock, although it ends in `Z`. */
  readonly occurs_at: string;
  readonly updated_at: string;
  readonly state: "shown" | "postponed" | "canceled";
}>;

export interface TicketEvolutionItem {
  readonly event: TicketEvolutionEvent;
  readonly groups: readonly TicketGroup[];
  /** Told with the event where `min_and_max_price` asks for it. */
  readonly prices: { readonly min_price: number; readonly max_price: number } | null;
  /** Set on one that was taken down; it stands among the deleted then. */
  readonly deletedAt: string | null;
  /** False: not in the answers of this moment. */
  readonly listed: boolean;
}

export type TicketGroup = Open<{ readonly id: number; readonly type: "event" | "parking"; readonly retail_price: number }>;

export interface TicketEvolutionCatalogue {
  ticketevolution(t: number): readonly TicketEvolutionItem[];
}

const TYPE = "application/vnd.ticketevolution.api+json; version=9; charset=utf-8";
const LARGEST_PAGE = 100;

export function ticketEvolutionError(status: number, error: string): Response {
  return answer({ error }, status, TYPE);
}

/** What is signed: method, host, path, and the query sorted by key after a `?` that is always there. */
export function signatureOf(secret: string, method: string, url: URL): string {
  const query = url.search.slice(1).split("&").filter(Boolean).sort().join("&");
  return createHmac("sha256", secret).update(`${method} ${url.host}${url.pathname}?${query}`).digest("base64");
}

/** Without a secret any signature of the right length is taken. */
function isSigned(request: Request, secret: string | null): boolean {
  const token = request.headers.get("x-token");
  const shown = Buffer.from(request.headers.get("x-signature") ?? "", "base64");
  if (!token || token === "bad-key" || token === "bad" || shown.length !== 32) return false;
  if (secret === null) return true;
  return timingSafeEqual(shown, Buffer.from(signatureOf(secret, request.method, new URL(request.url)), "base64"));
}

export function ticketevolution(catalogue: TicketEvolutionCatalogue, clock: MarketClock, secret: string | null): Hono {
  const app = new Hono();
  const items = (): readonly TicketEvolutionItem[] => catalogue.ticketevolution(clock.market());
  const listed = (): readonly TicketEvolutionItem[] => items().filter((item) => item.listed && item.deletedAt === null);

  app.use("/v9/*", async (c, next) => {
    if (!isSigned(c.req.raw, secret)) return ticketEvolutionError(401, "Unauthorized");
    return next();
  });
  app.get("/v9/events", (c) => page(new URL(c.req.url), "events", listed().map((item) => shown(item, c.req.query("min_and_max_price")))));
  app.get("/v9/events/deleted", (c) => {
    const gone = items().flatMap(({ event, deletedAt }) =>
      deletedAt === null ? [] : [{ id: event.id, name: event.name, url: `/events/${event.id}`, updated_at: deletedAt, deleted_at: deletedAt }]);
    return page(new URL(c.req.url), "events", gone);
  });
  app.get("/v9/events/:id", (c) => {
    const item = listed().find(({ event }) => String(event.id) === c.req.param("id"));
    return item ? answer(shown(item, c.req.query("min_and_max_price")), 200, TYPE) : ticketEvolutionError(404, "Not Found");
  });
  app.get("/v9/listings", (c) => {
    const id = c.req.query("event_id");
    if (id === undefined || whole(id) === undefined) return ticketEvolutionError(422, "event_id is missing");
    const groups = listed().find(({ event }) => String(event.id) === id)?.groups ?? [];
    const type = c.req.query("type");
    const shown = groups.filter((group) => type === undefined || group.type === type);
    return answer({ total_entries: shown.length, ticket_groups: shown }, 200, TYPE);
  });
  app.all("*", () => ticketEvolutionError(404, "Not Found"));
  return app;
}

function shown({ event, prices }: TicketEvolutionItem, asked: string | undefined): TicketEvolutionEvent {
  return asked === "true" ? { ...event, ...(prices ?? { min_price: null, max_price: null }) } : event;
}

function page(url: URL, name: string, all: readonly Open<{ readonly id: number }>[]): Response {
  const query = url.searchParams;
  const number = query.has("page") ? whole(query.get("page")) : 1;
  const perPage = query.has("per_page") ? whole(query.get("per_page")) : LARGEST_PAGE;
  if (!number || !perPage || perPage > LARGEST_PAGE) return ticketEvolutionError(422, "page and per_page must be whole numbers from 1, per_page at most 100");
  const found = all.filter((one) => matches(one, query)).sort(order(query.get("order_by")));
  return answer({ current_page: number, per_page: perPage, total_entries: found.length, [name]: slice(found, number - 1, perPage) }, 200, TYPE);
}

/** `id`, `name` and the like are equal; `occurs_at.gte` and its kin compare. ISO texts in one form compare as they stand. */
function matches(one: Open<object>, query: URLSearchParams): boolean {
  for (const [name, value] of query) {
    const [, field = "", operation = "eq"] = /^(.+?)(?:\.(eq|gte|gt|lte|lt))?$/.exec(name) ?? [];
    const own = one[field];
    if (field === "page" || field === "per_page" || own === undefined || own === null) continue;
    const text = String(own);
    const kept = { eq: text === value, gt: text > value, gte: text >= value, lt: text < value, lte: text <= value }[operation];
    if (!kept) return false;
  }
  return true;
}

/** `events.occurs_at ASC`, `updated_at DESC`, ...; by id when nothing is said. */
function order(orderBy: string | null): (a: Open<{ readonly id: number }>, b: Open<{ readonly id: number }>) => number {
  const [, field = "id", direction = "ASC"] = /^(?:\w+\.)?(\w+)(?:\s+(ASC|DESC))?$/i.exec(orderBy ?? "id") ?? [];
  const sign = direction.toUpperCase() === "DESC" ? -1 : 1;
  return (a, b) => {
    const [left, right] = [String(a[field] ?? ""), String(b[field] ?? "")];
    return field === "id" || left === right ? sign * (a.id - b.id) : sign * (left < right ? -1 : 1);
  };
}
