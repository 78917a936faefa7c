/** The simulated world as the providers' catalogues. */

import type { EventbriteCatalogue } from "../providers/eventbrite.ts";
import type { FeedCatalogue } from "../providers/feed.ts";
import type { SeatGeekCatalogue } from "../providers/seatgeek.ts";
import type { StubHubCatalogue } from "../providers/stubhub.ts";
import type { TicketmasterCatalogue } from "../providers/ticketmaster.ts";
import { eventbriteItem } from "./eventbrite_event.ts";
import { ORGANIZATIONS } from "./performers.ts";
import { seatgeekEvent } from "./seatgeek_event.ts";
import { DELETED_SHOWN_MS, stubhubItem } from "./stubhub_event.ts";
import { ticketmasterEvent } from "./ticketmaster_event.ts";
import type { World } from "./world.ts";

export type Catalogue = TicketmasterCatalogue & SeatGeekCatalogue & StubHubCatalogue & EventbriteCatalogue & FeedCatalogue;

export function simulatedCatalogue(world: World): Catalogue {
  return {
    ticketmaster: (t, origin) => world.offers("ticketmaster", t).map((offer) => ticketmasterEvent(world.seed, offer, origin)),
    seatgeek: (t, origin) => world.offers("seatgeek", t).map((offer) => seatgeekEvent(world.seed, offer, origin)),
    stubhub: (t, origin) => {
      const all = world.allOffers("stubhub", t);
      const merged = all.filter(({ listing }) => listing.mergedMs !== null && listing.mergedMs <= t);
      const idsMergedInto = (id: string): string[] => merged.filter(({ listing }) => listing.mergedInto === id).map(({ listing }) => listing.id);
      return {
        items: all.filter((offer) => offer.listed).map((offer) => stubhubItem(offer, origin, idsMergedInto(offer.listing.id))),
        deleted: merged
          .filter(({ listing }) => t - (listing.mergedMs ?? 0) < DELETED_SHOWN_MS)
          .map((offer) => stubhubItem(offer, origin, [], true)),
      };
    },
    eventbrite: (t, origin) => ({
      organizations: ORGANIZATIONS,
      items: world.offers("eventbrite", t).map((offer) => eventbriteItem(offer, origin, t)),
    }),
    // The feed exists for recorded histories; the simulated market has its own four markets.
    feed: () => ({ name: "simulated", synthetic: true, offers: [] }),
  };
}
