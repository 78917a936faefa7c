import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DAY_MS } from "../calendar.ts";
import { cents, fields, rows } from "../replay/csv.ts";
import { Replay, ReplayFolderError } from "../replay/replay.ts";
import { Series, shiftDays } from "../replay/series.ts";
import { movedDate } from "../replay/snapshots.ts";
import { clockTime, venueName } from "../replay/tickpick_history.ts";
import { json, start, START_MS } from "./harness.ts";

const RECORDED = fileURLToPath(new URL("../../../shared/providers", import.meta.url));
const absent = existsSync(RECORDED) ? false : `recorded data is not at ${RECORDED}`;

test("a line of the record splits at commas outside quotes", () => {
  assert.deepEqual(fields('1,"Los Angeles, CA","a ""b""",'), ["1", "Los Angeles, CA", 'a "b"', ""]);
});

test("dollars become cents without a float; nothing and 0 become no price", () => {
  assert.deepEqual(["58.62", "94", "46.8", "39.0", "0.105", "1.005"].map(cents), [5862, 9400, 4680, 3900, 11, 101]);
  assert.deepEqual(["", "0", "0.0", "n/a", "-5"].map(cents), [null, null, null, null, null]);
});

test("a history begins at the market's start or less than a day after it, moved by whole days", () => {
  const first = Date.parse("2021-06-08T17:51:48Z");
  const moved = first + shiftDays(first, START_MS) * DAY_MS;
  assert.ok(moved >= START_MS && moved < START_MS + DAY_MS);
  assert.equal((moved - first) % DAY_MS, 0);
});

test("a series answers the last record at or before a moment and counts each point once", () => {
  const series = new Series([{ atMs: 100, minor: 500, count: null }, { atMs: 200, minor: null, count: null }], 1_000);
  assert.equal(series.serve(1_099), undefined);
  assert.equal(series.serve(1_100)?.minor, 500);
  assert.equal(series.serve(1_150)?.minor, 500);
  assert.equal(series.serve(9_999)?.minor, null);
  assert.deepEqual([series.served, series.due(1_150), series.total], [2, 1, 2]);
});

test("a moved date keeps the clock on the wall across a clock change, and placeholders stay", () => {
  const zone = "America/Los_Angeles";
  assert.equal(movedDate("2026-07-01T19:00:00", 183, false, zone), "2026-12-31T19:00:00");
  assert.equal(movedDate("2026-07-02T02:00:00Z", 183, false, zone), "2027-01-01T03:00:00Z");
  assert.equal(movedDate("2026-07-01", 183, false, zone), "2026-12-31");
  assert.equal(movedDate("1900-01-01T18:00:00Z", 183, false, zone), "1900-01-01T18:00:00Z");
  assert.equal(movedDate("Doors at 19:00", 183, false, zone), "Doors at 19:00");
});

test("TickPick's clock times and venue addresses are read", () => {
  assert.deepEqual(["12:00 AM", "3:00 AM", "5:00 PM", "14:00", "03:00"].map(clockTime), ["00:00:00", "03:00:00", "17:00:00", "14:00:00", "03:00:00"]);
  assert.equal(venueName("https://www.tickpick.com/buy-a-vs-b-tickets-lambeau-field-9-6-26-3am/7415469/"), "Lambeau Field");
});

test("a folder that is missing or holds no record is refused with a sentence", async () => {
  await assert.rejects(Replay.read("/nonexistent", START_MS), ReplayFolderError);
  await assert.rejects(Replay.read(fileURLToPath(new URL(".", import.meta.url)), START_MS), ReplayFolderError);
});

describe("the recorded data", { skip: absent }, () => {
  const at = (days: number): { segments: { realMs: number; marketMs: number; scale: number }[]; replay: string } => ({
    replay: RECORDED,
    // Market time began at START_MS and stands `days` later.
    segments: [{ realMs: 0, marketMs: START_MS, scale: 0 }, { realMs: 1, marketMs: START_MS + days * DAY_MS, scale: 0 }],
  });
  const token = async (base: string): Promise<Record<string, string>> => {
    const body = await json<{ access_token: string }>(
      fetch(`${base}/stubhub/oauth2/token`, { method: "POST", body: "grant_type=client_credentials&scope=read:events", headers: { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` } }),
    );
    return { authorization: `Bearer ${body.access_token}` };
  };

  test("StubHub shows each game's last recorded price, and no price that was not recorded", async () => {
    const sandbox = await start(at(20));
    try {
      interface Page {
        readonly _embedded: { readonly items: readonly { readonly id: number; readonly name: string; readonly min_ticket_price?: { readonly amount: number } }[] };
      }
      const page = await json<Page>(sandbox.get("/stubhub/catalog/events?page_size=1000", await token(sandbox.base)));
      assert.ok(page._embedded.items.length > 100);
      const shift = shiftDays(Date.parse("2021-06-08T17:51:48Z"), START_MS) * DAY_MS;
      const last = new Map<string, { at: number; price: string }>();
      for await (const row of rows(`${RECORDED}/stubhub/price_history_mlb_2021.csv`)) {
        const atMs = Date.parse(`${row["extract_time_utc"]?.replace(" ", "T")}Z`) + shift;
        const known = last.get(row["event_id"] ?? "");
        if (atMs <= START_MS + 20 * DAY_MS && atMs >= (known?.at ?? 0)) last.set(row["event_id"] ?? "", { at: atMs, price: row["min_price_usd"] ?? "" });
      }
      const games = page._embedded.items.filter((item) => item.id < 900_000_000);
      for (const game of games) {
        assert.equal(game.min_ticket_price?.amount, Number(last.get(String(game.id))?.price), game.name);
      }
    } finally {
      await sandbox.close();
    }
  });

  test("TickPick's offers are all-in, or absent with a reason", async () => {
    const sandbox = await start(at(10));
    try {
      interface Offer {
        readonly event_id: string;
        readonly price: { readonly amount_minor: number; readonly basis: string } | null;
        readonly absent_reason: string | null;
        readonly time_tbd: boolean;
      }
      const offers: Offer[] = [];
      let next: string | null = `${sandbox.base}/feed/offers.json`;
      while (next) {
        const page: { feed: string; synthetic: boolean; offers: Offer[]; next: string | null } = await json(fetch(next, { headers: { authorization: "Bearer k" } }));
        assert.deepEqual([page.feed, page.synthetic], ["tickpick-recorded", false]);
        offers.push(...page.offers);
        next = page.next;
      }
      assert.ok(offers.length > 250);
      assert.equal(new Set(offers.map((offer) => offer.event_id)).size, offers.length);
      for (const offer of offers) assert.equal(offer.price === null, offer.absent_reason !== null);
      assert.ok(offers.some((offer) => offer.price === null) && offers.some((offer) => offer.price?.basis === "all_in"));
      assert.ok(offers.filter((offer) => offer.time_tbd).length > 200);
      assert.equal((await sandbox.get("/feed/offers.json", { authorization: "Bearer bad-key" })).status, 401);
    } finally {
      await sandbox.close();
    }
  });

  test("Ticketmaster's and SeatGeek's events come again with nothing changed but dates", async () => {
    const sandbox = await start(at(0));
    try {
      const { readFileSync } = await import("node:fs");
      type Body = { _embedded: { events: { id: string; priceRanges?: unknown; dates: { start: { localTime?: string } } }[] } };
      const recorded = JSON.parse(readFileSync(`${RECORDED}/ticketmaster/discovery_events_us_2024-12.json`, "utf8")) as Body;
      const served = await json<Body>(sandbox.get("/ticketmaster/discovery/v2/events.json?apikey=k&size=200"));
      for (const event of recorded._embedded.events) {
        const again = served._embedded.events.find((one) => one.id === event.id);
        assert.ok(again, event.id);
        assert.deepEqual(again.priceRanges, event.priceRanges);
        assert.equal(again.dates.start.localTime, event.dates.start.localTime);
        assert.equal(JSON.stringify(again).replace(/\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ?)?/g, "D"), JSON.stringify(event).replace(/\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ?)?/g, "D"));
      }
      const seatgeek = await json<{ events: { id: number; datetime_local: string }[]; meta: { total: number } }>(sandbox.get("/seatgeek/2/events?client_id=c&per_page=100"));
      assert.equal(seatgeek.meta.total, 60);
      assert.ok(seatgeek.events.every((event) => Date.parse(`${event.datetime_local}Z`) > START_MS + 20 * DAY_MS));
      assert.equal((await sandbox.get("/healthz")).headers.get("x-sandbox-mode"), "replay");
    } finally {
      await sandbox.close();
    }
  });

  test("the report tells sets, shifts and points, and prices cannot be commanded", async () => {
    const sandbox = await start(at(5));
    try {
      await sandbox.get("/stubhub/catalog/events", await token(sandbox.base));
      interface Report {
        readonly replay: { readonly sets: readonly { readonly set: string; readonly points_total: number; readonly points_due: number; readonly points_served: number; readonly progress: number; readonly first_record: string }[] };
      }
      const { replay } = await json<Report>(sandbox.get("/control/replay"));
      assert.deepEqual(replay.sets.map((set) => set.set), [
        "discovery_events_gb_ie_2025", "discovery_events_us_2020-03", "discovery_events_us_2024-12",
        "events_2019-10_10pages", "events_2020-03", "stubhub mlb 2021", "stubhub acl 2021", "tickpick ncaaf 2026",
      ]);
      const baseball = replay.sets.find((set) => set.set === "stubhub mlb 2021");
      assert.equal(baseball?.points_total, 18_942);
      assert.ok(baseball.points_due > 0 && baseball.points_served > 0 && baseball.points_served <= baseball.points_due);
      assert.ok(baseball.progress > 0 && baseball.progress < 0.1);
      for (const set of replay.sets) assert.ok(Date.parse(set.first_record) >= START_MS && Date.parse(set.first_record) < START_MS + DAY_MS, set.set);
      assert.equal((await sandbox.command("/drop", { event: "x", percent: 5 })).status, 400);
    } finally {
      await sandbox.close();
    }
  });
});
