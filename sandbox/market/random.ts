/**
 * Randomness without state: a draw is a function of its key, so the simulated market is the same after a restart.
 * The mixing is FNV-1a over the key followed by the finaliser of MurmurHash3; nothing here is for secrets.
 */

/** 32 well-mixed bits of a key. */
export function hash(...key: readonly (string | number)[]): number {
  let h = 0x811c9dc5;
  const text = key.join("\u001f");
  for (let i = 0; i < text.length; i += 1) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1) for a key. */
export function unit(...key: readonly (string | number)[]): number {
  return hash(...key) / 2 ** 32;
}

/** A number in [low, high) for a key. */
export function between(low: number, high: number, ...key: readonly (string | number)[]): number {
  return low + (high - low) * unit(...key);
}

/** One of the items, for a key. */
export function pick<T>(items: readonly T[], ...key: readonly (string | number)[]): T {
  const item = items[Math.floor(unit(...key) * items.length)];
  if (item === undefined) throw new Error("pick: nothing to choose from");
  return item;
}

/** A stream of numbers in [0, 1) that begins at a key (mulberry32), for long walks where one hash a step would be slow. */
export function stream(...key: readonly (string | number)[]): () => number {
  let state = hash(...key);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `length` characters of [0-9A-Za-z] for a key: ids that are case-sensitive, as Ticketmaster's are. */
export function token(length: number, ...key: readonly (string | number)[]): string {
  const next = stream("token", ...key);
  return Array.from({ length }, () => BASE62.charAt(Math.floor(next() * 62))).join("");
}
