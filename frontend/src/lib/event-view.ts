import { oneOf, type Query } from './query.ts';
import { readSeats } from './seats.ts';

/** How somebody wants to see an event: every choice on its page has an address and needs no script. */
export interface EventView {
  /** Seats together. */
  readonly seats?: number | undefined;
  /** What single listings are put in order by. */
  readonly order: 'score' | 'price';
  /** Whose course is drawn: every market's, or the cheapest of all. */
  readonly course: 'market' | 'best';
  /** In what steps. */
  readonly by: 'raw' | 'hour' | 'day';
}

/** Reads an event page's address; what it does not say is as usual. */
export function readEventView(query: Query): EventView {
  const by = oneOf(query, 'by');
  return {
    seats: readSeats(oneOf(query, 'seats')),
    order: oneOf(query, 'order') === 'price' ? 'price' : 'score',
    course: oneOf(query, 'course') === 'best' ? 'best' : 'market',
    by: by === 'hour' || by === 'day' ? by : 'raw',
  };
}

/** The query that asks for it; what is usual is left out. */
export function eventViewParams({ seats, order, course, by }: EventView): [string, string][] {
  return [
    ...(seats === undefined ? [] : [['seats', String(seats)] satisfies [string, string]]),
    ...(order === 'score' ? [] : [['order', order] satisfies [string, string]]),
    ...(course === 'market' ? [] : [['course', course] satisfies [string, string]]),
    ...(by === 'raw' ? [] : [['by', by] satisfies [string, string]]),
  ];
}
