import { paths } from '#config/paths.ts';
import type { Suggestion } from '#lib/api/types.ts';
import { formatWhen } from '#lib/time.ts';

/** Where a suggestion leads. */
export function suggestionHref({ kind, value }: Suggestion): string {
  return kind === 'event' ? paths.event(value) : paths.search([[kind, value]]);
}

/** What stands beside a suggestion: what it is, and what tells it from others. */
export function suggestionDetail({ kind, detail, events, local_start }: Suggestion): string {
  const count = events == null ? undefined : events === 1 ? '1 event' : `${events.toLocaleString('en-US')} events`;
  const what = { performer: 'Performer', venue: 'Venue', city: 'City', event: 'Event' }[kind];
  const date = local_start ? formatWhen({ local_start }).date : undefined;
  return [what, date, detail, count].filter(Boolean).join(' · ');
}
