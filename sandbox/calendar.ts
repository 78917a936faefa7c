/** Wall clocks of cities: from a venue's local date and time to UTC and back, by the IANA zone. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** `YYYY-MM-DDTHH:MM:SS` on the wall of `zone` at an instant. */
export function localText(ms: number, zone: string): string {
  const part = Object.fromEntries(formatFor(zone).formatToParts(ms).map((p) => [p.type, p.value]));
  return `${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}:${part["second"]}`;
}

/** `YYYY-MM-DDTHH:MM:SS` in UTC, without a suffix, as SeatGeek writes it. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** `YYYY-MM-DDTHH:MM:SSZ`. */
export function utcStamp(ms: number): string {
  return `${utcText(ms)}Z`;
}

/** Milliseconds that `zone` is ahead of UTC at an instant (negative in the Americas). */
export function offsetMs(ms: number, zone: string): number {
  return Date.parse(`${localText(ms, zone)}Z`) - Math.floor(ms / 1000) * 1000;
}

/**
 * The instant at which the wall of `zone` reads `local` (`YYYY-MM-DDTHH:MM:SS`).
 * Two rounds are enough: the first guess is at most one offset change away. A time skipped by a clock change lands one hour on.
 */
export function instantOf(local: string, zone: string): number {
  const wall = Date.parse(`${local}Z`);
  const guess = wall - offsetMs(wall, zone);
  return wall - offsetMs(guess, zone);
}

/** `2026-11-21T19:00:00-08:00`, as StubHub writes a start. */
export function offsetText(ms: number, zone: string): string {
  const minutes = Math.round(offsetMs(ms, zone) / 60_000);
  const sign = minutes < 0 ? "-" : "+";
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0");
  const rest = String(Math.abs(minutes) % 60).padStart(2, "0");
  return `${localText(ms, zone)}${sign}${hours}:${rest}`;
}

/** The date `days` after `date` (`YYYY-MM-DD`). */
export function datePlus(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
