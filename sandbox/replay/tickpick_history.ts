/**
 * The TickPick history (college football, 2026-03 to 04) as a feed of offers. TickPick has no buyer fees, so its prices
 * are all-in. 12:00 AM and 3 AM are its placeholders for a kick-off nobody knows yet. The record names no city; the
 * venue's name is the one in the offer's address.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS, datePlus, instantOf } from "../calendar.ts";
import type { FeedOffer } from "../providers/feed.ts";
import { cents, rows } from "./csv.ts";
import { reportOf, Series, shiftDays, type Point, type SetReport } from "./series.ts";

const FILES = ["tickpick/price_history_ncaaf_events.csv", "tickpick/price_history_ncaaf_2026-03_04.csv"] as const;
const COLLECTED_ZONE = "America/New_York";
const PLACEHOLDERS = ["00:00:00", "03:00:00"];

interface Recorded {
  readonly offer: Omit<FeedOffer, "price" | "absent_reason" | "listing_count">;
  readonly lastDayMs: number;
  readonly series: Series;
}

export class TickPickHistory {
  readonly #events: readonly Recorded[];
  readonly #shiftDays: number;

  private constructor(events: readonly Recorded[], days: number) {
    this.#events = events;
    this.#shiftDays = days;
  }

  static async read(folder: string, startMs: number): Promise<TickPickHistory | undefined> {
    if (!FILES.every((file) => existsSync(join(folder, file)))) return undefined;
    const points = new Map<string, Point[]>();
    for await (const row of rows(join(folder, FILES[1]))) {
      const list = points.get(row["event_id"] ?? "") ?? [];
      const listings = Math.trunc(Number(row["listing_count"] || 0));
      list.push({
        atMs: instantOf(row["collected_at_us_eastern"] ?? "", COLLECTED_ZONE),
        minor: cents(row["lowest_price"] ?? ""),
        count: listings > 0 ? listings : null,
      });
      points.set(row["event_id"] ?? "", list);
    }
    const first = [...points.values()].flat().reduce((least, point) => Math.min(least, point.atMs), Infinity);
    const days = shiftDays(first, startMs);
    const events: Recorded[] = [];
    for await (const row of rows(join(folder, FILES[0]))) {
      const recorded = points.get(row["event_id"] ?? "");
      if (!recorded) continue;
      const date = datePlus(row["date_local"] ?? "", days);
      events.push({
        offer: offerOf(row, date),
        // The latest time zone's midnight: an event is over when its day is over everywhere in the country.
        lastDayMs: instantOf(`${datePlus(date, 1)}T00:00:00`, "America/Los_Angeles"),
        series: new Series(recorded, days * DAY_MS),
      });
    }
    return new TickPickHistory(events, days);
  }

  offers(t: number): FeedOffer[] {
    const offers: FeedOffer[] = [];
    for (const { offer, lastDayMs, series } of this.#events) {
      if (t >= lastDayMs) continue;
      const point = series.serve(t);
      if (!point) continue;
      offers.push({
        ...offer,
        price: point.minor === null ? null : { amount_minor: point.minor, currency: "USD", basis: "all_in" },
        absent_reason: point.minor === null ? "unknown" : null,
        listing_count: point.count,
      });
    }
    return offers;
  }

  report(t: number): SetReport {
    const about = { set: "tickpick ncaaf 2026", provider: "feed", files: FILES, shift_days: this.#shiftDays };
    return reportOf(about, this.#events.map((event) => event.series), t);
  }
}

function offerOf(row: Record<string, string>, date: string): Recorded["offer"] {
  const title = row["title"] ?? "";
  const url = row["offer_url"] ?? "";
  const time = clockTime(row["time_local"] ?? "");
  return {
    event_id: row["event_id"] ?? "",
    name: title,
    performers: title.split(/ vs\.? /i).length === 2 ? title.split(/ vs\.? /i) : [],
    venue: { name: venueName(url), city: null, region: null, country: "US" },
    start_local: `${date}T${time}`,
    start_utc: null,
    // The address carries the placeholder even where the time column was read otherwise.
    time_tbd: PLACEHOLDERS.includes(time) || /-3am\/\d+\/$/.test(url),
    status: "onsale",
    url,
  };
}

/** `5:00 PM` and `17:00` both to `17:00:00`. */
export function clockTime(text: string): string {
  const match = /^(\d{1,2}):(\d{2})\s*(AM|PM)?$/i.exec(text.trim());
  if (!match) return "00:00:00";
  const half = match[3]?.toUpperCase();
  const hour = half ? (Number(match[1]) % 12) + (half === "PM" ? 12 : 0) : Number(match[1]);
  return `${String(hour).padStart(2, "0")}:${match[2]}:00`;
}

/** `...-tickets-darrell-k-royal-texas-memorial-stadium-9-12-26-3am/7384449/` names the venue between "tickets" and the date. */
export function venueName(url: string): string {
  const slug = /-tickets-(.+?)-\d{1,2}-\d{1,2}-\d{2}-[0-9apm-]+\/\d+\/?$/.exec(url)?.[1] ?? "";
  return slug
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}
