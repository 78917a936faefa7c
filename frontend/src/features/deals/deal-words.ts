import type { Deal } from '#lib/api/types.ts';
import { signedMoney } from '#lib/difference.ts';
import { formatMoney } from '#lib/money.ts';
import { sentence } from '#lib/sentence.ts';

/** What a buyer saves against the fair price: "$12 under its fair price of $80". Nothing where it is not under. */
export function savingInWords({ score: { price, fair_price } }: Pick<Deal, 'score'>): string | undefined {
  const saving = fair_price.amount_minor - price.amount_minor;
  if (saving <= 0) return undefined;
  return `${formatMoney({ ...price, amount_minor: saving })} under its fair price of ${formatMoney(fair_price)}`;
}

/** Where the score is in four cases of five: "likely 64 to 100"; the usual order goes by the first. */
export function spanInWords({ score: { uncertainty } }: Pick<Deal, 'score'>): string | undefined {
  return uncertainty ? `likely ${uncertainty.value_low} to ${uncertainty.value_high}` : undefined;
}

/** The reason that says most for it, with its part in money. */
export function mainReason({ score: { reasons } }: Pick<Deal, 'score'>): string | undefined {
  const [main] = [...reasons].sort((a, b) => b.amount.amount_minor - a.amount.amount_minor);
  return main && `${sentence(main.text)}: ${signedMoney(main.amount)}`;
}
