// A feed of offers as a large partner would send it, made from numbers alone: the same in every run, and at every price
// round every seat of it costs something else.
const SECTIONS = ['101', '112', '204', '215', '306', '318', 'Floor A', 'Club 3'];
const QUANTITIES = [1, 2, 2, 2, 3, 4, 4, 6];
const CITIES = [['Portland', 'OR'], ['Seattle', 'WA'], ['Boise', 'ID'], ['Denver', 'CO'], ['Austin', 'TX']];
const ACTS = ['Ironwood', 'Tidewater', 'Larkspur', 'Marlin', 'Cobalt', 'Juniper', 'Saffron', 'Halcyon'];

/** Pages of `events` offers with `listings` listings each, `perPage` to a page, served under `origin`. */
export class OfferFeed {
  constructor({ origin, events, listings, perPage }) {
    Object.assign(this, { origin, events, listings, perPage });
    this.pages = Math.ceil(events / perPage);
    /** Seats on sale, all events together. */
    this.seats = 0;
    for (let event = 0; event < events; event += 1) {
      for (let n = 0; n < listings; n += 1) this.seats += quantity(event, n);
    }
  }

  /** The body of a page, at prices of `round`. */
  page(number, round) {
    const first = (number - 1) * this.perPage;
    const count = Math.min(this.perPage, this.events - first);
    const offers = Array.from({ length: count }, (_, i) => this.#offer(first + i, round));
    const next = number < this.pages ? `${this.origin}/feed/offers.json?page=${number + 1}` : null;
    return JSON.stringify({ feed: 'bench', synthetic: true, offers, next });
  }

  #offer(event, round) {
    const [city, region] = CITIES[event % CITIES.length];
    const day = new Date(Date.UTC(2027, 0, 1 + (event % 300))).toISOString().slice(0, 10);
    const act = `${ACTS[event % ACTS.length]} Company ${Math.floor(event / ACTS.length)}`;
    const price = (n) => ({ amount_minor: 3_000 + ((event * 37 + n * 211) % 20_000) + 100 * (round % 50), currency: 'USD', basis: 'all_in' });
    const listings = Array.from({ length: this.listings }, (_, n) => ({
      id: `${event}-${n}`, section: SECTIONS[(event + n) % SECTIONS.length], row: String(1 + ((event + 7 * n) % 30)),
      quantity: quantity(event, n), splits: [], price: price(n),
    }));
    const cheapest = listings.reduce((low, { price: own }) => (own.amount_minor < low.amount_minor ? own : low), listings[0]?.price ?? price(0));
    return {
      event_id: `b${event}`, name: act, performers: [act], status: 'onsale', url: `https://bench.example/e/${event}`,
      venue: { name: `Hall ${event % 120}`, city, region, country: 'US' },
      start_local: `${day}T19:30:00`, start_utc: null, time_tbd: false, absent_reason: null,
      price: cheapest, listing_count: this.listings, listings: this.listings > 0 ? listings : undefined,
    };
  }
}

const quantity = (event, n) => QUANTITIES[(event * 3 + n) % QUANTITIES.length];
