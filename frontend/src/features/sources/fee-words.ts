import type { SourceFees } from '#lib/api/types.ts';
import { formatDate } from '#lib/time.ts';

type FeeModel = NonNullable<SourceFees['model']>;

/** Ten-thousandths of the price before fees as what comes on top: 12,250 is "22.5 %". */
export function feeInWords(ratio: number): string {
  return `${((ratio - 10_000) / 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

/** A fee with its error bar: "22.5 % (18 to 27 %)". */
export function modelInWords({ ratio, low, high }: FeeModel): string {
  return low === high ? feeInWords(ratio) : `${feeInWords(ratio)} (${feeInWords(low).replace(' %', '')} to ${feeInWords(high)})`;
}

/** What is known of a source's fees, as a sentence. */
export function feesInWords({ buyer_fee, model, pairs }: SourceFees): string {
  if (buyer_fee === 'none') return 'The buyer pays what is quoted: its prices are exact.';
  const seen = model
    ? `Its fees come to ${modelInWords(model)} on top, learned from ${model.count.toLocaleString('en-US')} tickets stated with and without fees, up to ${formatDate(model.as_of)}.`
    : `Its fees are not known yet: ${pairs.toLocaleString('en-US')} tickets were seen with and without them, too few to say.`;
  return buyer_fee === 'assumed_included' ? `It does not say whether its prices include fees; we take it that they do. ${seen}` : seen;
}
