/**
 * Ticketmaster Discovery v2 on the wire: key, quota, paging limits, filters, errors. Evidence: provider notes section 2,
 * error bodies observed 2026-10-06. What an event looks like is not decided here: a catalogue gives the bodies, simulated
 * or recorded.
 */

import { Hono } from "hono";
import type { MarketClock } from "../clock.ts";
import { answer, distanceKm, slice, whole, type Open } from "./answer.ts";
import { Quota, type Verdict } from "./quota.ts";
import { availability, commerceOffers, isPartner, type BoxOffice } from "./ticketmaster_partner.ts";

/** The members of an event that filters look at; everything else is passed through as it stands. */
export type TicketmasterEvent = Open<{
  readonly id: string;
  readonly name: string;
  readonly dates?: Open<{ readonly start?: TicketmasterStart }>;
  readonly classifications?: readonly Open<{
    readonly segment?: Open<{ readonly id?: string; readonly name?: string }>;
    readonly genre?: Open<{ readonly name?: string }>;
    readonly subGenre?: Open<{ readonly name?: string }>;
  }>[];
  readonly _embedded?: Open<{
    readonly venues?: readonly TicketmasterVenue[];
    readonly attractions?: readonly Open<{ readonly id?: string; readonly name?: string }>[];
  }>;
}>;

export type TicketmasterStart = Open<{
  readonly localDate?: string;
  readonly dateTime?: string;
  readonly dateTBA?: boolean;
  readonly dateTBD?: boolean;
}>;

export type TicketmasterVenue = Open<{
  readonly id?: string;
  readonly name?: string;
  readonly timezone?: string;
  readonly city?: Open<{ readonly name?: string }>;
  readonly state?: Open<{ readonly stateCode?: string }>;
  readonly country?: Open<{ readonly countryCode?: string }>;
  readonly location?: Open<{ readonly latitude?: string; readonly longitude?: string }>;
}>;

export interface TicketmasterCatalogue {
  /** Everything the market shows at market time `t`; links in the bodies begin with `origin`. */
  ticketmaster(t: number, origin: string): readonly TicketmasterEvent[];
  /** What partners learn of the same events. */
  ticketmasterBoxOffice(t: number): readonly BoxOffice[];
}

const TYPE = "application/json;charset=utf-8";
const DAILY = { perWindow: 5_000, windowMs: 24 * 3_600_000, perSecond: 5 };
const LARGEST_SIZE = 200;
/** Documented as (page * size) < 1,000; the service answers up to and including 1,000. */
const DEEPEST = 1_000;
const DATE_PARAMETERS = ["startDateTime", "endDateTime", "onsaleStartDateTime", "onsaleEndDateTime"];
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function fault(text: string, code: string, status: 401 | 429): Response {
  return answer({ fault: { faultstring: text, detail: { errorcode: code } } }, status, "application/json");
}

function problem(code: string, detail: string, status: string, link: "about" | "self" = "about"): Response {
  const error = { code, detail, status, _links: { [link]: { href: `/discovery/v2/errors.html#${code}` } } };
  return answer({ errors: [error] }, Number(status.slice(0, 3)), TYPE);
}

/** The bodies of a refused call, also for faults on command. */
export const REFUSALS = {
  badKey: () => fault("Invalid ApiKey", "oauth.v2.InvalidApiKey", 401),
  noProduct: () => fault("Invalid API call as no apiproduct match found", "keymanagement.service.InvalidAPICallAsNoApiProductMatchFound", 401),
  // The documented text ends with the caller's key: a log that copies it leaks the key.
  quota: (key: string) => fault(`Rate limit quota violation. Quota limit  exceeded. Identifier : ${key}`, "policies.ratelimit.QuotaViolation", 429),
  spike: () => fault("Spike arrest violation. Allowed rate : 5ps", "policies.ratelimit.SpikeArrestViolation", 429),
};

export function rateHeaders(verdict: Verdict): Record<string, string> {
  return {
    "Rate-Limit": String(verdict.limit),
    "Rate-Limit-Available": String(verdict.available),
    "Rate-Limit-Over": "0",
    "Rate-Limit-Reset": String(verdict.resetMs),
  };
}

export function ticketmaster(catalogue: TicketmasterCatalogue, clock: MarketClock): { app: Hono; quota: Quota } {
  const app = new Hono();
  const quota = new Quota(DAILY);

  const events = (request: Request): Response => {
    const url = new URL(request.url);
    const key = url.searchParams.get("apikey");
    if (!key || key === "bad-key" || key === "bad") return REFUSALS.badKey();
    const verdict = quota.spend(key, clock.wall());
    if (verdict.refused === "quota") return REFUSALS.quota(key);
    if (verdict.refused === "spike") return REFUSALS.spike();
    return list(url, catalogue.ticketmaster(clock.market(), url.origin), rateHeaders(verdict));
  };
  app.get("/discovery/v2/events.json", (c) => events(c.req.raw));
  app.get("/discovery/v2/events", (c) => events(c.req.raw));

  app.get("/discovery/v2/events/:id", (c) => {
    const url = new URL(c.req.url);
    const key = url.searchParams.get("apikey");
    if (!key || key === "bad-key" || key === "bad") return REFUSALS.badKey();
    const verdict = quota.spend(key, clock.wall());
    if (verdict.refused) return verdict.refused === "quota" ? REFUSALS.quota(key) : REFUSALS.spike();
    const id = c.req.param("id").replace(/\.json$/, "");
    const event = catalogue.ticketmaster(clock.market(), url.origin).find((candidate) => candidate.id === id);
    if (!event) return problem("DIS1004", `Resource not found with provided criteria (locale=en-us, id=${id})`, "404 NOT_FOUND");
    return answer(event, 200, TYPE, rateHeaders(verdict));
  });

  // Inventory Status and Commerce are sold to approved partners; the gateway does not know other keys there.
  const partner = (request: Request, answered: (offices: readonly BoxOffice[]) => Response): Response => {
    const key = new URL(request.url).searchParams.get("apikey");
    if (!key || key === "bad-key" || key === "bad") return REFUSALS.badKey();
    const verdict = quota.spend(key, clock.wall());
    if (verdict.refused) return verdict.refused === "quota" ? REFUSALS.quota(key) : REFUSALS.spike();
    if (!isPartner(key)) return REFUSALS.noProduct();
    const response = answered(catalogue.ticketmasterBoxOffice(clock.market()));
    if (response.ok) for (const [name, value] of Object.entries(rateHeaders(verdict))) response.headers.set(name, value);
    return response;
  };
  app.get("/inventory-status/v1/availability", (c) => partner(c.req.raw, (offices) => availability(offices, c.req.query("events"))));
  app.get("/commerce/v2/events/:id/offers.json", (c) => partner(c.req.raw, (offices) => commerceOffers(offices, c.req.param("id") ?? "")));
  return { app, quota };
}

function list(url: URL, all: readonly TicketmasterEvent[], headers: Record<string, string>): Response {
  const query = url.searchParams;
  for (const name of DATE_PARAMETERS) {
    const value = query.get(name);
    if (value !== null && !STAMP.test(value)) {
      return problem(
        "DIS1015",
        "Query param with date must be of valid format YYYY-MM-DDTHH:mm:ssZ {example: 2020-08-01T14:00:00Z }",
        "400 BAD_REQUEST",
        "self",
      );
    }
  }
  const size = query.has("size") ? whole(query.get("size")) : 20;
  const page = query.has("page") ? whole(query.get("page")) : 0;
  if (size === undefined || page === undefined || size === 0) {
    return problem("DIS1015", 'Query param "size" and "page" must be whole numbers', "400 BAD_REQUEST");
  }
  if (size > LARGEST_SIZE) return problem("DIS1036", 'Query param "size" must be less than 200', "400 BAD_REQUEST");
  if (page * size > DEEPEST) {
    return problem("DIS1035", "API Limits Exceeded: Max paging depth exceeded. (page * size) must be less than 1,000", "400 BAD_REQUEST");
  }
  const found = sorted(all.filter((event) => matches(event, query)), query.get("sort"));
  const totalPages = Math.ceil(found.length / size);
  const events = slice(found, page, size);
  const meta = { size, totalElements: found.length, totalPages, number: page };
  if (found.length === 0) return answer({ _links: {}, page: meta }, 200, TYPE, headers);
  const body = {
    ...(events.length > 0 ? { _embedded: { events } } : {}),
    _links: links(url, page, totalPages),
    page: meta,
  };
  return answer(body, 200, TYPE, headers);
}

/** Relative, and without the key, as the service writes them. */
function links(url: URL, page: number, totalPages: number): Record<string, { href: string }> {
  const path = url.pathname.slice(url.pathname.indexOf("/discovery"));
  const to = (number: number): { href: string } => {
    const query = new URLSearchParams(url.searchParams);
    query.delete("apikey");
    query.set("page", String(number));
    return { href: `${path}?${query}` };
  };
  return {
    first: to(0),
    self: to(page),
    ...(page > 0 ? { prev: to(page - 1) } : {}),
    ...(page + 1 < totalPages ? { next: to(page + 1) } : {}),
    last: to(Math.max(0, totalPages - 1)),
  };
}

function startOf(event: TicketmasterEvent): number | undefined {
  const start = event.dates?.start;
  if (start?.dateTime) return Date.parse(start.dateTime);
  // A date without a time counts as the end of that day: it must not fall out of the window on its own day.
  return start?.localDate ? Date.parse(`${start.localDate}T23:59:59Z`) : undefined;
}

function matches(event: TicketmasterEvent, query: URLSearchParams): boolean {
  const venue = event._embedded?.venues?.[0];
  const undated = event.dates?.start?.dateTBA === true;
  const dateOpen = event.dates?.start?.dateTBD === true;
  const tba = query.get("includeTBA");
  const tbd = query.get("includeTBD");
  if (tba === "only" && !undated) return false;
  if (tbd === "only" && !dateOpen) return false;
  if (undated && tba !== "yes" && tba !== "only") return false;
  if (dateOpen && tbd !== "yes" && tbd !== "only") return false;

  const start = startOf(event);
  const from = query.get("startDateTime");
  const to = query.get("endDateTime");
  if (start !== undefined && from !== null && start < Date.parse(from)) return false;
  if (start !== undefined && to !== null && start > Date.parse(to)) return false;

  const same = (parameter: string, value: string | undefined): boolean => {
    const wanted = query.get(parameter);
    return wanted === null || wanted.split(",").some((one) => one.toLowerCase() === value?.trim().toLowerCase());
  };
  if (!same("countryCode", venue?.country?.countryCode) || !same("stateCode", venue?.state?.stateCode)) return false;
  if (!same("city", venue?.city?.name) || !same("venueId", venue?.id) || !same("id", event.id)) return false;
  const kinds = event.classifications?.flatMap((one) => [one.segment?.name, one.genre?.name, one.subGenre?.name]) ?? [];
  const wantedKind = query.get("classificationName");
  if (wantedKind !== null && !kinds.some((kind) => kind?.toLowerCase() === wantedKind.toLowerCase())) return false;
  if (!same("segmentId", event.classifications?.[0]?.segment?.id)) return false;
  const attraction = query.get("attractionId");
  if (attraction !== null && !event._embedded?.attractions?.some((one) => one.id === attraction)) return false;
  const keyword = query.get("keyword")?.toLowerCase();
  if (keyword) {
    const texts = [event.name, venue?.name, ...(event._embedded?.attractions?.map((one) => one.name) ?? [])];
    if (!texts.some((text) => text?.toLowerCase().includes(keyword))) return false;
  }
  return within(venue?.location, query);
}

function within(location: TicketmasterVenue["location"], query: URLSearchParams): boolean {
  const point = query.get("latlong")?.split(",").map(Number);
  if (!point) return true;
  const [lat, lon] = point;
  if (lat === undefined || lon === undefined || !location?.latitude || !location.longitude) return false;
  const radius = Number(query.get("radius") ?? 100) * (query.get("unit") === "km" ? 1 : 1.609344);
  return distanceKm(lat, lon, Number(location.latitude), Number(location.longitude)) <= radius;
}

function sorted(events: readonly TicketmasterEvent[], sort: string | null): TicketmasterEvent[] {
  const [field, direction] = (sort ?? "relevance,desc").split(",");
  const order = (a: TicketmasterEvent, b: TicketmasterEvent): number => {
    if (field === "id") return a.id < b.id ? -1 : 1;
    if (field === "name") return a.name.localeCompare(b.name);
    return (startOf(a) ?? Infinity) - (startOf(b) ?? Infinity) || (a.id < b.id ? -1 : 1);
  };
  const ordered = [...events].sort(order);
  return direction === "desc" && field !== "relevance" ? ordered.reverse() : ordered;
}
