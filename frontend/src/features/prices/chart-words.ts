import { marketName } from '#lib/markets.ts';

/** Says which markets are not on a chart; nothing if all are. */
export function notDrawn(markets: readonly string[]): string {
  return markets.length === 0 ? '' : ` Not drawn, because their prices cannot be compared with these (another currency, or other fees in them): ${markets.map(marketName).join(', ')}.`;
}
