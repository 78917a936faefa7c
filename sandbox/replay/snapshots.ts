/**
 * Recorded pages of Ticketmaster and SeatGeek: answers of one moment, served again with their dates moved and nothing
 * else changed.
 *
 * All dates of a file move by the same whole number of days. Ticketmaster's file moves so that the moment of recording
 * becomes the market's start: its sale dates and statuses then agree with the clock. SeatGeek's pages name events of
 * one or two days, which would be gone before anybody had polled twice; having no sale dates, they move by whole weeks to
 * four or five weeks after the start. Local clock times stay; UTC is computed anew from the zone, since a move across a
 * clock change would otherwise shift it by an hour.
 */

import { DAY_MS, instantOf, localText, utcStamp, utcText } from "../calendar.ts";
import type { SeatGeekEvent } from "../providers/seatgeek.ts";
import type { TicketmasterEvent } from "../providers/ticketmaster.ts";

const WEEK_DAYS = 7;
const LEAD_DAYS = 28;
/** The years before this are placeholders (1900-01-01), which mean nothing and are not moved. */
const FIRST_REAL_YEAR = "1990";

/** `[whole]` a date, with a time, with `Z`; anything else in a string is not a date. */
const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(Z?))?$/;

/** Days for a file without a moment of its own: its first event lands four to five weeks after the start, weekday kept. */
export function leadDays(firstEventMs: number, startMs: number): number {
  return Math.ceil(((startMs - firstEventMs) / DAY_MS + LEAD_DAYS) / WEEK_DAYS) * WEEK_DAYS;
}

export interface TicketmasterPage {
  readonly _embedded?: { readonly events?: readonly TicketmasterEvent[] };
  readonly _links?: { readonly self?: { readonly href?: string } };
}

/**
 * When a Discovery page was recorded: two of the three files asked for sales "from now on" and so carry the moment in
 * their own link. Otherwise the latest public sale that had begun before the first event is the best that can be said.
 */
export function recordedMs(page: TicketmasterPage): number {
  const asked = /onsaleStartDateTime=([^&]+)/.exec(page._links?.self?.href ?? "")?.[1];
  if (asked) return Date.parse(decodeURIComponent(asked));
  const events = page._embedded?.events ?? [];
  const first = Math.min(...events.map((event) => Date.parse(event.dates?.start?.dateTime ?? event.dates?.start?.localDate ?? "")).filter(Number.isFinite));
  const sales = events.map((event) => Date.parse((event["sales"] as { public?: { startDateTime?: string } } | undefined)?.public?.startDateTime ?? ""));
  return Math.max(...sales.filter((ms) => ms < first));
}

/** One date moved by days. A time that is UTC (`utc`, or a `Z`) keeps its clock time at the venue when the zone is known. */
export function movedDate(text: string, days: number, utc: boolean, zone: string | undefined): string {
  const match = DATE.exec(text);
  if (!match || text < FIRST_REAL_YEAR) return text;
  const [, date, time, suffix] = match;
  const moved = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
  if (time === undefined) return moved;
  if (!zone || !(utc || suffix === "Z")) return `${moved}T${time}${suffix}`;
  const local = localText(Date.parse(`${date}T${time}Z`), zone);
  const movedLocal = new Date(Date.parse(`${local}Z`) + days * DAY_MS).toISOString().slice(0, 19);
  const ms = instantOf(movedLocal, zone);
  return suffix === "Z" ? utcStamp(ms) : utcText(ms);
}

/** Moves every date field of a recorded body, at any depth. Fields whose names end in `_utc` are UTC without saying so. */
function moved(value: unknown, days: number, zone: string | undefined, name = ""): unknown {
  if (typeof value === "string") return movedDate(value, days, name.endsWith("_utc") || name === "created_at", zone);
  if (Array.isArray(value)) return value.map((one) => moved(one, days, zone, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, moved(inner, days, zone, key)]));
}

export function movedTicketmaster(event: TicketmasterEvent, days: number): TicketmasterEvent {
  const zone = event.dates?.["timezone"] ?? event._embedded?.venues?.[0]?.timezone;
  return moved(event, days, typeof zone === "string" ? zone : undefined) as TicketmasterEvent;
}

export function movedSeatGeek(event: SeatGeekEvent, days: number): SeatGeekEvent {
  return moved(event, days, event.venue?.timezone ?? undefined) as SeatGeekEvent;
}
