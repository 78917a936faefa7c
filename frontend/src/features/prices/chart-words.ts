import { marketName } from '#lib/markets.ts';
import { type Includes, includesInWords } from '#lib/words.ts';

/** Says which markets are not on a chart; nothing if all are. */
export function notDrawn(markets: readonly string[]): string {
  return markets.length === 0 ? '' : ` Not drawn, because their prices cannot be compared with these (another currency, or other fees in them): ${markets.map(marketName).join(', ')}.`;
}

/** What the prices on a chart include: once for all, or that it differs and stands beside each. */
export function includedInWords(courses: readonly Includes[]): string {
  const words = [...new Set(courses.map(includesInWords))];
  return words.length > 1 ? 'The markets include different things in their prices: what stands beside each name.' : `Prices are ${words[0] ?? 'as quoted'}.`;
}
