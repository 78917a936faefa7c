import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { KINDS } from "../faults.ts";
import { STAND_INS } from "../requests.ts";
import { json, start, type Running } from "./harness.ts";

let sandbox: Running;
before(async () => {
  sandbox = await start();
});
after(() => sandbox.close());
beforeEach(() => sandbox.command("/reset"));

const PATH = "/seatgeek/2/events?client_id=secret-client";
const fault = (kind: string, more: object = {}): Promise<Response> => sandbox.command("/faults", { provider: "seatgeek", kind, ...more });

describe("a fault on command", () => {
  test("hits as often as it was told, then the market is well again", async () => {
    await fault("500", { times: 2 });
    assert.deepEqual([(await sandbox.get(PATH)).status, (await sandbox.get(PATH)).status, (await sandbox.get(PATH)).status], [500, 500, 200]);
  });

  test("touches nobody else, and ends when it is taken back", async () => {
    await fault("500", { times: 100 });
    assert.equal((await sandbox.get("/ticketmaster/discovery/v2/events.json?apikey=k")).status, 200);
    await fetch(`${sandbox.base}/control/faults`, { method: "DELETE" });
    assert.equal((await sandbox.get(PATH)).status, 200);
  });

  test("lasts until a moment", async () => {
    await fault("500", { until_ms: Date.now() + 150 });
    assert.equal((await sandbox.get(PATH)).status, 500);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await sandbox.get(PATH)).status, 200);
  });

  test("429 comes with Retry-After or without", async () => {
    await fault("429");
    await fault("429-no-headers");
    assert.equal((await sandbox.get(PATH)).headers.get("retry-after"), "2");
    const bare = await sandbox.get(PATH);
    assert.deepEqual([bare.status, bare.headers.get("retry-after")], [429, null]);
  });

  test("html is a 200 that is not JSON, empty has no byte, empty-200 is well-formed and holds nothing", async () => {
    await fault("html");
    await fault("empty");
    await fault("empty-200");
    assert.match((await sandbox.get(PATH)).headers.get("content-type") ?? "", /^text\/html/);
    assert.equal(await (await sandbox.get(PATH)).text(), "");
    assert.deepEqual((await json<{ events: unknown[] }>(sandbox.get(PATH))).events, []);
  });

  test("truncated is no JSON, huge is JSON of more than 10 MB", async () => {
    await fault("truncated");
    await fault("huge");
    const cut = await (await sandbox.get(PATH)).text();
    assert.ok(cut.length > 0);
    assert.throws(() => JSON.parse(cut));
    const text = await (await sandbox.get(PATH)).text();
    assert.ok(text.length > 10_000_000 && (JSON.parse(text) as { events: unknown[] }).events.length === 10);
  });

  test("slow waits, hang never answers, reset and lost break the connection", async () => {
    await fault("slow", { delay_ms: 200 });
    const began = Date.now();
    assert.equal((await sandbox.get(PATH)).status, 200);
    assert.ok(Date.now() - began >= 190);
    await fault("hang");
    await assert.rejects(fetch(sandbox.base + PATH, { signal: AbortSignal.timeout(300) }), { name: "TimeoutError" });
    await fault("reset");
    await assert.rejects(sandbox.get(PATH));
    await fault("lost");
    await assert.rejects(sandbox.get(PATH));
  });

  test("lost does the work and loses the answer: the mail is in the inbox", async () => {
    await sandbox.command("/faults", { provider: "resend", kind: "lost" });
    const mail = { from: "a@example.com", to: "b@example.com", subject: "s", text: "t" };
    await assert.rejects(fetch(`${sandbox.base}/resend/emails`, { method: "POST", body: JSON.stringify(mail), headers: { authorization: "Bearer k" } }));
    assert.equal((await json<{ count: number }>(sandbox.get("/inbox.json"))).count, 1);
  });

  test("every stand-in knows every kind that has a body", async () => {
    const paths: Record<string, string> = {
      ticketmaster: "/ticketmaster/x", seatgeek: "/seatgeek/x", stubhub: "/stubhub/x", eventbrite: "/eventbrite/x",
      ticketevolution: "/ticketevolution/x", feed: "/feed/x", resend: "/resend/x", twilio: "/twilio/x", stripe: "/stripe/v1/x",
    };
    for (const provider of STAND_INS) {
      for (const [kind, statuses] of [["500", [500]], ["429", [429]], ["401", [400, 401, 403]], ["empty-200", [200]]] as const) {
        await sandbox.command("/faults", { provider, kind });
        const answer = await sandbox.get(paths[provider] ?? "");
        assert.ok((statuses as readonly number[]).includes(answer.status), `${provider} ${kind}: ${answer.status}`);
        assert.match(answer.headers.get("content-type") ?? "", /json/);
        JSON.parse(await answer.text());
      }
    }
  });
});

describe("the record of requests", () => {
  test("counts by provider and status, keeps paths, hides secrets", async () => {
    await sandbox.get(PATH);
    await fault("500");
    await sandbox.get(PATH);
    await sandbox.get("/ticketmaster/discovery/v2/events.json?apikey=hidden-key&size=1");
    interface Log {
      readonly counters: Record<string, { readonly total: number; readonly by_status: Record<string, number>; readonly peak_per_second: number }>;
      readonly requests: readonly { readonly provider: string; readonly method: string; readonly path: string; readonly status: number; readonly at_ms: number }[];
    }
    const answer = await (await sandbox.get("/control/requests")).text();
    assert.ok(!answer.includes("secret-client") && !answer.includes("hidden-key"));
    const log = JSON.parse(answer) as Log;
    assert.equal(log.counters["seatgeek"]?.total, 2);
    assert.deepEqual(log.counters["seatgeek"]?.by_status, { 200: 1, 500: 1 });
    assert.ok((log.counters["seatgeek"]?.peak_per_second ?? 0) >= 1);
    const one = await json<Log>(sandbox.get("/control/requests?provider=ticketmaster"));
    assert.deepEqual(one.requests.map((entry) => [entry.method, entry.path, entry.status]), [["GET", "/ticketmaster/discovery/v2/events.json?apikey=***&size=1", 200]]);
  });
});

describe("control", () => {
  test("bad input is a 400 with a sentence", async () => {
    const bad: [string, unknown][] = [
      ["/faults", { provider: "nobody", kind: "500" }],
      ["/faults", { provider: "seatgeek", kind: "nonsense" }],
      ["/faults", { provider: "seatgeek", kind: "500", times: 0 }],
      ["/faults", { provider: "seatgeek", kind: "500", until_ms: "soon" }],
      ["/faults", []],
      ["/drop", { event: "w1-1", percent: 10 }],
      ["/drop", {}],
      ["/price", { market: "seatgeek", source_event_id: "1", amount_minor: 5 }],
      ["/price", { market: "nobody", source_event_id: "1", amount_minor: 5 }],
      ["/limits", { resend_per_second: -1 }],
      ["/twilio/inbound", { from: "+1503", body: "STOP", url: "not a url" }],
      ["/webhooks/resend", { id: "none" }],
    ];
    for (const [path, body] of bad) {
      const answer = await sandbox.command(path, body);
      assert.equal(answer.status, 400, `${path} ${JSON.stringify(body)}`);
      assert.match((await json<{ error: string }>(answer)).error, /\.$/);
    }
    const malformed = await fetch(`${sandbox.base}/control/drop`, { method: "POST", body: "{" });
    assert.equal(malformed.status, 400);
    assert.equal((await sandbox.get("/control/requests?provider=x")).status, 400);
    assert.equal((await sandbox.get("/control/nothing")).status, 404);
  });

  test("a drop and a pin are in the next answer of the market", async () => {
    interface Report {
      readonly events: readonly { readonly event: string; readonly listings: readonly { readonly market: string; readonly source_event_id: string; readonly listing_kind: string; readonly price: { readonly amount_minor: number } | null }[] }[];
    }
    const world = await json<Report>(sandbox.get("/control/world"));
    const event = world.events.find((one) => one.listings.some((listing) => listing.market === "seatgeek" && (listing.price?.amount_minor ?? 0) > 5_000));
    const listing = event?.listings.find((one) => one.market === "seatgeek");
    assert.ok(event && listing?.price);
    const shown = async (): Promise<number | null> =>
      (await json<{ stats: { lowest_price: number | null } }>(sandbox.get(`/seatgeek/2/events/${listing.source_event_id}?client_id=c`))).stats.lowest_price;
    const before = (await shown()) ?? 0;
    assert.equal((await sandbox.command("/drop", { event: event.event, percent: 15 })).status, 201);
    assert.ok(Math.abs(((await shown()) ?? 0) / before - 0.85) < 0.02);
    const pin = (amount: number | null): Promise<Response> => sandbox.command("/price", { market: "seatgeek", source_event_id: listing.source_event_id, amount_minor: amount });
    await pin(4_250);
    assert.equal(await shown(), 42.5);
    await pin(null);
    assert.equal(await shown(), null);
  });

  test("every kind of fault is accepted by name", async () => {
    for (const kind of KINDS) assert.equal((await fault(kind)).status, 201);
    assert.equal((await json<{ faults: unknown[] }>(sandbox.get("/control/faults"))).faults.length, KINDS.length);
  });
});
