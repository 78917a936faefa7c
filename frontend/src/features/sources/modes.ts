import type { SourceHealth } from '#lib/api/types.ts';

/** How a source is being read. */
export type Mode = SourceHealth['mode'];

/** What has to be said on every page about where the figures come from; nothing when all of them are real. */
export function labelForSyntheticData(modes: readonly Mode[]): string | undefined {
  const simulated = modes.includes('sandbox');
  const replayed = modes.includes('replay');
  if (simulated && replayed) return 'Simulated market and replay: events and prices are invented, or recorded with their dates shifted.';
  if (simulated) return 'Simulated market: events and prices are invented.';
  if (replayed) return 'Replay of recorded prices, dates shifted.';
  return undefined;
}

/** How a source is being read, in words. */
export function modeInWords(mode: Mode): string {
  switch (mode) {
    case 'live':
      return 'Live';
    case 'sandbox':
      return 'Simulated';
    case 'replay':
      return 'Replay';
    case 'off':
      return 'Not connected';
  }
}
