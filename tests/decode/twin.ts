/**
 * The twin of src/lib.rs as one would write it in TypeScript: `await r.json()`, then map what is needed to the same
 * normalised events. The bench compares what both answer before it compares their times.
 */

type Price = { kind: "quoted"; amount_minor: number; currency: string; basis: string } | { kind: "absent"; reason: string };

interface SourceEvent {
  market: string;
  id: string;
  name: string;
  performers: { id?: string; name: string; home?: boolean }[];
  venue: { id?: string; name: string; city?: string; region?: string; country?: string; latitude?: number; longitude?: number; timezone?: string };
  start: { utc: Date | null; local: string | null; date_tbd: boolean; time_tbd: boolean };
  status: string;
  kind: "main" | "add_on";
  genre?: string;
  url?: string;
  quote: { price: Price; listings?: number; tickets?: number; before_fees?: { amount_minor: number; currency: string } };
}

const RECORDED_AT = 1_900_000_000_000;
/** As zero-decimal currencies are not in these pages, two decimals do. */
const minor = (amount: number): number => Math.round(amount * 100);
const text = (value: string | null | undefined): string | undefined => value?.trim() || undefined;
const link = (url: string | undefined): string | undefined => (url && /^https?:\/\//.test(url) ? url : undefined);
const real = (date: Date): Date | null => (date.getUTCFullYear() >= 1971 ? date : null);

const MARKS = new Set(["parking", "pass", "passes", "suite", "suites", "hospitality", "upgrade", "upgrades", "postgame", "pregame", "shuttle", "shuttles", "addon", "addons", "upsell", "locker"]);
const FILLERS = new Set(["a", "the", "only", "and", "or", "of", "experience", "experiences", "vip", "club", "lounge", "access", "premium", "package", "packages", "ticket", "tickets", "not", "included", "lot", "garage", "premier"]);

function kindOf(title: string): "main" | "add_on" {
  const name = title.toLowerCase().replace("post game", "postgame").replace("pre game", "pregame").replace(/add[- ]on/, "addon");
  if (name.startsWith("parking pass") || name.endsWith("parking") || name.endsWith("parking pass")) return "add_on";
  const parts = name.split(/[:()|[\]–—]| - /).filter((part) => part.trim() !== "");
  const words = (part: string): string[] => part.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const isAddOn = (part: string): boolean => {
    const all = words(part);
    return all.some((word) => MARKS.has(word)) && all.every((word) => MARKS.has(word) || FILLERS.has(word));
  };
  return parts.length > 1 && parts.some(isAddOn) ? "add_on" : "main";
}

function place(latitude: unknown, longitude: unknown): { latitude?: number; longitude?: number } {
  const [lat, lon] = [Number(latitude ?? NaN), Number(longitude ?? NaN)];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0) ? { latitude: lat, longitude: lon } : {};
}

const SEATGEEK_STATUS: Record<string, string> = {
  normal: "onsale", postponed: "postponed", rescheduled: "rescheduled", cancelled: "cancelled", canceled: "cancelled", contingent: "contingent",
};

/* eslint-disable @typescript-eslint/no-explicit-any -- provider answers as they come */
function seatgeekEvent(event: any): SourceEvent {
  const dateTbd = event.date_tbd || event.datetime_tbd || !event.datetime_local;
  const timeTbd = dateTbd || event.time_tbd;
  const stats = event.stats ?? {};
  const status = event.conditional ? "contingent" : (SEATGEEK_STATUS[event.status] ?? "unknown");
  const { price, beforeFees } = seatgeekPrice(stats, status);
  const count = (value: number | null | undefined): number | undefined => (value || (value === 0 && price.kind === "absent") ? value : undefined);
  const name = text(event.title) ?? text(event.short_title) ?? "";
  return {
    market: "seatgeek",
    id: String(event.id),
    name,
    performers: (event.performers ?? []).map((one: any) => ({ id: String(one.id), name: one.name.trim(), home: one.home_team === true })),
    venue: {
      id: String(event.venue.id),
      name: text(event.venue.name) ?? "",
      city: text(event.venue.city),
      region: text(event.venue.state),
      country: text(event.venue.country),
      ...place(event.venue.location?.lat, event.venue.location?.lon),
      timezone: text(event.venue.timezone),
    },
    start: { utc: timeTbd ? null : real(new Date(`${event.datetime_utc}Z`)), local: event.datetime_local ?? null, date_tbd: Boolean(dateTbd), time_tbd: Boolean(timeTbd) },
    status,
    kind: event.type?.includes("parking") ? "add_on" : kindOf(name),
    genre: (event.taxonomies?.[0]?.name ?? event.type)?.toLowerCase(),
    url: link(event.url),
    quote: { price, listings: count(stats.listing_count), tickets: count(stats.ticket_count), before_fees: beforeFees },
  };
}

function seatgeekPrice(stats: any, status: string): { price: Price; beforeFees?: { amount_minor: number; currency: string } } {
  const absent = (reason: string): { price: Price } => ({ price: { kind: "absent", reason } });
  if (status === "cancelled") return absent("not_on_sale");
  if (!("lowest_price" in stats) && !("lowest_sg_base_price" in stats) && !("listing_count" in stats)) return absent("restricted");
  const base = stats.lowest_sg_base_price > 0 ? { amount_minor: minor(stats.lowest_sg_base_price), currency: "USD" } : undefined;
  if (stats.lowest_price > 0) {
    return { price: { kind: "quoted", amount_minor: minor(stats.lowest_price), currency: "USD", basis: "all_in" }, beforeFees: base };
  }
  if (base) return { price: { kind: "quoted", ...base, basis: "before_fees" } };
  return absent(stats.listing_count === 0 ? "sold_out" : "unknown");
}

const TICKETMASTER_STATUS: Record<string, string> = {
  onsale: "onsale", offsale: "offsale", canceled: "cancelled", cancelled: "cancelled", postponed: "postponed", rescheduled: "rescheduled",
};

function ticketmasterEvent(event: any): SourceEvent {
  const start = event.dates?.start ?? {};
  const dateTbd = start.dateTBD || start.dateTBA || !start.localDate;
  const timeTbd = dateTbd || start.timeTBA || start.noSpecificTime || !start.localTime;
  const status = TICKETMASTER_STATUS[event.dates?.status?.code] ?? "unknown";
  const venue = event._embedded?.venues?.[0] ?? {};
  const classes = [...(event.classifications ?? [])].sort((a: any, b: any) => Number(b.primary === true) - Number(a.primary === true));
  const genre = classes.map((one: any) => one.segment?.name?.trim().toLowerCase()).find((word: string | undefined) => word && word !== "undefined" && word !== "other");
  const name = event.name.trim();
  return {
    market: "ticketmaster",
    id: event.id,
    name,
    performers: (event._embedded?.attractions ?? []).filter((one: any) => text(one.name)).map((one: any) => ({ id: one.id, name: one.name.trim(), home: false })),
    venue: {
      id: venue.id,
      name: text(venue.name) ?? "",
      city: text(venue.city?.name),
      region: text(venue.state?.stateCode) ?? text(venue.state?.name),
      country: text(venue.country?.countryCode),
      ...place(venue.location?.latitude, venue.location?.longitude),
      timezone: text(event.dates?.timezone) ?? text(venue.timezone),
    },
    start: {
      utc: timeTbd || !start.dateTime ? null : real(new Date(start.dateTime)),
      local: start.localDate ? `${start.localDate}T${start.localTime ?? "00:00:00"}` : null,
      date_tbd: Boolean(dateTbd),
      time_tbd: Boolean(timeTbd),
    },
    status,
    kind: kindOf(name),
    genre,
    url: link(event.url),
    quote: { price: ticketmasterPrice(event, status) },
  };
}

const RANK: Record<string, number> = { all_in: 0, before_fees: 1, unknown: 2 };

function ticketmasterPrice(event: any, status: string): Price {
  if (status === "offsale" || status === "cancelled") return { kind: "absent", reason: "not_on_sale" };
  const resale = event.url ? /^https?:\/\/([^/]+\.)?ticketsnow\.com(\/|$)/.test(event.url) : event.id.startsWith("Z7r9j");
  const inclusive = event.ticketing?.allInclusivePricing?.enabled === true;
  const basisOf = (kind: string | undefined): string => {
    if (kind === "standard" && resale) return "unknown";
    if (kind?.includes("including fees") || (kind === "standard" && inclusive)) return "all_in";
    return kind === "standard" ? "before_fees" : "unknown";
  };
  const prices = (event.priceRanges ?? [])
    .filter((range: any) => range.min > 0)
    .map((range: any) => ({ kind: "quoted" as const, amount_minor: minor(range.min), currency: range.currency, basis: basisOf(range.type) }))
    .sort((a: any, b: any) => (RANK[a.basis] ?? 3) - (RANK[b.basis] ?? 3) || a.amount_minor - b.amount_minor);
  if (prices[0]) return prices[0];
  const begins = event.sales?.public?.startDateTime;
  return { kind: "absent", reason: begins && Date.parse(begins) > RECORDED_AT ? "not_on_sale" : "unknown" };
}

async function read(provider: string, url: string): Promise<SourceEvent[]> {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  const page = (await answer.json()) as any;
  return provider === "seatgeek"
    ? page.events.map(seatgeekEvent)
    : page._embedded.events.filter((event: any) => event.test !== true).map(ticketmasterEvent);
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [provider, page] = [searchParams.get("provider") ?? "", searchParams.get("page") ?? ""];
    if (pathname === "/events") return Response.json(await read(provider, page));
    const times = Number(searchParams.get("times") ?? 1);
    if (pathname === "/fetch") {
      let bytes = 0;
      for (let i = 0; i < times; i += 1) bytes += (await (await fetch(page)).arrayBuffer()).byteLength;
      return Response.json({ bytes });
    }
    let events = 0;
    for (let i = 0; i < times; i += 1) events += (await read(provider, page)).length;
    return Response.json({ events });
  },
};
