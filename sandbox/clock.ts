/**
 * The market clock: what time it is for events, prices and records.
 *
 * `MARKET_CLOCK` is the one string that the sandbox and every Worker share, so that both agree without talking:
 * comma-separated segments `<real_epoch_ms>:<market_epoch_ms>:<scale>`. The last segment whose real start has come
 * applies, and market = market_start + (real - real_start) * scale. Before the first, and without the string, both times
 * are the same. Starts rise; a scale is at least 1. shared/edge/src/clock.rs reads it by the same rules.
 */

export interface Segment {
  readonly realMs: number;
  readonly marketMs: number;
  readonly scale: number;
}

export class ClockFormatError extends Error {}

const FASTEST = 10_000_000;
const SEGMENT = /^(\d{1,16}):(\d{1,16}):(\d+(?:\.\d+)?)$/;

/** Reads `MARKET_CLOCK`; throws {@link ClockFormatError} with a sentence for people. */
export function parseSegments(text: string): Segment[] {
  const segments = text.split(",").map((part) => {
    const match = SEGMENT.exec(part.trim());
    if (!match) {
      throw new ClockFormatError(
        `MARKET_CLOCK: "${part.trim()}" is not <real_epoch_ms>:<market_epoch_ms>:<scale>.`,
      );
    }
    const scale = Number(match[3]);
    if (scale < 1 || scale > FASTEST) throw new ClockFormatError(`MARKET_CLOCK: a scale must be from 1 to ${FASTEST}, not ${scale}.`);
    return { realMs: Number(match[1]), marketMs: Number(match[2]), scale };
  });
  segments.forEach((segment, index) => {
    const before = segments[index - 1];
    if (before && before.realMs >= segment.realMs) {
      throw new ClockFormatError("MARKET_CLOCK: segments must be in the order of their real start.");
    }
  });
  return segments;
}

export class MarketClock {
  readonly #segments: readonly Segment[];
  readonly #real: () => number;
  readonly #startedMs: number;

  /** `segments` empty means that market time is real time. `real` is a parameter so that tests can hold it still. */
  constructor(segments: readonly Segment[], real: () => number = Date.now) {
    this.#segments = segments;
    this.#real = real;
    this.#startedMs = real();
  }

  /** Real time in epoch milliseconds: quotas, token life, signatures. */
  wall(): number {
    return this.#real();
  }

  /** Market time in epoch milliseconds. */
  market(): number {
    const real = this.#real();
    const segment = this.#segmentAt(real);
    if (!segment) return real;
    return Math.floor(segment.marketMs + (real - segment.realMs) * segment.scale);
  }

  /** Market milliseconds per real millisecond, now. */
  scale(): number {
    return this.#segmentAt(this.#real())?.scale ?? 1;
  }

  /** The slowest pace this clock ever has. */
  slowest(): number {
    return this.#segments.length === 0 ? 1 : Math.min(...this.#segments.map((segment) => segment.scale));
  }

  /** Where market time began: replayed records are shifted so that they begin here. */
  marketStart(): number {
    return this.#segments[0]?.marketMs ?? this.#startedMs;
  }

  #segmentAt(real: number): Segment | undefined {
    return this.#segments.findLast((segment) => segment.realMs <= real);
  }
}
