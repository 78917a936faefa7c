import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import { signatureOf } from "../providers/ticketevolution.ts";
import { json, start, START_MS, TEVO_SECRET, type Running } from "./harness.ts";

let sandbox: Running;
before(async () => {
  sandbox = await start();
});
after(() => sandbox.close());
beforeEach(() => sandbox.command("/reset"));

interface World {
  readonly events: readonly {
    readonly event: string;
    readonly kind: string;
    readonly listings: readonly {
      readonly market: string;
      readonly source_event_id: string;
      readonly listing_kind: string;
      readonly listed: boolean;
      readonly organization_id: string | null;
      readonly price: { readonly amount_minor: number; readonly all_in_minor: number } | null;
    }[];
  }[];
}
const listings = async (market: string): Promise<World["events"][number]["listings"]> =>
  (await json<World>(sandbox.get("/control/world"))).events.flatMap((event) => event.listings).filter((listing) => listing.market === market && listing.listed);

describe("Ticketmaster", () => {
  const path = "/ticketmaster/discovery/v2/events.json";
  interface Page {
    readonly _embedded?: { readonly events: readonly { readonly id: string; readonly priceRanges?: readonly { readonly min: number }[] }[] };
    readonly _links: Record<string, { readonly href: string }>;
    readonly page: { readonly size: number; readonly totalElements: number; readonly totalPages: number; readonly number: number };
  }

  test("a missing or bad key is a gateway fault, 401", async () => {
    for (const query of ["", "?apikey=bad-key"]) {
      const answer = await sandbox.get(path + query);
      assert.equal(answer.status, 401);
      assert.deepEqual(await answer.json(), { fault: { faultstring: "Invalid ApiKey", detail: { errorcode: "oauth.v2.InvalidApiKey" } } });
    }
  });

  test("page 6 of size 200 is beyond the paging depth, page 5 is not", async () => {
    const refused = await sandbox.get(`${path}?apikey=k&size=200&page=6`);
    assert.equal(refused.status, 400);
    assert.equal((await json<{ errors: { code: string }[] }>(refused)).errors[0]?.code, "DIS1035");
    assert.equal(refused.headers.get("rate-limit"), null);
    assert.equal((await sandbox.get(`${path}?apikey=k&size=200&page=5`)).status, 200);
  });

  test("size 201 and an odd date are refused by the observed codes", async () => {
    const code = async (query: string): Promise<string | undefined> =>
      (await json<{ errors: { code: string }[] }>(sandbox.get(`${path}?apikey=k&${query}`))).errors[0]?.code;
    assert.equal(await code("size=201"), "DIS1036");
    assert.equal(await code("startDateTime=2026-11-21"), "DIS1015");
  });

  test("a query without results has no _embedded", async () => {
    const page = await json<Page>(sandbox.get(`${path}?apikey=k&keyword=nobody-plays-this`));
    assert.deepEqual(page, { _links: {}, page: { size: 20, totalElements: 0, totalPages: 0, number: 0 } });
  });

  test("pages partition the events, and links are relative and without the key", async () => {
    const ids: string[] = [];
    let next: string | undefined = "/discovery/v2/events.json?size=20&sort=id,asc";
    while (next) {
      assert.ok(!next.includes("apikey"));
      const page: Page = await json<Page>(sandbox.get(`/ticketmaster${next}&apikey=k`));
      ids.push(...(page._embedded?.events ?? []).map((event) => event.id));
      next = page._links["next"]?.href;
    }
    const expected = (await listings("ticketmaster")).map((listing) => listing.source_event_id);
    // Undated events need a question of their own.
    const undated = await json<Page>(sandbox.get(`${path}?apikey=k&size=200&includeTBA=only`));
    ids.push(...(undated._embedded?.events ?? []).map((event) => event.id));
    assert.deepEqual(ids.sort(), expected.sort());
  });

  test("a price in the answer is the world's price, and no price is left out rather than 0", async () => {
    const page = await json<Page>(sandbox.get(`${path}?apikey=k&size=200`));
    const truth = new Map((await listings("ticketmaster")).map((listing) => [listing.source_event_id, listing.price?.amount_minor]));
    for (const event of page._embedded?.events ?? []) {
      const min = event.priceRanges?.[0]?.min;
      assert.equal(min === undefined ? undefined : Math.round(min * 100), truth.get(event.id));
    }
  });

  test("rate headers count down on 200, a refused 400 counts too, and the sixth call of a second is a spike", async () => {
    const available = async (query: string): Promise<number> => Number((await sandbox.get(`${path}?apikey=counted&${query}`)).headers.get("rate-limit-available"));
    const first = await available("size=1");
    assert.equal(first, 4_999);
    await sandbox.get(`${path}?apikey=counted&size=201`);
    assert.equal(await available("size=1"), first - 2);
    await Promise.all([available("size=1"), available("size=1")]);
    const spike = await sandbox.get(`${path}?apikey=counted&size=1`);
    assert.equal(spike.status, 429);
    assert.equal((await json<{ fault: { detail: { errorcode: string } } }>(spike)).fault.detail.errorcode, "policies.ratelimit.SpikeArrestViolation");
  });
});

describe("SeatGeek", () => {
  interface Page {
    readonly events: readonly { readonly id: number; readonly stats: { readonly lowest_price?: number | null }; readonly time_tbd: boolean; readonly datetime_tbd: boolean; readonly datetime_local: string }[];
    readonly meta: { readonly total: number; readonly took: number; readonly page: number; readonly per_page: number };
  }

  test("no client is a 403 with code 40307; Basic works as well as the parameter", async () => {
    const refused = await sandbox.get("/seatgeek/2/events");
    assert.equal(refused.status, 403);
    assert.equal((await json<{ errors: { code: number }[] }>(refused)).errors[0]?.code, 40307);
    const basic = `Basic ${Buffer.from("client:").toString("base64")}`;
    assert.equal((await sandbox.get("/seatgeek/2/events", { authorization: basic })).status, 200);
  });

  test("ten events by default, and past the end an empty 200 with the true total", async () => {
    const first = await json<Page>(sandbox.get("/seatgeek/2/events?client_id=c"));
    assert.equal(first.events.length, 10);
    const past = await json<Page>(sandbox.get("/seatgeek/2/events?client_id=c&page=999"));
    assert.deepEqual(past.events, []);
    assert.equal(past.meta.total, first.meta.total);
    assert.ok(past.meta.took > 0);
  });

  test("per_page 1000 is the silent empty answer: total 0, took 0", async () => {
    const page = await json<Page>(sandbox.get("/seatgeek/2/events?client_id=c&per_page=1000"));
    assert.deepEqual([page.events.length, page.meta.total, page.meta.took], [0, 0, 0]);
  });

  test("a restricted client sees no stats", async () => {
    const page = await json<Page>(sandbox.get("/seatgeek/2/events?client_id=restricted-1&per_page=100"));
    assert.ok(page.events.length > 0 && page.events.every((event) => Object.keys(event.stats).length === 0));
  });

  test("an unknown time is 03:30 with time_tbd, while datetime_tbd stays false", async () => {
    const page = await json<Page>(sandbox.get("/seatgeek/2/events?client_id=c&per_page=100"));
    const unknown = page.events.filter((event) => event.time_tbd);
    assert.ok(unknown.length > 0);
    assert.ok(unknown.every((event) => event.datetime_local.endsWith("T03:30:00") && !event.datetime_tbd));
  });

  test("date filters and sorting hold", async () => {
    const page = await json<Page>(sandbox.get("/seatgeek/2/events?client_id=c&per_page=100&sort=datetime_local.asc&datetime_local.gte=2026-12-01&datetime_local.lt=2026-12-15"));
    const dates = page.events.map((event) => event.datetime_local);
    assert.ok(dates.length > 0 && dates.every((date) => date >= "2026-12-01" && date < "2026-12-15"));
    assert.deepEqual(dates, [...dates].sort());
  });
});

describe("StubHub", () => {
  interface Page {
    readonly total_items: number;
    readonly _links: Record<string, { readonly href: string }>;
    readonly _embedded: { readonly items: readonly Event[]; readonly deleted_items: readonly Event[] };
  }
  interface Event {
    readonly id: number;
    readonly type: string;
    readonly status: string;
    readonly min_ticket_price?: { readonly amount: number } | null;
    readonly _embedded: { readonly merged_events: readonly { readonly id: number }[] };
  }
  const tokenFor = async (credentials = "id:secret", form = "grant_type=client_credentials&scope=read:events"): Promise<Response> =>
    fetch(`${sandbox.base}/stubhub/oauth2/token`, { method: "POST", body: form, headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` } });
  const bearer = async (): Promise<Record<string, string>> => ({ authorization: `Bearer ${(await json<{ access_token: string }>(tokenFor())).access_token}` });

  test("a call without User-Agent is refused with 400", async () => {
    const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const call = request(`${sandbox.base}/stubhub/catalog/events`, (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode, body }));
      });
      call.on("error", reject);
      call.end();
    });
    assert.equal(status, 400);
    assert.equal((JSON.parse(body) as { code: string }).code, "user_agent_required");
  });

  test("no token, a forged one and an expired one are 401", async () => {
    assert.equal((await sandbox.get("/stubhub/catalog/events")).status, 401);
    assert.equal((await sandbox.get("/stubhub/catalog/events", { authorization: "Bearer forged.token" })).status, 401);
    const headers = await bearer();
    assert.equal((await sandbox.get("/stubhub/catalog/events", headers)).status, 200);
    await sandbox.command("/stubhub/expire-tokens");
    assert.equal((await sandbox.get("/stubhub/catalog/events", headers)).status, 401);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal((await sandbox.get("/stubhub/catalog/events", await bearer())).status, 200);
  });

  test("the token endpoint gives a day's token and no refresh token", async () => {
    const body = await json<Record<string, unknown>>(tokenFor());
    assert.equal(body["token_type"], "bearer");
    assert.equal(body["expires_in"], 86_400);
    assert.ok(!("refresh_token" in body));
    assert.equal((await tokenFor("bad:secret")).status, 401);
    assert.equal((await tokenFor("id:secret", "grant_type=password")).status, 400);
  });

  test("next links lead through every item, in HAL", async () => {
    const headers = await bearer();
    const ids: number[] = [];
    let next: string | undefined = `${sandbox.base}/stubhub/catalog/events?page_size=20`;
    let total = 0;
    while (next) {
      const answer: Response = await fetch(next, { headers });
      assert.equal(answer.headers.get("content-type"), "application/hal+json");
      const page: Page = await json<Page>(answer);
      total = page.total_items;
      ids.push(...page._embedded.items.map((event) => event.id));
      next = page._links["next"]?.href;
    }
    assert.equal(ids.length, total);
    assert.deepEqual(ids.map(String).sort(), (await listings("stubhub")).map((listing) => listing.source_event_id).sort());
  });

  test("a bad page is validation_failed", async () => {
    const answer = await sandbox.get("/stubhub/catalog/events?page=0", await bearer());
    assert.equal(answer.status, 400);
    assert.equal((await json<{ code: string }>(answer)).code, "validation_failed");
  });

  test("a merged id answers with the event it was merged into, and stands among the deleted items", async () => {
    const merging = await start({ segments: [{ realMs: 0, marketMs: START_MS + 20 * 86_400_000, scale: 0 }] });
    try {
      const token = await json<{ access_token: string }>(
        fetch(`${merging.base}/stubhub/oauth2/token`, { method: "POST", body: "grant_type=client_credentials&scope=read:events", headers: { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` } }),
      );
      const headers = { authorization: `Bearer ${token.access_token}` };
      const page = await json<Page>(merging.get("/stubhub/catalog/events?page_size=500", headers));
      const target = page._embedded.items.find((event) => event._embedded.merged_events.length > 0);
      assert.ok(target, "some event has a merged id at this moment");
      const alias = target._embedded.merged_events[0]?.id;
      const answered = await json<Event>(merging.get(`/stubhub/catalog/events/${alias}`, headers));
      assert.equal(answered.id, target.id);
      assert.ok(page._embedded.deleted_items.every((event) => event.status === "Deleted"));
    } finally {
      await merging.close();
    }
  });

  test("updated_since leaves out what has not changed", async () => {
    const headers = await bearer();
    const all = await json<Page>(sandbox.get("/stubhub/catalog/events", headers));
    const since = new Date(START_MS - 6 * 3_600_000).toISOString();
    const some = await json<Page>(sandbox.get(`/stubhub/catalog/events?updated_since=${since}`, headers));
    assert.ok(some.total_items > 0 && some.total_items < all.total_items);
  });
});

describe("Eventbrite", () => {
  const headers = { authorization: "Bearer token" };
  const path = "/eventbrite/v3/organizations/910000000101/events/?expand=venue,ticket_availability,ticket_classes&status=live";
  interface Page {
    readonly pagination: { readonly object_count: number; readonly has_more_items: boolean; readonly continuation: string | null; readonly page_size: number };
    readonly events: readonly { readonly id: string; readonly is_free: boolean; readonly ticket_availability: { readonly minimum_ticket_price: { readonly value: number } | null }; readonly ticket_classes: readonly { readonly free: boolean; readonly cost: object | null }[] }[];
  }

  test("the error names follow how the authentication is wrong", async () => {
    const error = async (authorization?: string): Promise<[number, string]> => {
      const answer = await sandbox.get(path, authorization ? { authorization } : {});
      return [answer.status, (await json<{ error: string }>(answer)).error];
    };
    assert.deepEqual(await error(), [401, "NO_AUTH"]);
    assert.deepEqual(await error("Token x"), [400, "INVALID_AUTH_HEADER"]);
    assert.deepEqual(await error("Bearer bad-key"), [400, "INVALID_AUTH"]);
  });

  test("continuation leads through all events once", async () => {
    const all = await json<Page>(sandbox.get(path, headers));
    assert.equal(all.pagination.page_size, 50);
    assert.equal(all.pagination.has_more_items, false);
    const ids: string[] = [];
    let continuation: string | null = "";
    while (continuation !== null) {
      const page: Page = await json<Page>(sandbox.get(`${path}&page_size=2${continuation === "" ? "" : `&continuation=${continuation}`}`, headers));
      ids.push(...page.events.map((event) => event.id));
      assert.equal(page.pagination.has_more_items, page.pagination.continuation !== null);
      continuation = page.pagination.continuation;
    }
    assert.ok(ids.length > 2);
    assert.deepEqual(ids, all.events.map((event) => event.id));
  });

  test("a free event has free classes without cost, a donation a least price of 0 although it is not free", async () => {
    const { events } = await json<Page>(sandbox.get(path, headers));
    const free = events.filter((event) => event.is_free);
    assert.ok(free.length > 0 && free.every((event) => event.ticket_classes.every((one) => one.free && one.cost === null)));
    assert.ok(events.some((event) => !event.is_free && event.ticket_availability.minimum_ticket_price?.value === 0));
  });

  test("search is gone, an unknown organization is NOT_FOUND, a bad page BAD_PAGE, a POST METHOD_NOT_ALLOWED", async () => {
    assert.equal((await sandbox.get("/eventbrite/v3/events/search/?q=x", headers)).status, 404);
    assert.equal((await sandbox.get("/eventbrite/v3/organizations/1/events/", headers)).status, 404);
    assert.equal((await json<{ error: string }>(sandbox.get(`${path}&page=0`, headers))).error, "BAD_PAGE");
    const posted = await fetch(sandbox.base + path, { method: "POST", headers });
    assert.deepEqual([posted.status, (await json<{ error: string }>(posted)).error], [405, "METHOD_NOT_ALLOWED"]);
  });
});

describe("one event", () => {
  test("is read anew by its id, as it stands in the list", async () => {
    const headers = { authorization: "Bearer token" };
    const [discovery] = (await json<{ _embedded: { events: { id: string }[] } }>(sandbox.get("/ticketmaster/discovery/v2/events.json?apikey=k&size=1")))._embedded.events;
    assert.deepEqual(await json(sandbox.get(`/ticketmaster/discovery/v2/events/${discovery?.id}.json?apikey=k`)), discovery);
    const [seatgeek] = (await json<{ events: { id: number }[] }>(sandbox.get("/seatgeek/2/events?client_id=c&per_page=1"))).events;
    assert.deepEqual(await json(sandbox.get(`/seatgeek/2/events/${seatgeek?.id}?client_id=c`)), seatgeek);
    const expand = "expand=venue,ticket_availability,ticket_classes";
    const [eventbrite] = (await json<{ events: { id: string; venue_id: string }[] }>(sandbox.get(`/eventbrite/v3/organizations/910000000202/events/?${expand}`, headers))).events;
    assert.deepEqual(await json(sandbox.get(`/eventbrite/v3/events/${eventbrite?.id}/?${expand}`, headers)), eventbrite);
    const atVenue = await json<{ events: { id: string }[] }>(sandbox.get(`/eventbrite/v3/venues/${eventbrite?.venue_id}/events/`, headers));
    assert.ok(atVenue.events.some(({ id }) => id === eventbrite?.id));
  });

  test("that nobody knows is each market's own 404", async () => {
    for (const path of ["/ticketmaster/discovery/v2/events/nope.json?apikey=k", "/seatgeek/2/events/1?client_id=c"]) {
      assert.equal((await sandbox.get(path)).status, 404, path);
    }
    assert.equal((await sandbox.get("/eventbrite/v3/events/1/", { authorization: "Bearer t" })).status, 404);
  });
});

describe("Ticketmaster's partners", () => {
  test("learn what Discovery keeps to itself; other keys are not known there", async () => {
    const events = (await json<{ _embedded: { events: { id: string; priceRanges?: unknown }[] } }>(sandbox.get("/ticketmaster/discovery/v2/events.json?apikey=k&size=200")))._embedded.events;
    const availability = (key: string): Promise<Response> => sandbox.get(`/ticketmaster/inventory-status/v1/availability?apikey=${key}&events=${events.slice(0, 50).map(({ id }) => id)},unknown`);
    assert.equal((await availability("k")).status, 401);
    const statuses = await json<{ eventId: string; status: string }[]>(availability("partner-1"));
    assert.equal(statuses.length, Math.min(50, events.length));
    const quiet = events.filter(({ id, priceRanges }) => !priceRanges && statuses.some((one) => one.eventId === id && one.status === "TICKETS_AVAILABLE"));
    assert.ok(quiet.length > 0);
    const { offers, metadata } = await json<{ offers: { attributes: { prices: { value: string; total: string }[] } }[]; metadata: { eventMapping: { id: string; source: { id: string } } } }>(
      sandbox.get(`/ticketmaster/commerce/v2/events/${quiet[0]?.id}/offers.json?apikey=partner-2`));
    assert.equal(metadata.eventMapping.id, quiet[0]?.id);
    assert.match(metadata.eventMapping.source.id, /^[0-9A-F]{16}$/);
    for (const { value, total } of offers[0]?.attributes.prices ?? []) assert.ok(Number(total) >= Number(value) && /^\d+\.\d\d$/.test(value));
    assert.ok(offers[0]?.attributes.prices.length);
  });
});

describe("TicketEvolution", () => {
  const signed = (path: string, secret = TEVO_SECRET): Promise<Response> => {
    const url = new URL(sandbox.base + path);
    return fetch(url, { headers: { "x-token": "token", "x-signature": signatureOf(secret, "GET", url) } });
  };
  interface Page {
    readonly total_entries: number;
    readonly events: readonly { readonly id: number; readonly occurs_at: string; readonly occurs_at_local: string; readonly tbd: boolean; readonly available_count: number }[];
  }
  interface Group {
    readonly type: string;
    readonly retail_price: number;
    readonly available_quantity: number;
    readonly splits: readonly number[];
  }

  test("an unsigned or wrongly signed request is a 401 with one word", async () => {
    assert.equal((await sandbox.get("/ticketevolution/v9/events")).status, 401);
    const refused = await signed("/ticketevolution/v9/events?page=1", "another secret");
    assert.deepEqual([refused.status, await json(refused)], [401, { error: "Unauthorized" }]);
  });

  test("the signature covers the query sorted by key, with its ? even when there is none", async () => {
    assert.equal((await signed("/ticketevolution/v9/events")).status, 200);
    assert.equal((await signed("/ticketevolution/v9/events?per_page=5&page=2&occurs_at.gte=2026-11-21T00:00:00Z")).status, 200);
  });

  test("pages lead through all events; more than a hundred a page is refused", async () => {
    const ids: number[] = [];
    let total = 0;
    for (let page = 1; page === 1 || ids.length < total; page += 1) {
      const body = await json<Page>(signed(`/ticketevolution/v9/events?page=${page}&per_page=10`));
      total = body.total_entries;
      assert.ok(body.events.length > 0);
      ids.push(...body.events.map(({ id }) => id));
    }
    assert.deepEqual(ids.map(String).sort(), (await listings("ticketevolution")).map((one) => one.source_event_id).sort());
    assert.equal((await signed("/ticketevolution/v9/events?per_page=101")).status, 422);
  });

  test("times are the venue's although they end in Z; a time nobody knows is midnight", async () => {
    const { events } = await json<Page>(signed("/ticketevolution/v9/events?per_page=100"));
    for (const event of events) assert.equal(event.occurs_at.slice(0, 19), event.occurs_at_local.slice(0, 19));
    assert.ok(events.filter(({ tbd }) => tbd).every(({ occurs_at }) => occurs_at.endsWith("T00:00:00Z")));
  });

  test("the ticket groups of an event add up to what is available, and the cheapest seat is what the market states", async () => {
    const priced = (await listings("ticketevolution")).filter(({ price }) => price);
    const { events } = await json<Page>(signed("/ticketevolution/v9/events?per_page=100"));
    for (const listing of priced.slice(0, 10)) {
      const { ticket_groups: groups } = await json<{ ticket_groups: Group[] }>(signed(`/ticketevolution/v9/listings?event_id=${listing.source_event_id}`));
      const seats = groups.filter(({ type }) => type === "event");
      assert.equal(Math.round(100 * Math.min(...seats.map((one) => one.retail_price))), listing.price?.amount_minor);
      for (const { splits, available_quantity } of seats) assert.ok(splits.at(-1) === available_quantity && !splits.includes(available_quantity - 1));
      const total = seats.reduce((sum, one) => sum + one.available_quantity, 0);
      assert.equal(events.find(({ id }) => String(id) === listing.source_event_id)?.available_count, total);
    }
    assert.equal((await signed("/ticketevolution/v9/listings")).status, 422);
  });

  test("what was taken down stands among the deleted", async () => {
    const later = await start({ segments: [{ realMs: 0, marketMs: START_MS + 100 * 86_400_000, scale: 0 }] });
    try {
      const { events } = await json<{ events: { id: number; deleted_at: string }[] }>(
        fetch(`${later.base}/ticketevolution/v9/events/deleted`, { headers: { "x-token": "t", "x-signature": signatureOf(TEVO_SECRET, "GET", new URL(`${later.base}/ticketevolution/v9/events/deleted`)) } }));
      for (const event of events) assert.match(event.deleted_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    } finally {
      await later.close();
    }
  });
});

test("every answer says which mode it comes from, errors too", async () => {
  for (const path of ["/ticketmaster/discovery/v2/events.json", "/seatgeek/2/events?client_id=c", "/stubhub/catalog/events", "/nowhere", "/healthz"]) {
    assert.equal((await sandbox.get(path)).headers.get("x-sandbox-mode"), "simulated", path);
  }
});
