/** A day, ms. */
export const DAY_MS = 86_400_000;

/**
 * When a day of the calendar, "2026-12-05", begins in Portland in winter, epoch ms; nothing if it is no day. A search over
 * days means evenings somewhere in America, whose zones are at most three hours apart: no evening falls on the other side.
 */
export function dayStart(day: string): number | undefined {
  const start = Date.parse(`${day}T00:00:00-08:00`);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(start) ? start : undefined;
}
