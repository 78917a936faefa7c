import { lookUp, type ToldZone, UTC } from './zone.ts';

/** When an event takes place, as the API states it. */
export interface EventTime {
  /** The venue's wall clock, without a zone: "2026-12-05T19:30:00". */
  readonly local_start?: string | null | undefined;
  readonly starts_at?: string | null | undefined;
  readonly date_tbd?: boolean | undefined;
  readonly time_tbd?: boolean | undefined;
}

/** A clock: a zone by its name, asked of this runtime, or as somebody told it. */
export type Zone = string | ToldZone;

const LOCALE = 'en-US';

/** The wall clock as a date whose UTC fields are the clock's; nothing where it is unknown. */
function wallClock({ local_start, starts_at }: EventTime): Date | undefined {
  const text = local_start ? `${local_start.replace(/Z$/, '')}Z` : starts_at;
  const date = text ? new Date(text) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** An event's date and time in words; what is still open says so. */
export function formatWhen(when: EventTime): { date: string; time: string } {
  const clock = wallClock(when);
  if (clock === undefined || when.date_tbd) return { date: 'Date to be announced', time: 'Time to be announced' };
  const date = clock.toLocaleDateString(LOCALE, { timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' });
  const time = when.time_tbd
    ? 'Time to be announced'
    : clock.toLocaleTimeString(LOCALE, { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' });
  return { date, time };
}

/** The parts of a date tile: "Dec", "5", "Sat"; nothing while the date is open. */
export function dateTile(when: EventTime): { month: string; day: string; weekday: string } | undefined {
  const clock = wallClock(when);
  if (clock === undefined || when.date_tbd) return undefined;
  const part = (options: Intl.DateTimeFormatOptions) => clock.toLocaleDateString(LOCALE, { timeZone: 'UTC', ...options });
  return { month: part({ month: 'short' }), day: part({ day: 'numeric' }), weekday: part({ weekday: 'short' }) };
}

/** The value of a `<time datetime>`: the instant where known, else the wall clock. */
export function machineTime(when: EventTime): string | undefined {
  return when.date_tbd ? undefined : (when.starts_at ?? when.local_start ?? undefined);
}

/** How long ago in the fewest honest words: "just now", "40 s ago", "12 min ago", "3 h ago", "5 days ago". */
export function formatAge(seconds: number): string {
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${Math.floor(seconds)} s ago`;
  if (seconds < 90 * 60) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** Seconds from `earlier` to `later`, both as the API states them; never negative. */
export function secondsBetween(earlier: string, later: string): number {
  return Math.max(0, (Date.parse(later) - Date.parse(earlier)) / 1000);
}

/** An instant on a clock: "Nov 21, 9:05 AM". */
export function formatInstant(epochMs: number, zone: Zone): string {
  return `${formatDay(epochMs, zone)}, ${formatTime(epochMs, zone)}`;
}

/** A day on a clock: "Nov 21". */
export function formatDay(epochMs: number, zone: Zone): string {
  const clock = clockAt(epochMs, zone);
  return `${MONTHS[clock.getUTCMonth()]} ${clock.getUTCDate()}`;
}

/** A day on a clock with its year: "Nov 21, 2026". */
export function formatDayOfYear(epochMs: number, zone: Zone): string {
  return `${formatDay(epochMs, zone)}, ${clockAt(epochMs, zone).getUTCFullYear()}`;
}

/** A time of day on a clock: "9:05 AM". */
export function formatTime(epochMs: number, zone: Zone): string {
  const clock = clockAt(epochMs, zone);
  const [hour, minute] = [clock.getUTCHours(), String(clock.getUTCMinutes()).padStart(2, '0')];
  return `${hour % 12 || 12}:${minute}\u202f${hour < 12 ? 'AM' : 'PM'}`;
}

/** What people call the zone at that instant: "PST", "GMT+1". */
export function zoneName(epochMs: number, zone: Zone): string {
  return standingIn(epochMs, zone).name;
}

// Written by hand and not by Intl: server and browser may hold different data, and what one wrote the other must not change.
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** The instant as a date whose UTC fields are the clock's. */
const clockAt = (epochMs: number, zone: Zone) => new Date(epochMs + standingIn(epochMs, zone).aheadMs);

const standingIn = (epochMs: number, zone: Zone) => (typeof zone === 'string' ? lookUp(epochMs, zone) : (zone.findLast(({ fromMs }) => fromMs <= epochMs) ?? zone[0] ?? UTC));

/** `timeZone` if this runtime knows it, else UTC. */
export function knownZone(timeZone: string | null | undefined): string {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: timeZone ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** A month of the calendar, "2026-12", as people write it: "December 2026". */
export function formatMonth(month: string): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? month : date.toLocaleDateString(LOCALE, { timeZone: 'UTC', month: 'long', year: 'numeric' });
}

/** A day of the calendar, "2026-11-20", as people write it: "Nov 20, 2026". */
export function formatDate(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? day : date.toLocaleDateString(LOCALE, { timeZone: 'UTC', month: 'short', day: 'numeric', year: 'numeric' });
}

/** Whether an event has begun at the market's instant `asOf`; while its time is open, a day after its date began. */
export function hasBegun({ starts_at, date_tbd, time_tbd }: EventTime, asOf: string): boolean {
  if (!starts_at || date_tbd) return false;
  return Date.parse(asOf) >= Date.parse(starts_at) + (time_tbd ? 86_400_000 : 0);
}
