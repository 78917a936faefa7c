/**
 * StubHub v2 catalogue on the wire: HAL bodies, OAuth2 client credentials, a User-Agent that must be there.
 * Evidence: the published OpenAPI (catalog 1.0.0.75) and provider notes section 4a; no real catalogue answer is recorded.
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import type { MarketClock } from "../clock.ts";
import { answer, distanceKm, slice, whole, type Open } from "./answer.ts";

export type StubHubEvent = Open<{
  readonly id: number;
  readonly name: string;
  readonly start_date: string;
  readonly type: "Main" | "Parking";
  readonly _embedded: Open<{
    readonly venue: Open<{ readonly latitude: number | null; readonly longitude: number | null; readonly _embedded: Open<{ readonly country: Open<{ readonly code: string }> }> }>;
    readonly genre?: { readonly id: number };
    readonly merged_events?: readonly { readonly id: number }[];
  }>;
}>;

export interface StubHubItem {
  readonly body: StubHubEvent;
  /** Market time of the last change: the resource version, and what `updated_since` compares. */
  readonly changedMs: number;
}

export interface StubHubCatalogue {
  stubhub(t: number, origin: string): { readonly items: readonly StubHubItem[]; readonly deleted: readonly StubHubItem[] };
}

const HAL = "application/hal+json";
const TOKEN_LIFE_S = 86_400;
const SCOPES = ["read:events"];

export function stubhubError(status: number, code: string, message: string | null, errors: Record<string, string[]> = {}): Response {
  return answer({ code, message, errors }, status, HAL);
}
export const requiresAuthentication = (): Response =>
  stubhubError(401, "requires_authentication", "Authentication credentials were missing or incorrect.");

/** Tokens carry their own birth and scope under a signature, so that they outlive a restart as a real service's would. */
export class TokenOffice {
  readonly #key: string;
  #validFromMs = 0;

  constructor(seed: number) {
    this.#key = `stubhub-tokens-${seed}`;
  }

  issue(now: number, scope: string): string {
    const claims = Buffer.from(JSON.stringify({ at: now, scope })).toString("base64url");
    return `${claims}.${this.#sign(claims)}`;
  }

  /** The scope of a token that is genuine and not expired at real time `now`. */
  scopeOf(token: string, now: number): string | undefined {
    const [claims = "", signature = ""] = token.split(".");
    const expected = this.#sign(claims);
    if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return undefined;
    const { at, scope } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { at: number; scope: string };
    return at >= this.#validFromMs && now - at < TOKEN_LIFE_S * 1000 ? scope : undefined;
  }

  /** Every token given out so far is expired from `now` on. */
  expireAll(now: number): void {
    this.#validFromMs = now + 1;
  }

  #sign(claims: string): string {
    return createHmac("sha256", this.#key).update(claims).digest("base64url");
  }
}

export function stubhub(catalogue: StubHubCatalogue, clock: MarketClock, tokens: TokenOffice): Hono {
  const app = new Hono();

  app.post("/oauth2/token", async (c) => {
    if (!c.req.header("user-agent")) return stubhubError(400, "user_agent_required", "A valid User-Agent header is required.");
    const refuse = (status: 400 | 401, error: string): Response => answer({ error }, status, "application/json", { "cache-control": "no-store" });
    const basic = /^Basic\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const [id, secret] = (basic ? Buffer.from(basic, "base64").toString() : ":").split(":").map(decodeURIComponent);
    if (!id || !secret || [id, secret].some((part) => part === "bad-key" || part === "bad")) return refuse(401, "invalid_client");
    const form = new URLSearchParams(await c.req.text());
    if (form.get("grant_type") !== "client_credentials") return refuse(400, "unsupported_grant_type");
    const scope = form.get("scope") ?? "";
    if (!scope.split(" ").some((one) => SCOPES.includes(one))) return refuse(400, "invalid_scope");
    const body = { access_token: tokens.issue(clock.wall(), scope), token_type: "bearer", expires_in: TOKEN_LIFE_S, scope };
    return answer(body, 200, "application/json", { "cache-control": "no-store" });
  });

  app.use("/catalog/*", async (c, next) => {
    if (!c.req.header("user-agent")) return stubhubError(400, "user_agent_required", "A valid User-Agent header is required.");
    const token = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const scope = token ? tokens.scopeOf(token, clock.wall()) : undefined;
    if (scope === undefined) return requiresAuthentication();
    if (!scope.split(" ").includes("read:events")) return stubhubError(403, "insufficient_scope", "The token does not have the scope read:events.");
    return next();
  });

  const listed = (request: Request, keep: (event: StubHubEvent) => boolean): Response => {
    const url = new URL(request.url);
    return list(url, catalogue.stubhub(clock.market(), url.origin), keep);
  };
  app.get("/catalog/events", (c) => listed(c.req.raw, () => true));
  app.get("/catalog/events/search", (c) => {
    const words = (c.req.query("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const date = c.req.query("dateLocal")?.slice(0, 10);
    return listed(
      c.req.raw,
      (event) => words.every((word) => event.name.toLowerCase().includes(word)) && (!date || event.start_date.startsWith(date)),
    );
  });
  app.get("/catalog/events/:id", (c) => {
    const id = Number(c.req.param("id"));
    const { items } = catalogue.stubhub(clock.market(), new URL(c.req.url).origin);
    // A merged id answers with the event it was merged into, whose id is another.
    const item = items.find(({ body }) => body.id === id) ?? items.find(({ body }) => body._embedded.merged_events?.some((one) => one.id === id));
    return item ? answer(item.body, 200, HAL) : stubhubError(404, "not_found", "The requested resource does not exist.");
  });
  app.all("*", () => stubhubError(404, "not_found", "The requested resource does not exist."));
  return app;
}

function list(url: URL, all: ReturnType<StubHubCatalogue["stubhub"]>, keep: (event: StubHubEvent) => boolean): Response {
  const query = url.searchParams;
  const page = query.has("page") ? whole(query.get("page")) : 1;
  const pageSize = query.has("page_size") ? whole(query.get("page_size")) : 100;
  const since = query.has("updated_since") ? Date.parse(query.get("updated_since") ?? "") : -Infinity;
  const errors: Record<string, string[]> = {};
  if (!page) errors["page"] = ["'page' must be a whole number from 1"];
  if (!pageSize) errors["page_size"] = ["'page_size' must be a whole number from 1"];
  if (Number.isNaN(since)) errors["updated_since"] = ["'updated_since' must be an ISO 8601 date and time"];
  if (!page || !pageSize || Number.isNaN(since)) return stubhubError(400, "validation_failed", null, errors);

  const version = whole(query.get("min_resource_version")) ?? 0;
  const wanted = (item: StubHubItem): boolean =>
    item.changedMs >= since && Math.floor(item.changedMs / 1000) >= version && keep(item.body) && matches(item.body, query);
  const items = all.items.filter(wanted).sort(order(query.get("sort")));
  const deleted = page === 1 ? all.deleted.filter(wanted) : [];
  const fields = query.get("fields")?.split(",");
  const shown = slice(items, page - 1, pageSize).map(({ body }) => (fields ? sparse(body, fields) : body));
  const body = {
    total_items: items.length,
    page,
    page_size: pageSize,
    _links: links(url, page, Math.max(1, Math.ceil(items.length / pageSize))),
    _embedded: { items: shown, deleted_items: deleted.map((item) => item.body) },
  };
  return answer(body, 200, HAL);
}

function order(sort: string | null): (a: StubHubItem, b: StubHubItem) => number {
  if (sort === "resource_version") return (a, b) => a.changedMs - b.changedMs || a.body.id - b.body.id;
  if (sort === "-resource_version") return (a, b) => b.changedMs - a.changedMs || a.body.id - b.body.id;
  return (a, b) => a.body.id - b.body.id;
}

function sparse(body: StubHubEvent, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name === "id" || name.startsWith("_") || fields.includes(name)));
}

function matches(event: StubHubEvent, query: URLSearchParams): boolean {
  if (query.get("exclude_parking_passes") === "true" && event.type === "Parking") return false;
  const { venue, genre } = event._embedded;
  const country = query.get("country_code");
  if (country !== null && venue._embedded.country.code !== country) return false;
  const wantedGenre = query.get("genre_id");
  if (wantedGenre !== null && String(genre?.id) !== wantedGenre) return false;
  const lat = query.get("latitude");
  const lon = query.get("longitude");
  if (lat === null || lon === null) return true;
  if (venue.latitude === null || venue.longitude === null) return false;
  const reachKm = Number(query.get("max_distance_in_meters") ?? 50_000) / 1000;
  return distanceKm(Number(lat), Number(lon), venue.latitude, venue.longitude) <= reachKm;
}

/** Absolute, as HAL clients follow them as they are. */
function links(url: URL, page: number, last: number): Record<string, { href: string; title: null; templated: false }> {
  const to = (number: number): { href: string; title: null; templated: false } => {
    const target = new URL(url);
    target.searchParams.set("page", String(number));
    return { href: target.href, title: null, templated: false };
  };
  return {
    self: to(page),
    first: to(1),
    last: to(last),
    ...(page < last ? { next: to(page + 1) } : {}),
    ...(page > 1 ? { prev: to(page - 1) } : {}),
  };
}
