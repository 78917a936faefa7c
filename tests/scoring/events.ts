/** The twin of shared/prices/src/score as one would write it in TypeScript, for quotes that are all-in already. */
import { bandOf, dollars, versus } from "./seats.js";

type Price = { kind: "quoted"; amount_minor: number; currency: string; basis: string } | { kind: "absent"; reason: string };
interface Observation { at: string; price: Price }
export interface Event { now: string; starts_at: string | null; current: { market: string; price: Price; seen_at: string }[]; history: Record<string, Observation[]> }
interface Step { at: number; best?: [number, string] }

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Markets in the order in which one comes before another. */
const MARKETS = ["ticketmaster", "seatgeek", "stubhub", "eventbrite", "feed", "ticketevolution"];
const before = (one: string, other: string): number => MARKETS.indexOf(one) - MARKETS.indexOf(other);
/** Halves are rounded up. */
const rounded = (numerator: number, denominator: number): number => (denominator === 0 ? 0 : Math.floor((2 * numerator + denominator) / (2 * denominator)));

const minorOf = (price: Price): number | undefined => (price.kind === "quoted" && price.currency === "USD" && price.basis === "all_in" ? price.amount_minor : undefined);

function bestOf(history: Event["history"]): Step[] {
  const sights = Object.entries(history)
    .flatMap(([market, course]) => course.map(({ at, price }) => ({ at: Date.parse(at), market, minor: minorOf(price) })))
    .sort((a, b) => a.at - b.at || before(a.market, b.market));
  const standing = new Map<string, number>();
  const points: Step[] = [];
  for (const { at, market, minor } of sights) {
    if (minor === undefined) standing.delete(market);
    else standing.set(market, minor);
    let best: [number, string] | undefined;
    for (const [name, amount] of standing) {
      if (!best || amount < best[0] || (amount === best[0] && before(name, best[1]) < 0)) best = [amount, name];
    }
    const last = points.at(-1);
    if (last?.at === at) last.best = best;
    else points.push({ at, best });
  }
  const same = (one: Step["best"], other: Step["best"]): boolean => one?.[0] === other?.[0] && one?.[1] === other?.[1];
  const steps: Step[] = [];
  for (const point of points) {
    const last = steps.at(-1);
    if (last ? !same(last.best, point.best) : point.best) steps.push(point);
  }
  return steps;
}

function medianOver(steps: Step[], from: number, until: number): number | undefined {
  const spans: [number, number][] = [];
  let total = 0;
  steps.forEach(({ at, best }, i) => {
    if (!best) return;
    const seconds = Math.trunc((Math.min(steps[i + 1]?.at ?? until, until) - Math.max(at, from)) / 1000);
    if (seconds <= 0) return;
    spans.push([best[0], seconds]);
    total += seconds;
  });
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let passed = 0;
  return spans.find(([, seconds]) => (passed += seconds) * 2 >= total)?.[0];
}

function lowest(history: Event["history"], until: number): number | undefined {
  let low: number | undefined;
  for (const course of Object.values(history)) {
    for (let i = 1; i < course.length; i += 1) {
      const [a, b] = [minorOf(course[i - 1]!.price), minorOf(course[i]!.price)];
      if (a === undefined || b === undefined || Date.parse(course[i]!.at) > until) continue;
      low = Math.min(low ?? Infinity, Math.max(a, b));
    }
  }
  return low;
}

interface Evidence { code: string; text: string; pull: number; weight: number; counts?: number; reference?: number; foreign?: boolean; restsOn?: number }

export function scoreEvent(event: Event): unknown {
  const now = Date.parse(event.now);
  const start = event.starts_at === null ? undefined : Date.parse(event.starts_at);
  if (start !== undefined && start <= now) return null;
  const fresh = event.current
    .filter(({ price, seen_at }) => now - Date.parse(seen_at) <= DAY && (minorOf(price) ?? 0) > 0)
    .map(({ market, price }) => ({ market, minor: minorOf(price)! }))
    .sort((a, b) => a.minor - b.minor || before(a.market, b.market));
  const ranked = fresh[0];
  if (!ranked) return null;
  const price = ranked.minor;
  const monthAgo = now - 30 * DAY;
  const steps = bestOf(event.history);
  const hours = steps[0] ? Math.max(Math.trunc((now - Math.max(steps[0].at, monthAgo)) / HOUR), 0) : 0;
  const weight = Math.min(Math.floor((hours * 100) / 6), 6_000);
  const evidence: Evidence[] = [];
  const compare = (code: string, weightOf: number, reference: number, words: string, more: Partial<Evidence> = {}): void =>
    void evidence.push({ code, text: words, weight: weightOf, pull: weightOf * (reference - price), reference, ...more });

  const month = medianOver(steps, monthAgo, now);
  if (month !== undefined && weight > 0) {
    compare("own_course", weight, month, `${versus(price, month)} its median price over the last 30 days (${dollars(month)})`);
    if (start !== undefined && start - now < 30 * DAY) {
      const recent = medianOver(steps, Math.max(now - Math.max(start - now, 3 * DAY), monthAgo), now);
      if (recent !== undefined && recent !== month) {
        evidence.push({ code: "days_left", text: `the event is near: its latest days (${dollars(recent)}) say more than its month`, pull: weight * (recent - month), weight: 0, counts: weight });
      }
    }
  }
  const others = fresh.slice(1).filter(({ market }) => market !== ranked.market);
  const middle = others[Math.floor((others.length - 1) / 2)];
  if (middle) {
    compare("other_markets", others.length > 1 ? 4_000 : 2_500, middle.minor, `${versus(price, middle.minor)} what other markets ask now (${dollars(middle.minor)})`, { foreign: true, restsOn: others.length });
  }
  const low = lowest(event.history, now);
  const lowWeight = Math.min(Math.floor((hours * 100) / 12), 1_500);
  if (low !== undefined && lowWeight > 0) {
    compare("lowest_ever", lowWeight, low, price < low ? `lower than ever before (lowest so far ${dollars(low)})` : `${versus(price, low)} its lowest price so far (${dollars(low)})`);
  }

  const weights = evidence.reduce((sum, item) => sum + item.weight, PRIOR);
  const pull = evidence.reduce((sum, item) => sum + item.pull, 0);
  const fair = Math.max(price * weights + pull, 1);
  const unclamped = rounded(125 * pull, fair);
  const points = Math.min(Math.max(unclamped, -50), 50);
  let [soFar, pointsSoFar, fairPrice] = [0, 0, price];
  const reasons = evidence.map((item) => {
    soFar += item.pull;
    const upto = unclamped === points ? rounded(125 * soFar, fair) : rounded(points * soFar, pull);
    const amount = rounded(item.pull, weights);
    fairPrice += amount;
    const share_permille = rounded((item.counts ?? item.weight) * 1_000, weights);
    const reason = { code: item.code, text: item.text, amount: { amount_minor: amount, currency: "USD" }, points: upto - pointsSoFar, rests_on: item.restsOn, share_permille };
    pointsSoFar = upto;
    return reason;
  });
  const { doubt, low: fairLow, high: fairHigh } = spanOf(evidence, weights, fairPrice);
  const valueAt = (other: number): number => 50 + Math.min(Math.max(rounded(125 * (other - price), other), -50), 50);
  const usd = (amount_minor: number): { amount_minor: number; currency: string } => ({ amount_minor, currency: "USD" });
  const value = points + 50;
  return {
    value, band: bandOf(value), market: ranked.market, price: usd(price), basis: "all_in", fair_price: usd(fairPrice), reasons,
    confidence: doubt <= 1_300 ? "high" : doubt <= 2_200 ? "medium" : "low",
    prior_permille: rounded(PRIOR * 1_000, weights),
    ...cautionOf(weights - PRIOR),
    unknown: [hours < 168 && "short_history", "no_comparable_events", others.length === 0 && "no_other_market", start === undefined && "start_time"].filter(Boolean),
    uncertainty: { value_low: Math.min(valueAt(fairLow), value), value_high: Math.max(valueAt(fairHigh), value), fair_low: usd(fairLow), fair_high: usd(fairHigh) },
  };
}

/** Weight of "the price is right as it is". */
const PRIOR = 2_000;

function cautionOf(weight: number): { caution?: string } {
  if (weight <= 0) return { caution: "There is nothing yet to compare this price with: 50 is where a score begins, not a judgement." };
  if (weight < PRIOR) return { caution: "There is hardly anything yet to compare this price with, so the score stays near 50." };
  return {};
}

/** How far the evidence alone may be off, hundredths of a percent, and the two ends of the fair price. */
function spanOf(evidence: Evidence[], weights: number, fair: number): { doubt: number; low: number; high: number } {
  let [contradiction, references] = [0, 0];
  for (const { reference, weight } of evidence) {
    if (reference === undefined) continue;
    const gap = Math.min(Math.max(rounded((reference - fair) * 10_000, fair), -1_000_000), 1_000_000);
    contradiction += Math.trunc((gap * gap * weight) / 100);
    references += 1;
  }
  const unit = 100_000_000;
  const expected = Math.max(references * unit, unit);
  const birge = rounded(Math.min(Math.max(contradiction, expected), expected * 25) * 10_000, expected);
  const halfOf = (weight: number): number => {
    const variance = Math.trunc((Math.trunc((unit * 100) / Math.max(weight, 1)) * birge) / 10_000);
    return rounded(Math.floor(Math.sqrt(variance)) * 12_816, 10_000);
  };
  const half = halfOf(weights);
  return { doubt: halfOf(weights - PRIOR), low: Math.max(rounded(fair * 10_000, 10_000 + half), 1), high: rounded(fair * (10_000 + half), 10_000) };
}
