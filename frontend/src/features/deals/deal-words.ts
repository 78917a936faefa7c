import type { Deal, DealForMe } from '#lib/api/types.ts';
import { signedMoney } from '#lib/difference.ts';
import { formatMoney } from '#lib/money.ts';
import { sentence } from '#lib/sentence.ts';

/** What a buyer saves against the fair price: "$12 under its fair price of $80". Nothing where it is not under. */
export function savingInWords({ score: { price, fair_price } }: Pick<Deal, 'score'>): string | undefined {
  const saving = fair_price.amount_minor - price.amount_minor;
  if (saving <= 0) return undefined;
  return `${formatMoney({ ...price, amount_minor: saving })} under its fair price of ${formatMoney(fair_price)}`;
}

/** What a buyer pays over the fair price: "$4 over its fair price of $36". Nothing where it is not over. */
export function excessInWords({ score: { price, fair_price } }: Pick<Deal, 'score'>): string | undefined {
  const excess = price.amount_minor - fair_price.amount_minor;
  return excess <= 0 ? undefined : `${formatMoney({ ...price, amount_minor: excess })} over its fair price of ${formatMoney(fair_price)}`;
}

/** Where the score is in four cases of five: "likely 64 to 100"; the usual order goes by the first. */
export function spanInWords({ score: { uncertainty } }: Pick<Deal, 'score'>): string | undefined {
  return uncertainty ? `likely ${uncertainty.value_low} to ${uncertainty.value_high}` : undefined;
}

/** Why a deal is one for this person, in at most two reasons that say different things: who or where is watched says already what it is like. */
export function whyInWords(why: DealForMe['why']): string[] {
  const said = new Set(why.map(({ code }) => code));
  const repeats = (code: DealForMe['why'][number]['code']) => (code === 'same_venue' && said.has('watched_venue')) || (code === 'same_performer' && said.has('watched_performer'));
  return why.filter(({ code }) => !repeats(code)).slice(0, 2).map(({ text }) => sentence(text));
}

/** The reason that says most for what the score says, cheap or dear, with its part in money; none where no reason says the same. */
export function mainReason({ score: { price, fair_price, reasons } }: Pick<Deal, 'score'>): string | undefined {
  const way = Math.sign(fair_price.amount_minor - price.amount_minor);
  const [main] = reasons.filter(({ amount }) => amount.amount_minor * way > 0).sort((a, b) => (b.amount.amount_minor - a.amount.amount_minor) * way);
  return main && `${sentence(main.text)}: ${signedMoney(main.amount)}`;
}
