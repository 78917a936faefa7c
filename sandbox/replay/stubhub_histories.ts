/**
 * The StubHub histories (MLB 2021, and one festival) as catalogue events.
 *
 * The record has names, dates and prices. What a catalogue event needs beyond that is added and said here: the home
 * team's ballpark, a plausible evening time that is marked as unconfirmed (as StubHub does when it knows only the day),
 * and ids for the festival's passes, which the record does not number.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS, datePlus, instantOf, offsetText } from "../calendar.ts";
import { hash } from "../market/random.ts";
import type { StubHubItem } from "../providers/stubhub.ts";
import { cents, rows } from "./csv.ts";
import { reportOf, Series, shiftDays, type Point, type SetReport } from "./series.ts";

interface Park {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly zone: string;
  readonly lat: number;
  readonly lon: number;
}

const PARKS: Readonly<Record<string, Park>> = {
  "Los Angeles Angels": { id: 1780, name: "Angel Stadium", city: "Anaheim", state: "California", zone: "America/Los_Angeles", lat: 33.8003, lon: -117.883 },
  "Los Angeles Dodgers": { id: 1817, name: "Dodger Stadium", city: "Los Angeles", state: "California", zone: "America/Los_Angeles", lat: 34.0718, lon: -118.246 },
  "San Francisco Giants": { id: 1989, name: "Oracle Park", city: "San Francisco", state: "California", zone: "America/Los_Angeles", lat: 37.7786, lon: -122.389 },
};
const FESTIVAL_PARK: Park = { id: 900_000_000, name: "Zilker Park", city: "Austin", state: "Texas", zone: "America/Chicago", lat: 30.267, lon: -97.7729 };
const FESTIVAL = [
  { file: "3day", id: 900_000_001, name: "ACL Music Festival - 3 Day Pass", date: "2021-10-08" },
  { file: "friday", id: 900_000_002, name: "ACL Music Festival - Friday", date: "2021-10-08" },
  { file: "saturday", id: 900_000_003, name: "ACL Music Festival - Saturday", date: "2021-10-09" },
  { file: "sunday", id: 900_000_004, name: "ACL Music Festival - Sunday", date: "2021-10-10" },
] as const;
const PLAUSIBLE_TIME = "19:00:00";

interface Recorded {
  readonly id: number;
  readonly name: string;
  readonly park: Park;
  readonly categories: readonly object[];
  /** The day of the event after the move, `YYYY-MM-DD`. */
  readonly date: string;
  readonly series: Series;
}

interface RecordedSet {
  readonly about: Pick<SetReport, "set" | "provider" | "files" | "shift_days">;
  readonly events: readonly Recorded[];
}

export class StubHubHistories {
  readonly #sets: readonly RecordedSet[];

  private constructor(sets: readonly RecordedSet[]) {
    this.#sets = sets;
  }

  static async read(folder: string, startMs: number): Promise<StubHubHistories> {
    const sets = await Promise.all([readBaseball(folder, startMs), readFestival(folder, startMs)]);
    return new StubHubHistories(sets.filter((set) => set !== undefined));
  }

  /** Every event that the record knows at `t` and whose day is not over. */
  items(t: number, origin: string): StubHubItem[] {
    const items: StubHubItem[] = [];
    for (const event of this.#sets.flatMap((set) => set.events)) {
      const over = instantOf(`${datePlus(event.date, 1)}T00:00:00`, event.park.zone);
      if (t >= over) continue;
      const point = event.series.serve(t);
      if (point) items.push(item(event, point, origin));
    }
    return items;
  }

  reports(t: number): SetReport[] {
    return this.#sets.map((set) => reportOf(set.about, set.events.map((event) => event.series), t));
  }
}

function item(event: Recorded, point: Point, origin: string): StubHubItem {
  const { park } = event;
  const price =
    point.minor === null
      ? {}
      : { min_ticket_price: { amount: point.minor / 100, currency_code: "USD", display: `$${(point.minor / 100).toFixed(2)}` } };
  return {
    changedMs: point.atMs,
    body: {
      id: event.id,
      name: event.name,
      start_date: offsetText(instantOf(`${event.date}T${PLAUSIBLE_TIME}`, park.zone), park.zone),
      end_date: null,
      on_sale_date: null,
      date_confirmed: true,
      time_confirmed: false,
      type: "Main",
      ...price,
      status: "Normal",
      _links: {
        self: { href: `${origin}/stubhub/catalog/events/${event.id}`, title: null, templated: false },
        "event:webpage": { href: `https://www.stubhub.com/event/${event.id}/`, title: null, templated: false },
      },
      _embedded: {
        categories: event.categories,
        external_mappings: [{ id: String(event.id), platform_name: "legacy_stubhub" }],
        merged_events: [],
        venue: {
          id: park.id,
          name: park.name,
          city: park.city,
          state_province: park.state,
          postal_code: null,
          latitude: park.lat,
          longitude: park.lon,
          _embedded: { country: { code: "US", name: "United States" }, external_mappings: [] },
        },
      },
    },
  };
}

/** 0 tickets beside a price means that the count is unknown. */
function count(text: string): number | null {
  const value = Math.trunc(Number(text));
  return Number.isFinite(value) && value > 0 ? value : null;
}

async function readBaseball(folder: string, startMs: number): Promise<RecordedSet | undefined> {
  const files = ["stubhub/price_history_mlb_2021_games.csv", "stubhub/price_history_mlb_2021.csv"] as const;
  if (!files.every((file) => existsSync(join(folder, file)))) return undefined;
  const points = new Map<string, Point[]>();
  for await (const row of rows(join(folder, files[1]))) {
    const list = points.get(row["event_id"] ?? "") ?? [];
    list.push({ atMs: Date.parse(`${row["extract_time_utc"]?.replace(" ", "T")}Z`), minor: cents(row["min_price_usd"] ?? ""), count: count(row["ticket_count"] ?? "") });
    points.set(row["event_id"] ?? "", list);
  }
  const days = shiftDays(earliest([...points.values()].flat()), startMs);
  const events: Recorded[] = [];
  for await (const row of rows(join(folder, files[0]))) {
    const park = PARKS[row["home_team"] ?? ""];
    const recorded = points.get(row["event_id"] ?? "");
    if (!park || !recorded) continue;
    events.push({
      id: Number(row["event_id"]),
      name: row["name"] ?? "",
      park,
      categories: [
        { id: categoryId(row["home_team"] ?? ""), name: row["home_team"], role: "HomeTeam" },
        { id: categoryId(row["away_team"] ?? ""), name: row["away_team"], role: "AwayTeam" },
      ],
      date: datePlus(row["game_date"] ?? "", days),
      series: new Series(recorded, days * DAY_MS),
    });
  }
  return { about: { set: "stubhub mlb 2021", provider: "stubhub", files, shift_days: days }, events };
}

async function readFestival(folder: string, startMs: number): Promise<RecordedSet | undefined> {
  const found = FESTIVAL.map((pass) => ({ ...pass, path: `stubhub/price_history_acl2021_${pass.file}.csv` })).filter((pass) => existsSync(join(folder, pass.path)));
  if (found.length === 0) return undefined;
  const recorded = await Promise.all(
    found.map(async (pass) => {
      const points: Point[] = [];
      for await (const row of rows(join(folder, pass.path))) {
        const [month, day, year] = (row["date"] ?? "").split("/");
        const local = `20${year}-${month?.padStart(2, "0")}-${day?.padStart(2, "0")}T${row["time"]?.padStart(5, "0")}:00`;
        points.push({ atMs: instantOf(local, FESTIVAL_PARK.zone), minor: cents(row["min price"] ?? ""), count: count(row["num tickets left"] ?? "") });
      }
      return { pass, points };
    }),
  );
  const days = shiftDays(earliest(recorded.flatMap((one) => one.points)), startMs);
  const events = recorded.map(({ pass, points }) => ({
    id: pass.id,
    name: pass.name,
    park: FESTIVAL_PARK,
    categories: [{ id: categoryId("ACL Music Festival"), name: "ACL Music Festival", role: "Festival" }],
    date: datePlus(pass.date, days),
    series: new Series(points, days * DAY_MS),
  }));
  return { about: { set: "stubhub acl 2021", provider: "stubhub", files: found.map((pass) => pass.path), shift_days: days }, events };
}

/** The record does not number teams; one number for one name is enough. */
function categoryId(name: string): number {
  return 900_000 + (hash(name) % 90_000);
}

function earliest(points: readonly Point[]): number {
  return points.reduce((least, point) => Math.min(least, point.atMs), Infinity);
}
