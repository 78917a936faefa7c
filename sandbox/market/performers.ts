/** Invented performers. Any likeness to a real team, band, play or person is not meant. */

export interface Team {
  readonly kind: "team";
  readonly name: string;
  /** What another market calls the same team. */
  readonly alias?: string;
  readonly league: "CCB" | "RBL";
  readonly home: string;
}

export interface Act {
  readonly kind: "concert" | "comedy" | "theatre";
  readonly name: string;
  readonly alias?: string;
  readonly tour?: string;
  readonly genre: string;
}

export interface Gathering {
  readonly kind: "community";
  readonly name: string;
  readonly organization: string;
  readonly free: boolean;
  /** Pay what you like: Eventbrite then reports a least price of 0 although the event is not free. */
  readonly donation: boolean;
}

/** CCB: the invented Cascade Circuit of Basketball. RBL: the invented Riverbend Baseball League. */
export const LEAGUES = {
  CCB: { sport: "Basketball", long: "Cascade Circuit Basketball" },
  RBL: { sport: "Baseball", long: "Riverbend Baseball League" },
} as const;

export const TEAMS: readonly Team[] = [
  { kind: "team", name: "Portland Ironwoods", alias: "Ironwoods", league: "CCB", home: "pdx-arena" },
  { kind: "team", name: "Seattle Tidewardens", league: "CCB", home: "sea-arena" },
  { kind: "team", name: "Sacramento Sundials", league: "CCB", home: "sac-arena" },
  { kind: "team", name: "Vancouver Saltchucks", league: "CCB", home: "van-arena" },
  { kind: "team", name: "Boise Basalts", league: "CCB", home: "boi-arena" },
  { kind: "team", name: "Portland Log Drivers", alias: "Portland Logdrivers", league: "RBL", home: "pdx-field" },
  { kind: "team", name: "Boise Larkspurs", league: "RBL", home: "boi-field" },
];

export const ACTS: readonly Act[] = [
  { kind: "concert", name: "Velvet Barometer", tour: "The Slow Weather Tour", genre: "Rock" },
  { kind: "concert", name: "The Paper Herons", alias: "Paper Herons", genre: "Folk" },
  { kind: "concert", name: "Marrow & Milk", alias: "Marrow and Milk", tour: "Second Helping", genre: "Alternative" },
  { kind: "concert", name: "Night Ferry Choir", genre: "Undefined" },
  { kind: "concert", name: "DJ Copperline", genre: "Dance/Electronic" },
  { kind: "concert", name: "Las Gaviotas del Norte", tour: "Gira Marea Alta", genre: "Latin" },
  { kind: "comedy", name: "Halden Pryce", genre: "Comedy" },
  { kind: "comedy", name: "Odalys Finch", genre: "Comedy" },
  { kind: "theatre", name: "Salt & Sparrow", alias: "Salt and Sparrow", genre: "Theatre" },
  { kind: "theatre", name: "The Lanternwright's Apprentice", genre: "Theatre" },
];

/** Eventbrite organizations of the simulated market: what `EVENTBRITE_ORGANIZATIONS` should name. */
export const ORGANIZATIONS = [
  { id: "910000000101", name: "Foghorn Commons Neighbors (simulated)" },
  { id: "910000000202", name: "Tin Lantern Presents (simulated)" },
] as const;

export const GATHERINGS: readonly Gathering[] = [
  { kind: "community", name: "Millrace Seed Swap & Supper", organization: "910000000101", free: false, donation: false },
  { kind: "community", name: "Bicycle Lantern Parade Workshop", organization: "910000000101", free: true, donation: false },
  { kind: "community", name: "Open Kiln Night", organization: "910000000101", free: false, donation: false },
  { kind: "community", name: "Repair Cafe: Toasters to Turntables", organization: "910000000101", free: false, donation: true },
];
