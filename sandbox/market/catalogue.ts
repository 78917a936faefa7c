/** The simulated world as the providers' catalogues. */

import type { EventbriteCatalogue } from "../providers/eventbrite.ts";
import type { FeedCatalogue } from "../providers/feed.ts";
import type { SeatGeekCatalogue } from "../providers/seatgeek.ts";
import type { StubHubCatalogue } from "../providers/stubhub.ts";
import type { TicketEvolutionCatalogue } from "../providers/ticketevolution.ts";
import type { TicketmasterCatalogue } from "../providers/ticketmaster.ts";
import { eventbriteItem } from "./eventbrite_event.ts";
import { ORGANIZATIONS } from "./performers.ts";
import { seatgeekEvent } from "./seatgeek_event.ts";
import type { Listing } from "./carriage.ts";
import { DELETED_SHOWN_MS, stubhubItem } from "./stubhub_event.ts";
import { ticketEvolutionItem } from "./ticketevolution_event.ts";
import { ticketmasterEvent } from "./ticketmaster_event.ts";
import { boxOfficeOf } from "./ticketmaster_offers.ts";
import type { World } from "./world.ts";

export type Catalogue = TicketmasterCatalogue & SeatGeekCatalogue & StubHubCatalogue & EventbriteCatalogue & TicketEvolutionCatalogue & FeedCatalogue;

export function simulatedCatalogue(world: World): Catalogue {
  return {
    ticketmaster: (t, origin) => world.offers("ticketmaster", t).map((offer) => ticketmasterEvent(world.seed, offer, origin)),
    ticketmasterBoxOffice: (t) => world.offers("ticketmaster", t).map((offer) => boxOfficeOf(world.seed, offer)),
    seatgeek: (t, origin) => world.offers("seatgeek", t).map((offer) => seatgeekEvent(world.seed, offer, origin)),
    stubhub: (t, origin) => {
      const all = world.allOffers("stubhub", t);
      const merged = all.filter(({ listing }) => listing.mergedMs !== null && listing.mergedMs <= t);
      const mergedInto = (id: string): Listing[] => merged.map(({ listing }) => listing).filter((listing) => listing.mergedInto === id);
      return {
        items: all.filter((offer) => offer.listed).map((offer) => stubhubItem(offer, origin, mergedInto(offer.listing.id))),
        deleted: merged
          .filter(({ listing }) => t - (listing.mergedMs ?? 0) < DELETED_SHOWN_MS)
          .map((offer) => stubhubItem(offer, origin, [], true)),
      };
    },
    eventbrite: (t, origin) => ({
      organizations: ORGANIZATIONS,
      items: world.offers("eventbrite", t).map((offer) => eventbriteItem(offer, origin, t)),
    }),
    ticketevolution: (t) => world.allOffers("ticketevolution", t).map((offer) => ticketEvolutionItem(world.seed, offer, t)),
    // The feed exists for recorded histories; the simulated market has its own four markets.
    feed: () => ({ name: "simulated", synthetic: true, offers: [] }),
  };
}
