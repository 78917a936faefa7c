/**
 * The twin of shared/prices/src/seats as one would write it in TypeScript: maps keyed by text, typed arrays for the
 * numbers. What it computes is what docs/PRICING.md says in stage 5.
 */

export interface Listing { section: string; row: string; quantity: number; minor: number }
interface Place { s: string; r: string; q: number; w: number; p: number }
export interface Listed { event: string; now: string; listings: Listing[]; others: [string, { at: number; places: Place[] }][] }
interface Reason { code: string; text: string; amount: { amount_minor: number; currency: string }; points: number }

// ---- the house -----------------------------------------------------------------------------------------------------

const EMPTY_WORDS = new Set(["section", "sections", "sec", "sect", "seat", "seats", "block"]);
const NO_SEATS = new Set(["parking", "garage", "lot", "lots", "shuttle", "tailgate", "locker"]);
const SHORT: Record<string, string> = {
  ga: "general admission", sro: "standing room", mezz: "mezzanine", balc: "balcony", orch: "orchestra",
  ctr: "center", centre: "center", lvl: "level", flr: "floor", grandstands: "grandstand",
};

interface Name { words: string; mark: string; hundred?: number }
interface Spot { zone: string; section: string }

function readName(text: string): Name | undefined {
  const folded = [...text].slice(0, 60).join("").toLowerCase();
  const tokens = folded.split(/[^\p{Alphabetic}\p{N}]+/u).filter(Boolean).flatMap((run) => {
    const digit = run.search(/[0-9]/);
    return (digit < 0 ? [run] : [run.slice(0, digit), run.slice(digit)]).filter(Boolean);
  });
  const words: string[] = [];
  const marks: string[] = [];
  let hundred: number | undefined;
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i]!;
    if (NO_SEATS.has(token)) return undefined;
    if (token === "row") {
      if (marks.length === 0) words.push(token);
      else i += 1;
    } else if (/^[0-9]/.test(token)) {
      const level = Math.floor(parseInt(token, 10) / 100);
      hundred ??= level > 0 ? level : undefined;
      marks.push(token);
    } else if ([...token].length === 1) {
      marks.push(token);
    } else if (!EMPTY_WORDS.has(token)) {
      words.push(SHORT[token] ?? token);
    }
  }
  return { words: words.join(" "), mark: marks.join(" "), hundred };
}

class House {
  private readonly words = new Map<string, string | null>();

  constructor(sections: Iterable<string>) {
    for (const section of sections) {
      const name = readName(section);
      if (!name?.words || name.hundred === undefined) continue;
      const known = this.words.get(name.mark);
      this.words.set(name.mark, known === undefined || known === name.words ? name.words : null);
    }
  }

  spot(section: string): Spot | undefined {
    const name = readName(section);
    if (!name) return undefined;
    const words = name.words || (this.words.get(name.mark) ?? "");
    return {
      zone: name.hundred === undefined ? words : `${words} ${name.hundred}00s`.trim(),
      section: `${words} ${name.mark}`.trim(),
    };
  }
}

function foldRow(text: string): string {
  const folded = text.toLowerCase().trim();
  const bare = (folded.startsWith("row") ? folded.slice(3) : folded).trim();
  const unpadded = bare.replace(/^0+/, "");
  return /^[0-9]/.test(unpadded) ? unpadded : bare;
}

// ---- what listings share -------------------------------------------------------------------------------------------

/** Rows of one kind have an order: 0 numbers, 1 letters; 2 are names, which have none. */
interface Row { kind: 0 | 1 | 2; at: number; name: string }
interface Seating { event: string; zone: string; section: string; row: Row; quantity: number }

function readRow(text: string): Row {
  if (/^\+?[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 40) return { kind: 0, at: Number(text), name: "" };
  if (/^[a-z]$/i.test(text)) return { kind: 1, at: text.toUpperCase().charCodeAt(0), name: "" };
  return { kind: 2, at: 0, name: text };
}

const quantityClass = (quantity: number): number => [1, 2, 3, 4, 8].filter((most) => quantity > most).length;

const near = (one: Row, other: Row, reach: number): number =>
  one.kind !== other.kind ? 0 : one.kind === 2 ? Number(one.name === other.name) : Math.exp(-Math.abs(one.at - other.at) / reach);

type Part = "event" | "zone" | "section" | "row" | "quantity" | "this_event";
interface Effect { part: Part; variance: number; reach?: number; key: (at: Seating) => string }

const IN_ZONE = 0.2 * 0.2;
const IN_SECTION = 0.15 * 0.15;
const IN_EVENT = 0.1 * 0.1;
const EFFECTS: Effect[] = [
  { part: "event", variance: 4, key: () => "" },
  { part: "event", variance: 1, key: (at) => at.event },
  { part: "zone", variance: 0.5 * 0.5, key: (at) => at.zone },
  { part: "section", variance: IN_SECTION, key: (at) => at.section },
  { part: "row", variance: IN_ZONE, reach: 5, key: (at) => at.zone },
  { part: "row", variance: IN_SECTION, reach: 0.5, key: (at) => at.section },
  { part: "quantity", variance: IN_EVENT, key: (at) => `${at.quantity}` },
  { part: "quantity", variance: IN_ZONE, key: (at) => `${at.zone}|${at.quantity}` },
  { part: "quantity", variance: IN_SECTION, reach: 0.5, key: (at) => `${at.section}|${at.quantity}` },
  { part: "this_event", variance: IN_EVENT, key: (at) => `${at.zone}|${at.event}` },
  { part: "this_event", variance: IN_EVENT, key: (at) => `${at.section}|${at.event}` },
  { part: "this_event", variance: IN_EVENT, reach: 0.5, key: (at) => `${at.section}|${at.event}` },
];

/** One effect over all points: which cell each is in, and how much of a cell reaches the next. */
interface Cells { effect: Effect; cellOf: Int32Array; links: Float64Array; count: number }

function cellsOf(effect: Effect, points: Seating[]): Cells {
  const cellOf = new Int32Array(points.length);
  if (effect.reach === undefined) {
    const cells = new Map<string, number>();
    points.forEach((point, i) => {
      const key = effect.key(point);
      let cell = cells.get(key);
      if (cell === undefined) cells.set(key, (cell = cells.size));
      cellOf[i] = cell;
    });
    return { effect, cellOf, links: new Float64Array(cells.size), count: cells.size };
  }
  const groups = new Map<string, Map<string, { row: Row; members: number[] }>>();
  points.forEach((point, i) => {
    const key = effect.key(point);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = new Map()));
    const { kind, at, name } = point.row;
    const place = `${kind}|${at}|${name}`;
    const cell = group.get(place);
    if (cell) cell.members.push(i);
    else group.set(place, { row: point.row, members: [i] });
  });
  const links: number[] = [];
  for (const group of groups.values()) {
    const cells = [...group.values()].sort((a, b) => a.row.kind - b.row.kind || a.row.at - b.row.at || (a.row.name < b.row.name ? -1 : 1));
    cells.forEach((cell, i) => {
      for (const member of cell.members) cellOf[member] = links.length;
      const next = cells[i + 1];
      links.push(next ? near(cell.row, next.row, effect.reach!) : 0);
    });
  }
  return { effect, cellOf, links: Float64Array.from(links), count: links.length };
}

/** What each cell gets of `values`, by the likeness of rows. */
function reach({ effect, cellOf, links, count }: Cells, values: Float64Array): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < cellOf.length; i += 1) sums[cellOf[i]!]! += values[i]!;
  if (effect.reach === undefined) return sums;
  const before = new Float64Array(count);
  let carried = 0;
  for (let cell = 0; cell < count; cell += 1) {
    before[cell] = carried;
    carried = (carried + sums[cell]!) * links[cell]!;
  }
  let behind = 0;
  for (let cell = count - 1; cell >= 0; cell -= 1) {
    const own = sums[cell]!;
    const fromBehind = behind * links[cell]!;
    sums[cell] = before[cell]! + own + fromBehind;
    behind = own + fromBehind;
  }
  return sums;
}

function times(effects: Cells[], values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (const cells of effects) {
    const sums = reach(cells, values);
    const { variance } = cells.effect;
    for (let i = 0; i < out.length; i += 1) out[i]! += variance * sums[cells.cellOf[i]!]!;
  }
  return out;
}

function covariance(one: Seating, other: Seating): number {
  let sum = 0;
  for (const { variance, reach: rows, key } of EFFECTS) {
    if (key(one) === key(other)) sum += variance * (rows === undefined ? 1 : near(one.row, other.row, rows));
  }
  return sum;
}

// ---- the regression ------------------------------------------------------------------------------------------------

const NOISE = 0.2 * 0.2;
const FREEDOM = 8;
const credence = (deviations: number): number => (FREEDOM + 1) / (FREEDOM + deviations * deviations);

interface Point { seating: Seating; value: number; weight: number }

const dot = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < Math.min(one.length, other.length); i += 1) sum += one[i]! * other[i]!;
  return sum;
};

function solve(effects: Cells[], noise: Float64Array, right: Float64Array, solution: Float64Array): void {
  const all = (values: Float64Array): Float64Array => times(effects, values).map((out, i) => out + values[i]! * noise[i]!);
  const first = all(solution);
  const rest = right.map((value, i) => value - first[i]!);
  const enough = dot(right, right) * 1e-5 * 1e-5;
  let steer = rest.map((value, i) => value / noise[i]!);
  let direction = steer;
  let size = dot(rest, steer);
  for (let step = 0; step < 300; step += 1) {
    if (dot(rest, rest) <= enough || size <= 0) return;
    const ahead = all(direction);
    const length = size / dot(direction, ahead);
    for (let i = 0; i < rest.length; i += 1) {
      solution[i]! += length * direction[i]!;
      rest[i]! -= length * ahead[i]!;
    }
    steer = rest.map((value, i) => value / noise[i]!);
    const next = dot(rest, steer);
    const previous = direction;
    direction = steer.map((value, i) => value + (previous[i]! * next) / size);
    size = next;
  }
}

interface Known { seating: Seating; value: number; noise: number }

class Prices {
  readonly known: Known[];
  readonly spread: number;
  readonly nineInTen: number;
  private readonly mean: number;
  private readonly learned: { part: Part; variance: number; cellOf: Int32Array; sums: Float64Array }[];

  constructor(points: Point[], listings: number) {
    let total = 0;
    let weighted = 0;
    for (const { weight, value } of points) {
      total += weight;
      weighted += weight * value;
    }
    this.mean = weighted / total;
    const centred = Float64Array.from(points, ({ value }) => value - this.mean);
    const effects = EFFECTS.map((effect) => cellsOf(effect, points.map(({ seating }) => seating)));
    const noise = Float64Array.from(points, ({ weight }) => NOISE / weight);
    const pulls = new Float64Array(points.length);
    solve(effects, noise, centred, pulls);
    for (let round = 0; round < 2; round += 1) {
      points.forEach(({ weight }, i) => {
        const deviations = (pulls[i]! * noise[i]!) / Math.sqrt(NOISE / weight);
        noise[i] = NOISE / (weight * credence(deviations));
      });
      solve(effects, noise, centred, pulls);
    }
    let squares = 0;
    pulls.forEach((pull, i) => (squares += pull * pull * noise[i]! * NOISE));
    this.spread = Math.max(Math.sqrt(squares / points.length), Math.sqrt(NOISE));
    this.learned = effects.map((cells) => ({ part: cells.effect.part, variance: cells.effect.variance, cellOf: cells.cellOf, sums: reach(cells, pulls) }));
    this.known = points.map(({ seating }, i) => ({ seating, value: centred[i]!, noise: noise[i]! }));
    this.nineInTen = nineInTen(this.known, listings);
  }

  /** The parts of the log price of a listing that was learned from. */
  parts(listing: number): Record<Part, number> {
    const parts: Record<Part, number> = { event: this.mean, zone: 0, section: 0, row: 0, quantity: 0, this_event: 0 };
    for (const { part, variance, cellOf, sums } of this.learned) parts[part] += variance * sums[cellOf[listing]!]!;
    return parts;
  }

  span(seating: Seating): { factor: number; unsure: number } {
    const [, variance] = toldByAlike(seating, this.known);
    const unsure = Math.sqrt(variance);
    return { factor: Math.exp(this.nineInTen * Math.sqrt(unsure * unsure + NOISE)), unsure: (unsure * this.nineInTen) / 1.645 };
  }

  weightInSection(section: string): number {
    return this.known.filter(({ seating }) => seating.section === section).reduce((sum, { noise }) => sum + NOISE / noise, 0);
  }
}

function toldByAlike(seating: Seating, known: Known[], except?: number): [mean: number, variance: number] {
  const own = covariance(seating, seating);
  const inZone = known.filter((one, i) => i !== except && one.seating.zone === seating.zone);
  const others = inZone.length >= 24 ? inZone : known.filter((_, i) => i !== except);
  let alike = others.map((one) => {
    const shared = covariance(one.seating, seating);
    return { one, shared, tells: (shared * shared) / (own + one.noise) };
  });
  if (alike.length > 24) alike = alike.sort((a, b) => b.tells - a.tells).slice(0, 24);
  const lower: number[][] = [];
  const told: number[] = [];
  const values: number[] = [];
  alike.forEach(({ one, shared }, at) => {
    const row: number[] = [];
    for (let i = 0; i < at; i += 1) row.push((covariance(one.seating, alike[i]!.one.seating) - dot(row, lower[i]!)) / lower[i]!.at(-1)!);
    const pivot = Math.sqrt(Math.max(covariance(one.seating, one.seating) + one.noise - dot(row, row), Number.EPSILON));
    told.push((shared - dot(row, told)) / pivot);
    values.push((one.value - dot(row, values)) / pivot);
    row.push(pivot);
    lower.push(row);
  });
  return [dot(told, values), Math.max(own - dot(told, told), 0)];
}

function nineInTen(known: Known[], listings: number): number {
  const step = Math.max(Math.ceil(listings / 60), 1);
  const off: number[] = [];
  for (let at = 0; at < listings; at += step) {
    const { seating, value } = known[at]!;
    const [mean, variance] = toldByAlike(seating, known, at);
    off.push(Math.abs(value - mean) / Math.sqrt(variance + NOISE));
  }
  if (off.length < 20) return 1.645;
  off.sort((a, b) => a - b);
  return off[Math.min(Math.ceil(((off.length + 1) * 9) / 10) - 1, off.length - 1)]!;
}

/** Within a section and quantity no row is worth more than one in front of it. */
function inOrder(listings: { section: string; row: Row; quantity: number }[], logs: number[]): number[] {
  const curves = new Map<string, Map<number, number[]>>();
  listings.forEach(({ section, row, quantity }, i) => {
    if (row.kind !== 0) return;
    const key = `${section}|${quantity}`;
    if (!curves.has(key)) curves.set(key, new Map());
    const curve = curves.get(key)!;
    if (curve.has(row.at)) curve.get(row.at)!.push(i);
    else curve.set(row.at, [i]);
  });
  const ordered = [...logs];
  for (const curve of curves.values()) {
    const pools: { members: number[]; sum: number }[] = [];
    for (const [, members] of [...curve].sort(([a], [b]) => a - b)) {
      let pool = { members, sum: members.reduce((sum, i) => sum + logs[i]!, 0) };
      while (pools.length > 0 && pools.at(-1)!.sum / pools.at(-1)!.members.length < pool.sum / pool.members.length) {
        const front = pools.pop()!;
        pool = { members: [...front.members, ...pool.members], sum: front.sum + pool.sum };
      }
      pools.push(pool);
    }
    for (const { members, sum } of pools) for (const member of members) ordered[member] = sum / members.length;
  }
  return ordered;
}

// ---- the verdict ---------------------------------------------------------------------------------------------------

const scoreOf = (price: number, fair: number, spread: number): number => 100 / (1 + Math.exp((Math.log(price / fair) * 1.702) / spread));
const scaled = (amount: number, ratio: number): number => Math.max(Number((2n * BigInt(amount) * BigInt(Math.round(ratio * 1e6)) + 1_000_000n) / 2_000_000n), 1);
export const bandOf = (value: number): string => (value <= 41 ? "poor" : value <= 57 ? "fair" : value <= 69 ? "good" : value <= 84 ? "great" : "amazing");
export const dollars = (minor: number): string => {
  const [major, rest] = [Math.floor(Math.abs(minor) / 100), Math.abs(minor) % 100];
  return `${minor < 0 ? "-" : ""}$${major}${rest > 0 ? `.${String(rest).padStart(2, "0")}` : ""}`;
};
export function versus(price: number, reference: number): string {
  const hundredths = Math.sign(price - reference) * Math.trunc((Math.abs(price - reference) * 10_000 + Math.floor(reference / 2)) / reference);
  const percent = Math.floor((Math.abs(hundredths) + 50) / 100);
  return percent === 0 ? "at" : `${percent} % ${hundredths < 0 ? "under" : "over"}`;
}

const PARTS: Part[] = ["event", "zone", "section", "row", "quantity", "this_event"];

function text(code: string, seats: { zone: string; section: string; row: string; quantity: number }, price: number, upto: number, moved: number): string {
  const percent = Math.round(Math.abs(moved - 1) * 100);
  const more = percent < 1 ? "hardly changes it" : `worth ${percent} % ${moved > 1 ? "more" : "less"}`;
  switch (code) {
    case "event": return `${versus(price, upto)} an ordinary seat of this event (${dollars(upto)})`;
    case "zone": return `${seats.zone || "an unknown part of the house"}: ${more}`;
    case "section": return `section ${seats.section || "unknown"}: ${more}`;
    case "row": return `row ${seats.row || "unknown"}: ${more}`;
    case "quantity": return `${seats.quantity} together: ${more}`;
    case "this_event": return `such seats at this event against others here: ${more}`;
    default: return "held to no more than the rows in front of it";
  }
}

export function scoreSeats(input: Listed): [number, unknown][] {
  const house = new House([...input.listings.map(({ section }) => section), ...input.others.flatMap(([, { places }]) => places.map(({ s }) => s))]);
  const seatingOf = (event: string, section: string, row: string, quantity: number): { spot: Spot; seating: Seating } | undefined => {
    const spot = house.spot(section);
    return spot && { spot, seating: { event, ...spot, row: readRow(row), quantity: quantityClass(quantity) } };
  };
  const offers = input.listings.flatMap((listing) => {
    const row = foldRow(listing.row);
    const placed = seatingOf(input.event, listing.section, row, listing.quantity);
    return placed ? [{ ...placed, minor: listing.minor, row, quantity: listing.quantity }] : [];
  });
  const own: Point[] = offers.map(({ seating, minor }) => ({ seating, value: Math.log(minor), weight: 1 }));
  const others: Point[] = input.others.flatMap(([event, { places }]) => places.map(({ s, r, q, w, p }) => ({
    seating: (seatingOf(event, s, r, q) ?? { seating: { event, zone: "", section: s, row: readRow(r), quantity: quantityClass(q) } }).seating,
    value: p / 1000,
    weight: w / 100,
  })));
  if (own.length + others.length === 0) return [];
  const prices = new Prices([...own, ...others], own.length);
  const parts = offers.map((_, i) => prices.parts(i));
  const logs = inOrder(
    offers.map(({ spot, seating, quantity }) => ({ section: spot.section, row: seating.row, quantity })),
    parts.map((part) => PARTS.reduce((sum, name) => sum + part[name], 0)),
  );
  const ordinary = Object.fromEntries(PARTS.map((name) => [name, parts.reduce((sum, part) => sum + part[name], 0) / offers.length])) as Record<Part, number>;
  const { spread } = prices;
  const ranked = offers.map(({ minor }, i) => [i, scoreOf(minor, Math.exp(logs[i]!), spread)] as const)
    .sort(([i, one], [j, other]) => other - one || i - j).slice(0, 50);
  return ranked.map(([i]) => {
    const { minor, seating, spot, row, quantity } = offers[i]!;
    const asked = Math.log(minor);
    let soFar = PARTS.reduce((sum, name) => sum + ordinary[name], 0);
    const steps: [string, number][] = PARTS.map((name) => [name, (soFar += parts[i]![name] - ordinary[name])]);
    steps.push(["order", logs[i]!]);
    const reasons: Reason[] = [];
    let [amountSoFar, pointsSoFar, logSoFar] = [minor, 50, asked];
    for (const [code, log] of steps) {
      const upto = scaled(minor, Math.exp(log - asked));
      const points = Math.round(scoreOf(Math.exp(asked - log), 1, spread));
      if (upto !== amountSoFar || points !== pointsSoFar) {
        const told = text(code, { ...spot, row, quantity }, minor, upto, Math.exp(log - logSoFar));
        const there = code === "section" || code === "row" ? offers.filter((other) => other.spot.section === spot.section && (code === "section" || other.row === row)).length : 2;
        const words = there < 2 ? `${told} (no other listing there, so this says in part what this one asks)` : told;
        reasons.push({ code, text: words, amount: { amount_minor: upto - amountSoFar, currency: "USD" }, points: points - pointsSoFar });
      }
      [amountSoFar, pointsSoFar, logSoFar] = [upto, points, log];
    }
    const fair = reasons.reduce((sum, { amount }) => sum + amount.amount_minor, minor);
    const value = reasons.reduce((sum, { points }) => sum + points, 50);
    const { factor, unsure } = prices.span(seating);
    const deviations = (asked - logs[i]!) / spread;
    const ratio = Math.exp(asked - logs[i]!);
    const usd = (amount_minor: number): { amount_minor: number; currency: string } => ({ amount_minor, currency: "USD" });
    return [i, {
      value, band: bandOf(value), price: usd(minor), fair_price: usd(fair), fair_low: usd(scaled(fair, 1 / factor)), fair_high: usd(scaled(fair, factor)),
      spread_permille: Math.round(spread * 1000), reasons, confidence: unsure <= 0.1 ? "high" : unsure <= 0.2 ? "medium" : "low",
      unknown: [
        !spot.section && "no_section", !row && "no_row", spot.section && prices.weightInSection(spot.section) < 4 && "thin_section",
        offers.length < 12 && "few_listings", "one_market", input.others.length === 0 && "no_venue_experience",
      ].filter(Boolean),
      doubt: credence(deviations) >= 0.5 ? null : deviations > 0
        ? { code: "speculative", text: `asks ${ratio.toFixed(1)} times what such seats are worth` }
        : { code: "too_cheap", text: `asks ${(ratio * 100).toFixed(0)} % of what such seats are worth: perhaps a mistake or a restricted ticket` },
    }];
  });
}
