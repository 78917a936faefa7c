import type { Watchlist } from '#lib/api/types.ts';

/** Something that can be watched: an event or a venue by its id, a performer by name. */
export interface Subject {
  readonly kind: 'event' | 'performer' | 'venue';
  readonly key: string;
}

/** Reads a form's subject; nothing if it names none. */
export function readSubject(form: FormData): Subject | undefined {
  const kind = form.get('kind');
  const key = form.get('key');
  if (typeof key !== 'string' || key === '' || key.length > 200) return undefined;
  return kind === 'event' || kind === 'performer' || kind === 'venue' ? { kind, key } : undefined;
}

/** Whether it is on the watchlist; names are compared as people write them. */
export function isWatched({ events, performers, venues }: Watchlist, { kind, key }: Subject): boolean {
  switch (kind) {
    case 'event':
      return events.some(({ event_id }) => event_id === key);
    case 'venue':
      return (venues ?? []).some(({ venue_id }) => venue_id === key);
    case 'performer':
      return (performers ?? []).some(({ name }) => name.trim().toLowerCase() === key.trim().toLowerCase());
  }
}
