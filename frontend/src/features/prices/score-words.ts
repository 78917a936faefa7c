import type { Score } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';

/** How far the price is from the fair one: "$12 under its fair price". */
export function gapInWords({ price, fair_price: fair }: Pick<Score, 'price' | 'fair_price'>): string {
  const gap = fair.amount_minor - price.amount_minor;
  if (gap === 0) return 'Exactly at its fair price';
  return `${formatMoney({ ...price, amount_minor: Math.abs(gap) })} ${gap > 0 ? 'under' : 'over'} its fair price`;
}

/** What a score did not know, to follow "What it did not know:". One that is new to this build says that much. */
export function unknownInWords(unknown: Score['unknown'][number]): string {
  const words: Readonly<Record<Score['unknown'][number], string>> = {
    short_history: 'how the price ran before: we have watched it for less than a week',
    no_other_market: 'what another market asks: none quotes a price',
    other_markets_not_comparable: 'what others ask on the same terms: they quote in another currency or with other fees',
    fees_not_included: 'the fees on top of the price',
    fees_estimated: 'the exact fees: they are estimated from what this market charged before',
    fees_assumed: 'whether the price includes fees: the market does not say, and we take it that it does',
    no_comparable_events: 'what similar events cost at this distance from their start',
    start_time: 'when it starts',
  };
  return words[unknown] ?? 'something this page cannot name yet';
}

/** What the shares of the reasons leave to the price as it stands, thousandths; nothing where they are not told. What shifts another reason has no share of its own. */
export function shareOfPrice({ reasons }: Pick<Score, 'reasons'>): number | undefined {
  const own = reasons.filter(({ code }) => code !== 'days_left').map(({ share_permille }) => share_permille);
  return own.length === 0 || own.some((share) => share == null) ? undefined : Math.max(0, 1_000 - own.reduce<number>((sum, share) => sum + (share ?? 0), 0));
}
