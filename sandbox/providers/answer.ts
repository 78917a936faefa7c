/** JSON answers with the exact content type of a provider. */

/** An object of which we name the members we read; it may have others, which are passed through. */
export type Open<T> = T & { readonly [member: string]: unknown };

export function answer(body: unknown, status: number, contentType: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": contentType, ...headers } });
}

/** The page `number` (from 0) of `size` items. */
export function slice<T>(items: readonly T[], number: number, size: number): T[] {
  return items.slice(number * size, (number + 1) * size);
}

/** A whole number from a query parameter; `undefined` when it is not one. */
export function whole(text: string | null | undefined): number | undefined {
  return text != null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance in kilometres (haversine). */
export function distanceKm(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const rad = Math.PI / 180;
  const a =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(a)));
}
