/**
 * Invented venues in real cities. No building of these names is meant; the cities and their zones are real so that
 * clocks, distances and currencies behave.
 */

export interface City {
  readonly name: string;
  readonly region: string;
  readonly regionName: string;
  readonly country: "US" | "CA";
  readonly postalCode: string;
  readonly zone: string;
  readonly lat: number;
  readonly lon: number;
}

export type VenueUse = "arena" | "field" | "hall" | "club" | "stage" | "commons";

export interface Venue {
  /** Our key; each market has an id of its own. */
  readonly key: string;
  readonly name: string;
  /** The name before a sponsor bought it; some markets still use it. */
  readonly formerName?: string;
  readonly street: string;
  readonly city: City;
  readonly use: VenueUse;
  readonly capacity: number;
}

const PORTLAND: City = {
  name: "Portland", region: "OR", regionName: "Oregon", country: "US", postalCode: "97209",
  zone: "America/Los_Angeles", lat: 45.5231, lon: -122.6765,
};
const SEATTLE: City = {
  name: "Seattle", region: "WA", regionName: "Washington", country: "US", postalCode: "98109",
  zone: "America/Los_Angeles", lat: 47.6205, lon: -122.3493,
};
const SACRAMENTO: City = {
  name: "Sacramento", region: "CA", regionName: "California", country: "US", postalCode: "95814",
  zone: "America/Los_Angeles", lat: 38.5816, lon: -121.4944,
};
const BOISE: City = {
  name: "Boise", region: "ID", regionName: "Idaho", country: "US", postalCode: "83702",
  zone: "America/Boise", lat: 43.615, lon: -116.2023,
};
const DENVER: City = {
  name: "Denver", region: "CO", regionName: "Colorado", country: "US", postalCode: "80202",
  zone: "America/Denver", lat: 39.7392, lon: -104.9903,
};
const AUSTIN: City = {
  name: "Austin", region: "TX", regionName: "Texas", country: "US", postalCode: "78701",
  zone: "America/Chicago", lat: 30.2672, lon: -97.7431,
};
const VANCOUVER: City = {
  name: "Vancouver", region: "BC", regionName: "British Columbia", country: "CA", postalCode: "V6B 1A1",
  zone: "America/Vancouver", lat: 49.2827, lon: -123.1207,
};

export const VENUES: readonly Venue[] = [
  { key: "pdx-arena", name: "Brightwater Union Arena", formerName: "Alder Slough Coliseum", street: "1 Slough Way", city: PORTLAND, use: "arena", capacity: 18_600 },
  { key: "pdx-field", name: "Sawdust Field", street: "400 Millrace Street", city: PORTLAND, use: "field", capacity: 21_100 },
  { key: "pdx-hall", name: "Marquam Hollow Playhouse", street: "77 Hollow Lane", city: PORTLAND, use: "stage", capacity: 2_700 },
  { key: "pdx-club", name: "The Tin Lantern", street: "19 Lantern Alley", city: PORTLAND, use: "club", capacity: 850 },
  { key: "pdx-commons", name: "Foghorn Commons", street: "3 Ferry Landing", city: PORTLAND, use: "commons", capacity: 400 },
  { key: "sea-arena", name: "Kelpline Arena", street: "88 Kelpline Avenue", city: SEATTLE, use: "arena", capacity: 17_200 },
  { key: "sea-hall", name: "Quiet Kettle Hall", street: "12 Kettle Street", city: SEATTLE, use: "hall", capacity: 3_100 },
  { key: "sac-arena", name: "Deltaworks Pavilion", formerName: "Old Foundry Pavilion", street: "500 Foundry Row", city: SACRAMENTO, use: "arena", capacity: 16_400 },
  { key: "boi-arena", name: "Basalt Bench Center", street: "9 Bench Road", city: BOISE, use: "arena", capacity: 9_800 },
  { key: "boi-field", name: "Lavender Flats Park", street: "210 Flats Road", city: BOISE, use: "field", capacity: 12_500 },
  { key: "den-hall", name: "Switchback Music Hall", street: "64 Switchback Street", city: DENVER, use: "hall", capacity: 3_600 },
  { key: "aus-hall", name: "Cicada & Sons Ballroom", street: "31 Cicada Street", city: AUSTIN, use: "hall", capacity: 2_900 },
  { key: "van-arena", name: "Saltchuck Coliseum", street: "1 Saltchuck Drive", city: VANCOUVER, use: "arena", capacity: 18_000 },
];

const byKey = new Map(VENUES.map((venue) => [venue.key, venue]));

export function venueByKey(key: string): Venue {
  const venue = byKey.get(key);
  if (!venue) throw new Error(`no venue ${key}`);
  return venue;
}
