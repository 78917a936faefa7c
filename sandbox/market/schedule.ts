/**
 * Which events exist. Every week of market time has its own bill, drawn from (seed, week number), so the market never
 * runs dry and no list has to be stored. An event is announced 40 to 60 market days before it begins.
 */

import { DAY_MS, HOUR_MS, datePlus, instantOf } from "../calendar.ts";
import { ACTS, GATHERINGS, TEAMS, type Act, type Gathering, type Team } from "./performers.ts";
import { between, pick, unit } from "./random.ts";
import { VENUES, venueByKey, type Venue } from "./venues.ts";

const WEEK_MS = 7 * DAY_MS;
/** Monday 1970-01-05, so that day 0 of a week is a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const LONGEST_SALE_DAYS = 60;
const SHORTEST_SALE_DAYS = 40;
/** How long after its start an event is still listed by the markets that do not drop it at once. */
export const AFTER_START_MS = 3 * HOUR_MS;

export type Fate = { readonly kind: "cancelled" | "postponed"; readonly atMs: number } | null;

export interface SimEvent {
  /** `w<week>-<number>`, the same for ever under one seed. */
  readonly key: string;
  readonly week: number;
  readonly number: number;
  readonly billing:
    | { readonly kind: "game"; readonly home: Team; readonly away: Team; readonly gameOfSeries: number | null }
    | { readonly kind: "show"; readonly act: Act; readonly support: Act | null; readonly sitting: "early" | "late" | null }
    | { readonly kind: "gathering"; readonly gathering: Gathering };
  readonly venue: Venue;
  readonly startMs: number;
  readonly announcedMs: number;
  /** Until then markets do not know the time of day; null when it was known from the first day. */
  readonly timeKnownMs: number | null;
  readonly fate: Fate;
  /** Cents (of the venue's currency) that the cheapest seat cost all-in when sales began. */
  readonly openingMinor: number;
  /** Demand outruns supply: prices rise towards the day instead of falling. */
  readonly hot: boolean;
  readonly sellsOutMs: number | null;
}

type Draft = Pick<SimEvent, "billing" | "venue"> & { day: number; time: string; low: number; high: number };

function gamesOf(seed: number, week: number): Draft[] {
  const drafts: Draft[] = [];
  const game = (home: Team, away: Team, day: number, time: string, gameOfSeries: number | null): Draft => ({
    billing: { kind: "game", home, away, gameOfSeries },
    venue: venueByKey(home.home),
    day,
    time,
    low: home.league === "CCB" ? 38 : 22,
    high: home.league === "CCB" ? 160 : 64,
  });
  const circuit = TEAMS.filter((team) => team.league === "CCB");
  const [ironwoods, ...others] = circuit;
  if (ironwoods) {
    const away = pick(others, seed, week, "away");
    drafts.push(game(ironwoods, away, 1 + Math.floor(4 * unit(seed, week, "home-day")), "19:00:00", null));
    const host = pick(others, seed, week, "host");
    const guest = pick(circuit.filter((team) => team !== host), seed, week, "guest");
    drafts.push(game(host, guest, 2 + Math.floor(4 * unit(seed, week, "host-day")), "19:30:00", null));
  }
  const [drivers, larkspurs] = TEAMS.filter((team) => team.league === "RBL");
  if (drivers && larkspurs && week % 2 === 0) {
    const [home, away] = unit(seed, week, "series") < 0.6 ? [drivers, larkspurs] : [larkspurs, drivers];
    drafts.push(game(home, away, 4, "18:35:00", 1), game(home, away, 5, "18:35:00", 2));
  }
  return drafts;
}

function showsOf(seed: number, week: number): Draft[] {
  const drafts: Draft[] = [];
  const concerts = ACTS.filter((act) => act.kind === "concert");
  const rooms = VENUES.filter((venue) => venue.use === "hall" || venue.use === "club" || venue.key === "pdx-arena");
  for (const slot of [0, 1]) {
    const act = pick(concerts, seed, week, "concert", slot);
    const support = pick(concerts, seed, week, "support", slot);
    const venue = slot === 0 ? pick([venueByKey("pdx-club"), venueByKey("pdx-arena")], seed, week, "portland") : pick(rooms, seed, week, "room");
    drafts.push({
      billing: { kind: "show", act, support: support === act ? null : support, sitting: null },
      venue,
      day: 3 + slot * 2,
      time: slot === 0 ? "20:00:00" : "19:30:00",
      low: venue.use === "arena" ? 65 : 32,
      high: venue.use === "arena" ? 240 : 95,
    });
  }
  if (week % 2 === 1) {
    const act = pick(ACTS.filter((candidate) => candidate.kind === "comedy"), seed, week, "comedy");
    for (const sitting of ["early", "late"] as const) {
      drafts.push({
        billing: { kind: "show", act, support: null, sitting },
        venue: venueByKey("pdx-club"),
        day: 5,
        time: sitting === "early" ? "19:00:00" : "21:45:00",
        low: 28,
        high: 60,
      });
    }
  }
  if (week % 3 === 0) {
    const act = pick(ACTS.filter((candidate) => candidate.kind === "theatre"), seed, week, "theatre");
    const venue = pick([venueByKey("pdx-hall"), venueByKey("sea-hall")], seed, week, "stage");
    for (const [day, time] of [[3, "19:30:00"], [5, "14:00:00"], [5, "19:30:00"]] as const) {
      drafts.push({ billing: { kind: "show", act, support: null, sitting: null }, venue, day, time, low: 48, high: 130 });
    }
  }
  return drafts;
}

function gatheringsOf(seed: number, week: number): Draft[] {
  const gathering = pick(GATHERINGS, seed, week, "gathering");
  const day = 5 + Math.floor(2 * unit(seed, week, "gathering-day"));
  return [{ billing: { kind: "gathering", gathering }, venue: venueByKey("pdx-commons"), day, time: "11:00:00", low: 8, high: 40 }];
}

function settle(seed: number, week: number, number: number, draft: Draft): SimEvent {
  const key = `w${week}-${number}`;
  const monday = new Date(FIRST_MONDAY_MS + week * WEEK_MS).toISOString().slice(0, 10);
  const startMs = instantOf(`${datePlus(monday, draft.day)}T${draft.time}`, draft.venue.city.zone);
  const saleDays = between(SHORTEST_SALE_DAYS, LONGEST_SALE_DAYS, seed, key, "sale");
  const chance = unit(seed, key, "fate");
  const before = (low: number, high: number, what: string): number =>
    startMs - Math.round(between(low, high, seed, key, what) * DAY_MS);
  const gathering = draft.billing.kind === "gathering";
  return {
    key,
    week,
    number,
    billing: draft.billing,
    venue: draft.venue,
    startMs,
    announcedMs: startMs - Math.round(saleDays * DAY_MS),
    timeKnownMs: !gathering && unit(seed, key, "tbd") < 0.12 ? before(10, 30, "time-known") : null,
    fate:
      chance < 0.03 ? { kind: "cancelled", atMs: before(3, 15, "fate-at") }
      : chance < 0.07 ? { kind: "postponed", atMs: before(5, 20, "fate-at") }
      : null,
    openingMinor: Math.round(between(draft.low, draft.high, seed, key, "opening")) * 100,
    hot: unit(seed, key, "hot") < 0.1,
    sellsOutMs: unit(seed, key, "sells-out") < 0.06 ? before(0.5, 9, "sold-out-at") : null,
  };
}

export class Schedule {
  readonly #seed: number;
  readonly #weeks = new Map<number, readonly SimEvent[]>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The bill of one week. Kept while it is near, because the price walks hang on these objects. */
  week(week: number): readonly SimEvent[] {
    let bill = this.#weeks.get(week);
    if (!bill) {
      bill = this.#bill(week);
      this.#weeks.set(week, bill);
    }
    return bill;
  }

  #bill(week: number): readonly SimEvent[] {
    const drafts = [...gamesOf(this.#seed, week), ...showsOf(this.#seed, week), ...gatheringsOf(this.#seed, week)];
    return drafts.map((draft, number) => settle(this.#seed, week, number, draft));
  }

  /** Every event that was announced by `to` and had not begun at `from`, by start. Keeps nothing. */
  between(from: number, to: number): SimEvent[] {
    const first = Math.floor((from - FIRST_MONDAY_MS) / WEEK_MS) - 1;
    const last = Math.floor((to - FIRST_MONDAY_MS) / WEEK_MS) + 1 + Math.ceil((LONGEST_SALE_DAYS * DAY_MS) / WEEK_MS);
    const found: SimEvent[] = [];
    for (let week = first; week <= last; week += 1) found.push(...(this.#weeks.get(week) ?? this.#bill(week)));
    return found
      .filter((event) => event.announcedMs <= to && from < event.startMs)
      .sort((a, b) => a.startMs - b.startMs || (a.key < b.key ? -1 : 1));
  }

  /** Every event announced and not yet over at market time `t`, by start. */
  at(t: number): SimEvent[] {
    const first = Math.floor((t - FIRST_MONDAY_MS) / WEEK_MS) - 1;
    const last = first + 2 + Math.ceil((LONGEST_SALE_DAYS * DAY_MS) / WEEK_MS);
    const found: SimEvent[] = [];
    for (let week = first; week <= last; week += 1) found.push(...this.week(week));
    for (const week of this.#weeks.keys()) {
      if (week < first - 4 || week > last + 4) this.#weeks.delete(week);
    }
    return found
      .filter((event) => event.announcedMs <= t && t < event.startMs + AFTER_START_MS)
      .sort((a, b) => a.startMs - b.startMs || (a.key < b.key ? -1 : 1));
  }
}
