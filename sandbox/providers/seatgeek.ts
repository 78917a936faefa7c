/**
 * SeatGeek Platform API v2 on the wire. Evidence: provider notes section 3; samples of 2019-10 and 2020-03.
 * There are no limit headers; a page past the end is an empty 200; `per_page` of 1,000 is an empty 200 that took 0.
 */

import { Hono } from "hono";
import type { MarketClock } from "../clock.ts";
import { answer, distanceKm, slice, whole, type Open } from "./answer.ts";

/** The members that filters look at; everything else is passed through as it stands. */
export type SeatGeekEvent = Open<{
  readonly id: number;
  readonly title: string;
  readonly type?: string;
  readonly datetime_utc: string;
  readonly datetime_local: string;
  readonly score?: number;
  readonly stats?: object;
  readonly taxonomies?: readonly Open<{ readonly name: string }>[];
  readonly performers?: readonly Open<{ readonly id: number; readonly name: string; readonly slug: string }>[];
  readonly venue?: Open<{
    readonly id: number;
    readonly name: string;
    readonly city: string;
    readonly state: string | null;
    readonly country: string;
    readonly timezone?: string | null;
    readonly location?: { readonly lat: number; readonly lon: number };
  }>;
}>;

export interface SeatGeekCatalogue {
  seatgeek(t: number, origin: string): readonly SeatGeekEvent[];
}

const TYPE = "application/json; charset=utf-8";
/** Observed: at 1,000 a healthy query answered 200 with nothing. */
const SILENTLY_EMPTY_FROM = 1_000;

function refusal(status: number, code: number, message: string): Response {
  return answer({ errors: [{ code, message }], message, status, meta: { status } }, status, TYPE);
}

export const CLIENT_MISSING = 'Client is required - visit "https://seatgeek.com/account/develop"';
export const clientMissing = (): Response => refusal(403, 40307, CLIENT_MISSING);

/** The client id from the query or from HTTP Basic; `undefined` when there is none that counts. */
function clientOf(request: Request, url: URL): string | undefined {
  const basic = /^Basic\s+(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const id = url.searchParams.get("client_id") ?? (basic ? Buffer.from(basic, "base64").toString().split(":")[0] : undefined);
  return id && id !== "bad-key" && id !== "bad" ? id : undefined;
}

/** Ordinary keys have seen no `stats` since 2024-05: a client id that begins with "restricted" sees what they see. */
function visibleTo(client: string, event: SeatGeekEvent): SeatGeekEvent {
  return client.startsWith("restricted") ? { ...event, stats: {} } : event;
}

export function seatgeek(catalogue: SeatGeekCatalogue, clock: MarketClock): Hono {
  const app = new Hono();
  app.get("/2/events", (c) => {
    const url = new URL(c.req.url);
    const client = clientOf(c.req.raw, url);
    if (!client) return clientMissing();
    const began = performance.now();
    const query = url.searchParams;
    const page = query.has("page") ? whole(query.get("page")) : 1;
    const perPage = query.has("per_page") ? whole(query.get("per_page")) : 10;
    if (!page || perPage === undefined) return refusal(400, 40000, "page and per_page must be positive whole numbers");
    const meta = (total: number, took: number): object => ({ total, took, page, per_page: perPage, geolocation: null });
    if (perPage >= SILENTLY_EMPTY_FROM) return answer({ meta: meta(0, 0), events: [] }, 200, TYPE);
    const found = sorted(catalogue.seatgeek(clock.market(), url.origin).filter((event) => matches(event, query)), query.get("sort"));
    const events = slice(found, page - 1, perPage).map((event) => visibleTo(client, event));
    const took = Math.max(1, Math.round(performance.now() - began));
    return answer({ events, meta: meta(found.length, took), in_hand: {} }, 200, TYPE);
  });

  app.get("/2/events/:id", (c) => {
    const url = new URL(c.req.url);
    const client = clientOf(c.req.raw, url);
    if (!client) return clientMissing();
    const event = catalogue.seatgeek(clock.market(), url.origin).find((one) => String(one.id) === c.req.param("id"));
    return event ? answer(visibleTo(client, event), 200, TYPE) : refusal(404, 40400, "Event not found");
  });
  return app;
}

const COMPARISONS: Record<string, (a: number | string, b: number | string) => boolean> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
};

function matches(event: SeatGeekEvent, query: URLSearchParams): boolean {
  for (const [name, value] of query) {
    if (!matchesOne(event, name, value)) return false;
  }
  return within(event, query);
}

function matchesOne(event: SeatGeekEvent, name: string, value: string): boolean {
  const same = (own: string | number | null | undefined): boolean => String(own ?? "").toLowerCase() === value.toLowerCase();
  switch (name) {
    case "q": {
      const words = value.toLowerCase().split(/\s+/);
      const text = [event.title, event.venue?.name, event.venue?.city, ...(event.performers?.map((one) => one.name) ?? [])].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    }
    case "id":
      return value.split(",").includes(String(event.id));
    case "venue.id":
      return same(event.venue?.id);
    case "venue.city":
      return same(event.venue?.city);
    case "venue.state":
      return same(event.venue?.state);
    case "venue.country":
      return same(event.venue?.country);
    case "type":
      return same(event.type);
    case "taxonomies.name":
      return event.taxonomies?.some((one) => same(one.name)) ?? false;
    case "performers.slug":
      return event.performers?.some((one) => same(one.slug)) ?? false;
    case "performers.id":
      return event.performers?.some((one) => same(one.id)) ?? false;
  }
  const [, field, operation] = /^(.+)\.(gte|gt|lte|lt)$/.exec(name) ?? [];
  const compare = operation && COMPARISONS[operation];
  if (!field || !compare) return true;
  if (field === "datetime_utc" || field === "datetime_local") {
    // A bare date is the beginning of that day; a time zone suffix is ignored, as the field has none.
    return compare(event[field] as string, value.length === 10 ? `${value}T00:00:00` : value.slice(0, 19));
  }
  const stats: Record<string, unknown> = { ...event.stats };
  if (field in stats) return typeof stats[field] === "number" && compare(stats[field], Number(value));
  return true;
}

function within(event: SeatGeekEvent, query: URLSearchParams): boolean {
  const lat = query.get("lat");
  const lon = query.get("lon");
  if (lat === null || lon === null) return true;
  const location = event.venue?.location;
  if (!location) return false;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(mi|km)$/.exec(query.get("range") ?? "30mi") ?? [];
  const reach = Number(amount ?? 30) * (unit === "km" ? 1 : 1.609344);
  return distanceKm(Number(lat), Number(lon), location.lat, location.lon) <= reach;
}

function sorted(events: readonly SeatGeekEvent[], sort: string | null): SeatGeekEvent[] {
  const [field = "datetime_utc", direction] = (sort ?? "datetime_utc.asc").split(".");
  const valueOf = (event: SeatGeekEvent): string | number => {
    const own = { id: event.id, score: event.score ?? 0, datetime_local: event.datetime_local, datetime_utc: event.datetime_utc };
    return own[field as keyof typeof own] ?? event.datetime_utc;
  };
  const ordered = [...events].sort((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    return left < right ? -1 : left > right ? 1 : a.id - b.id;
  });
  return direction === "desc" ? ordered.reverse() : ordered;
}
