// Courses of prices as markets show them: mostly steady, sometimes another price, now and then none. Same seed, same course.

const STEADY = 0.96;
const GONE = 0.002;

/** A small generator of numbers from 0 to 1 (mulberry32). */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` polls from `start` on, about one every `stepMs`: `[{ at, amount, listings }]`, amounts in cents, null where there is none. */
export function priceCourse({ seed, start, count, stepMs }) {
  const next = numbers(seed);
  let [amount, listings] = [4_000 + Math.floor(next() * 160) * 50, 20 + Math.floor(next() * 60)];
  return Array.from({ length: count }, (_, i) => {
    if (next() > STEADY) {
      amount = Math.max(500, Math.round((amount * (0.93 + next() * 0.14)) / 25) * 25);
      listings = Math.max(1, listings + Math.floor(next() * 7) - 3);
    }
    const at = start + i * stepMs + Math.floor(next() * 20) * 1_000;
    return next() < GONE ? { at, amount: null, listings: 0 } : { at, amount, listings };
  });
}

const HEADER = 'event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets';
const stamp = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** Rows of the table that an import takes. */
export const importRows = (event, market, course) => course.map(({ at, amount, listings }) => (amount === null
  ? `${event},${market},${stamp(at)},,,,sold_out,0,`
  : `${event},${market},${stamp(at)},USD,all_in,${amount},,${listings},`));

/** Tables of at most `limit` rows each. */
export function* importTables(rows, limit = 50_000) {
  for (let i = 0; i < rows.length; i += limit) yield `${HEADER}\n${rows.slice(i, i + limit).join('\n')}\n`;
}
