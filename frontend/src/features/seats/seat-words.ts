import type { ScoredSeats, SeatScore, SeatScores } from '#lib/api/types.ts';

/** Why a listing has no score. One that is new to this build says that much. */
export function notScoredInWords(reason: NonNullable<ScoredSeats['not_scored']>): string {
  const words: Readonly<Record<typeof reason, string>> = {
    no_price: 'No score: it states no price',
    stale: 'No score: nobody has confirmed it for a day',
    not_comparable: 'No score: its price is in another currency or leaves fees out',
    not_a_seat: 'No score: it is no seat',
    begun: 'No score: the event has begun',
    nothing_to_compare: 'No score: nothing like it is known yet',
  };
  return words[reason] ?? 'No score';
}

/** What a seat's score did not know. */
export function seatUnknownInWords(unknown: SeatScore['unknown'][number]): string {
  const words: Readonly<Record<typeof unknown, string>> = {
    no_section: 'the section, which the market does not name',
    no_row: 'the row, which the market does not name',
    thin_section: 'what this section costs as a rule: hardly anything is listed in it',
    few_listings: 'much of this event: few listings are told',
    one_market: 'other markets’ listings: only one tells them',
    no_venue_experience: 'what these seats cost at other events of the venue',
    fees_estimated: 'the exact fees: they are estimated',
    fees_not_included: 'the fees on top',
  };
  return words[unknown] ?? 'something this page cannot name yet';
}

/** What the fair prices were learned from. */
export function learnedFromInWords({ listings, remembered, events, places, markets }: SeatScores['learned_from']): string {
  const count = (number: number, one: string, many: string) => `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
  const parts = [
    `${count(listings, 'listing', 'listings')} on sale now`,
    ...(remembered > 0 ? [`${count(remembered, 'place', 'places')} listed here before`] : []),
    ...(events > 0 ? [`${count(places, 'place', 'places')} at ${count(events, 'other event', 'other events')} of this venue`] : []),
  ];
  const last = parts.pop();
  return `Learned from ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}; ${count(markets, 'market tells', 'markets tell')} single listings.`;
}
