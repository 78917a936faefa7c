import { DAY_MS, dayStart } from '#lib/days.ts';
import { parseMoney, toDecimal } from '#lib/money.ts';
import { allOf, oneOf, type Query } from '#lib/query.ts';

/** What a search page is asked for, in the words of its address. */
export interface SearchState {
  readonly q?: string;
  readonly performer?: string;
  readonly venue?: string;
  readonly city?: string;
  readonly genre?: string;
  readonly month?: string;
  /** "45.53,-122.67" */
  readonly near?: string;
  readonly km?: string;
  /** Days, "2026-12-05", as a date field gives them. */
  readonly from?: string;
  readonly to?: string;
  /** Dollars, as typed. */
  readonly min?: string;
  readonly max?: string;
  readonly markets: readonly string[];
  readonly sort?: string;
  readonly cursor?: string;
}

const SINGLE = ['q', 'performer', 'venue', 'city', 'genre', 'month', 'near', 'km', 'from', 'to', 'min', 'max', 'sort', 'cursor'] as const;
const LONGEST = 100;
const CURRENCY = 'USD';

/** Reads the address of a search page; empty fields of a form count as absent. */
export function readSearch(query: Query): SearchState {
  const given = SINGLE.map((name) => [name, oneOf(query, name)?.trim().slice(0, LONGEST)] as const).filter(([, value]) => value);
  return { ...(Object.fromEntries(given) as Partial<SearchState>), markets: allOf(query, 'markets').flatMap((text) => text.split(',')).filter(Boolean) };
}

/** The address that asks for it. */
export function searchParams({ markets, ...single }: SearchState): [string, string][] {
  const given = SINGLE.map((name) => [name, single[name]] as const).filter((entry): entry is readonly [(typeof SINGLE)[number], string] => Boolean(entry[1]));
  return [...given.map(([name, value]): [string, string] => [name, value]), ...markets.map((market): [string, string] => ['markets', market])];
}

/** The same search, narrowed or widened; it begins at its first page again. */
export function changed(state: SearchState, change: { [K in keyof SearchState]?: SearchState[K] | undefined }): SearchState {
  const { cursor: _, ...rest } = { ...state, ...change } as SearchState;
  return rest;
}

/** Whether anything but words and order narrows it. */
export function isNarrowed(state: SearchState): boolean {
  return searchParams(state).some(([name]) => !['q', 'sort', 'cursor'].includes(name));
}

/** Fields of the form whose text cannot be meant, with what would do. */
export function mistakes({ from, to, min, max }: SearchState): { from?: string; to?: string; max?: string } {
  return {
    ...(from && dayStart(from) === undefined ? { from: 'This is no date. Write it like 2026-12-05.' } : {}),
    ...(to && dayStart(to) === undefined ? { to: 'This is no date. Write it like 2026-12-05.' } : {}),
    ...(from && to && dayStart(from) && dayStart(to) && from > to ? { to: 'The last day is before the first.' } : {}),
    ...((max && parseMoney(max, CURRENCY) === undefined) || (min && min !== '0' && parseMoney(min, CURRENCY) === undefined) ? { max: 'This is no amount. Write it like 75 or 75.50.' } : {}),
  };
}

/** The question to the API. What cannot be meant is left out: the form says so beside the field. */
export function apiQuery(state: SearchState) {
  const { q, performer, venue, city, genre, month, near, km, from, to, min, max, markets, sort, cursor } = state;
  const first = from ? dayStart(from) : undefined;
  const last = to ? dayStart(to) : undefined;
  const backwards = first !== undefined && last !== undefined && first > last;
  const minor = (text: string | undefined) => (text ? parseMoney(text, CURRENCY)?.amount_minor : undefined);
  const given = {
    q, performer, venue, city, genre, month, near,
    km: near && km ? Number(km) : undefined,
    from: first === undefined ? undefined : new Date(first).toISOString(),
    to: last === undefined || backwards ? undefined : new Date(last + DAY_MS - 1000).toISOString(),
    min_price: minor(min),
    max_price: minor(max),
    markets: markets.length > 0 ? markets.join(',') : undefined,
    sort: q ? sort : undefined,
    cursor,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== '' && !Number.isNaN(value))) as Partial<Required<{ [K in keyof typeof given]: NonNullable<(typeof given)[K]> }>>;
}

/** A price band of the API as amounts for the address. */
export function bandAmounts({ from_minor, to_minor, currency }: { from_minor: number; to_minor?: number | null | undefined; currency: string }): { min?: string | undefined; max?: string | undefined } {
  return {
    min: from_minor > 0 ? toDecimal({ amount_minor: from_minor, currency }) : undefined,
    max: to_minor == null ? undefined : toDecimal({ amount_minor: to_minor, currency }),
  };
}
