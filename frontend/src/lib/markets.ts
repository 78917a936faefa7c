/** The names by which people know the markets; one that is new to this build goes by its own. */
const NAMES: Readonly<Record<string, string>> = {
  ticketmaster: 'Ticketmaster',
  seatgeek: 'SeatGeek',
  stubhub: 'StubHub',
  eventbrite: 'Eventbrite',
  ticketevolution: 'TicketEvolution',
  feed: 'Partner feed',
  /** Stands for whichever market is cheapest, where courses are drawn. */
  best: 'Cheapest of all',
};

/** A market's name for people. */
export function marketName(market: string): string {
  return NAMES[market] ?? market;
}

/** Every market, partner feeds included. */
export const MARKETS_AND_FEED = ['ticketmaster', 'seatgeek', 'stubhub', 'eventbrite', 'ticketevolution', 'feed'] as const;

/** The markets people can search by; a partner feed is none they know. */
export const MARKETS = MARKETS_AND_FEED.filter((market) => market !== 'feed');
