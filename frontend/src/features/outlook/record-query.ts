import { oneOf, type Query } from '#lib/query.ts';

/** What the record page is asked for, in the words of its address. */
export interface RecordState {
  readonly source: 'live' | 'backtest';
  readonly genre?: string;
  /** Hours ahead of the diagram. */
  readonly hours: number;
  readonly order: 'newest' | 'failures';
  readonly cursor?: string;
}

/** Hours ahead for which there are answers. */
export const HORIZONS = [24, 72, 168] as const;

const LONGEST = 200;

/** Reads the address; what it does not say is the live record, three days ahead, newest first. */
export function readRecord(query: Query): RecordState {
  const text = (name: string) => oneOf(query, name)?.trim().slice(0, LONGEST);
  const genre = text('genre');
  const cursor = text('cursor');
  return {
    source: text('source') === 'backtest' ? 'backtest' : 'live',
    ...(genre ? { genre } : {}),
    hours: HORIZONS.find((hours) => String(hours) === text('hours')) ?? 72,
    order: text('order') === 'failures' ? 'failures' : 'newest',
    ...(cursor ? { cursor } : {}),
  };
}

/** The query that asks for it; what is usual is left out. */
export function recordParams({ source, genre, hours, order, cursor }: RecordState): [string, string][] {
  const given: [string, string | undefined][] = [
    ['source', source === 'live' ? undefined : source],
    ['genre', genre],
    ['hours', hours === 72 ? undefined : String(hours)],
    ['order', order === 'newest' ? undefined : order],
    ['cursor', cursor],
  ];
  return given.filter((entry): entry is [string, string] => Boolean(entry[1]));
}

/** The same page, changed; its list begins at the start again. */
export function changedRecord(state: RecordState, change: { [K in keyof RecordState]?: RecordState[K] | undefined }): RecordState {
  const { cursor: _, ...rest } = { ...state, ...change } as RecordState;
  return rest;
}
