/** The names by which people know the markets; one that is new to this build goes by its own. */
const NAMES: Readonly<Record<string, string>> = {
  ticketmaster: 'Ticketmaster',
  seatgeek: 'SeatGeek',
  stubhub: 'StubHub',
  eventbrite: 'Eventbrite',
  ticketevolution: 'TicketEvolution',
  feed: 'Partner feed',
};

/** A market's name for people. */
export function marketName(market: string): string {
  return NAMES[market] ?? market;
}
