import type { AllIn } from './api/types.ts';
import { formatMoney } from './money.ts';
import { formatDate } from './time.ts';

/** What kind of all-in price it is, in words short enough to stand beside it. */
export function estimateInWords({ kind }: AllIn): string {
  switch (kind) {
    case 'exact':
      return 'all-in, fees included';
    case 'converted':
      return 'all-in, estimated';
    case 'assumed':
      return 'taken to be all-in';
  }
}

/** Between what and what the price lies: "Nine in ten come to $110 to $131." Nothing where there is no range. */
export function rangeInWords({ low_minor, high_minor, currency, kind }: AllIn): string {
  if (low_minor === high_minor) return '';
  const range = `${formatMoney({ amount_minor: low_minor, currency })} to ${formatMoney({ amount_minor: high_minor, currency })}`;
  return kind === 'assumed' ? `If fees come on top it is more: ${range} in all.` : `Most tickets like it came to ${range}.`;
}

/** Where an estimate comes from: how many pairs, and when. */
export function estimateSource({ kind, model_count, model_as_of }: AllIn): string {
  if (kind === 'assumed') {
    const learned = model_count ? ` (its fees where we saw them: ${model_count.toLocaleString('en-US')} tickets${model_as_of ? `, up to ${formatDate(model_as_of)}` : ''})` : '';
    return `The market does not say whether its prices include fees; we take it that they do${learned}.`;
  }
  if (!model_count) return 'Estimated from the fees this market has charged.';
  return `Estimated from ${model_count.toLocaleString('en-US')} tickets that this market stated with and without fees${model_as_of ? `, up to ${formatDate(model_as_of)}` : ''}.`;
}
