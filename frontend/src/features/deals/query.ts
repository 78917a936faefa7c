import { DAY_MS, dayStart } from '#lib/days.ts';
import { MARKETS_AND_FEED } from '#lib/markets.ts';
import { parseMoney } from '#lib/money.ts';
import { oneOf, type Query } from '#lib/query.ts';

/** What a page of deals is asked for, in the words of its address. */
export interface DealsState {
  readonly city?: string;
  readonly genre?: string;
  /** Days, "2026-12-05", as a date field gives them. */
  readonly from?: string;
  readonly to?: string;
  /** Dollars, as typed. */
  readonly max?: string;
  readonly market?: string;
  /** Least score, 0 to 100; "any" asks for dear ones too. */
  readonly min?: string;
  readonly sort?: string;
  readonly cursor?: string;
}

const NAMES = ['city', 'genre', 'from', 'to', 'max', 'market', 'min', 'sort', 'cursor'] as const;
const LONGEST = 200;
const CURRENCY = 'USD';

/** The orders a list of deals can have; the first is the usual one. */
export const SORTS = ['sure', 'score', 'saving', 'price', 'date'] as const;

/** A deal costs no more than it is worth: less than this is listed only for who asks for any score. */
export const USUAL_LEAST_SCORE = 50;

/** Scores to ask for at least: where the bands begin, and any at all. */
export const LEAST_SCORES = [
  { value: '58', label: 'Good or better (58)' },
  { value: '70', label: 'Great or better (70)' },
  { value: '85', label: 'Amazing (85)' },
  { value: 'any', label: 'Any score, dear ones too' },
] as const;

/** Reads the address; empty fields of a form count as absent. */
export function readDeals(query: Query): DealsState {
  const given = NAMES.map((name) => [name, oneOf(query, name)?.trim().slice(0, LONGEST)] as const).filter(([, value]) => value);
  return Object.fromEntries(given);
}

/** The query that asks for it. */
export function dealsParams(state: DealsState): [string, string][] {
  return NAMES.flatMap((name): [string, string][] => (state[name] ? [[name, state[name]]] : []));
}

/** The same list, narrowed or widened; it begins at its first page again. */
export function changedDeals(state: DealsState, change: { [K in keyof DealsState]?: DealsState[K] | undefined }): DealsState {
  const { cursor: _, ...rest } = { ...state, ...change } as DealsState;
  return rest;
}

/** Fields of the form whose text cannot be meant, with what would do. */
export function dealMistakes({ from, to, max }: DealsState): { from?: string; to?: string; max?: string } {
  const isNoDay = (day: string | undefined) => day !== undefined && dayStart(day) === undefined;
  return {
    ...(isNoDay(from) ? { from: 'This is no date. Write it like 2026-12-05.' } : {}),
    ...(isNoDay(to) ? { to: 'This is no date. Write it like 2026-12-05.' } : from && to && from > to ? { to: 'The last day is before the first.' } : {}),
    ...(max && parseMoney(max, CURRENCY) === undefined ? { max: 'This is no amount. Write it like 75 or 75.50.' } : {}),
  };
}

/** The question to the API. What cannot be meant is left out: the form says so beside the field. */
export function dealsQuery(state: DealsState) {
  const wrong = dealMistakes(state);
  const first = state.from && !wrong.from ? dayStart(state.from) : undefined;
  const last = state.to && !wrong.to ? dayStart(state.to) : undefined;
  const least = state.min === 'any' ? undefined : state.min !== undefined && /^\d{1,3}$/.test(state.min) ? Math.min(100, Number(state.min)) : USUAL_LEAST_SCORE;
  const max = state.max ? parseMoney(state.max, CURRENCY)?.amount_minor : undefined;
  const market = MARKETS_AND_FEED.find((one) => one === state.market);
  const sort = SORTS.find((one) => one === state.sort);
  return {
    ...(state.city ? { city: state.city } : {}),
    ...(state.genre ? { genre: state.genre } : {}),
    ...(first === undefined ? {} : { from: new Date(first).toISOString() }),
    ...(last === undefined ? {} : { to: new Date(last + DAY_MS - 1_000).toISOString() }),
    ...(max === undefined ? {} : { max_price: max, currency: CURRENCY }),
    ...(market === undefined ? {} : { market }),
    ...(least === undefined ? {} : { min_score: least }),
    ...(sort === undefined ? {} : { sort }),
    ...(state.cursor ? { cursor: state.cursor } : {}),
  };
}
