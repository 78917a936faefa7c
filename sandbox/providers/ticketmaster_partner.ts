/**
 * What Ticketmaster tells approved partners beside Discovery: Inventory Status v1 and Commerce v2. Evidence: the documented
 * answers; a key is a partner's when it begins with "partner".
 */

import { answer } from "./answer.ts";

export interface BoxOffice {
  /** Discovery's id. */
  readonly id: string;
  /** Sixteen hexadecimal digits, as the box office numbers the event. */
  readonly legacyId: string;
  readonly status: "TICKETS_AVAILABLE" | "FEW_TICKETS_LEFT" | "TICKETS_NOT_AVAILABLE" | "UNKNOWN";
  readonly currency: string;
  /** Cheapest first; empty when nothing is on sale. */
  readonly zones: readonly { readonly zone: string; readonly valueMinor: number; readonly totalMinor: number }[];
}

const TYPE = "application/json;charset=utf-8";
const MOST_EVENTS = 1_000;

export const isPartner = (key: string): boolean => key.startsWith("partner");

function refused(status: number, code: string, detail: string): Response {
  return answer({ errors: [{ code, detail, status: String(status) }] }, status, TYPE);
}

/** `?events=a,b`: events that it does not know are left out. */
export function availability(offices: readonly BoxOffice[], events: string | undefined): Response {
  const ids = (events ?? "").split(",").filter(Boolean);
  if (ids.length === 0 || ids.length > MOST_EVENTS) return refused(400, "INV1001", "events must name 1 to 1,000 events");
  const found = ids.flatMap((id) => offices.filter((office) => office.id === id).slice(0, 1));
  return answer(found.map(({ id, status }) => ({ eventId: id, status })), 200, TYPE);
}

const decimal = (minor: number): string => (minor / 100).toFixed(2);

/** Amounts are strings; `total` is `value` with fees and taxes. */
export function commerceOffers(offices: readonly BoxOffice[], id: string): Response {
  const office = offices.find((one) => one.id === id || one.legacyId === id);
  if (!office) return refused(404, "COM1404", "Event not found");
  const prices = office.zones.map(({ zone, valueMinor, totalMinor }) => ({
    priceZone: zone,
    value: decimal(valueMinor),
    total: decimal(totalMinor),
    fees: [
      { value: "0.00", label: "Facility", type: "facility" },
      { value: decimal(totalMinor - valueMinor), label: "Service", type: "service" },
    ],
    taxes: [{ value: "0.00", label: "Face Value Tax", type: "face_value_tax" }],
  }));
  const offer = {
    id: "000000000001",
    type: "offers",
    attributes: { name: "ADULT", description: "Standard Adult", rank: 0, offerType: "DEFAULT", currency: office.currency, prices },
  };
  const metadata = { eventMapping: { id: office.id, type: "event", source: { name: "ticketmaster", id: office.legacyId } } };
  return answer({ limits: { max: 50 }, prices: { data: [] }, metadata, offers: prices.length > 0 ? [offer] : [], _embedded: {} }, 200, TYPE);
}
