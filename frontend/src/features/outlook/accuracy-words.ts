import type { HorizonAccuracy, MoneyRecord } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';

/** A share as people read it: 0.891 is "89 %", 0.004 is "0.4 %". */
export function shareInWords(share: number): string {
  const percent = share * 100;
  return `${Math.abs(percent) < 10 && percent !== 0 ? Math.round(percent * 10) / 10 : Math.round(percent)} %`;
}

/** What the skill of the chances comes to, against always telling the share that came. */
export function skillInWords({ brier_skill: skill }: Pick<HorizonAccuracy, 'brier_skill'>): string {
  if (skill == null) return 'not known yet';
  if (Math.abs(skill) < 0.005) return 'no better and no worse';
  return `${shareInWords(Math.abs(skill))} ${skill > 0 ? 'better' : 'worse'}`;
}

/** Nine in ten prices were to lie inside the widest span; how many did. */
export function spanInWords({ inside_span, inside_span_interval: [low, high] }: Pick<HorizonAccuracy, 'inside_span' | 'inside_span_interval'>): string {
  const range = low === undefined || high === undefined ? '' : ` (${shareInWords(low)} to ${shareInWords(high)} allowing for chance)`;
  return `${shareInWords(inside_span)}${range}`;
}

/** Whether the promise of nine in ten is kept as far as can be told. */
export function keepsSpan({ inside_span_interval: [low, high] }: Pick<HorizonAccuracy, 'inside_span_interval'>): boolean {
  return low !== undefined && high !== undefined && low <= 0.9 && high >= 0.9;
}

/** What following the advice came to, a ticket: "saved $4.76", "cost $1.40 more". */
export function savedInWords({ mean_saved_minor, currency }: Pick<MoneyRecord, 'mean_saved_minor' | 'currency'>): string {
  if (mean_saved_minor === 0) return 'neither saved nor cost';
  const amount = formatMoney({ amount_minor: Math.abs(mean_saved_minor), currency });
  return mean_saved_minor > 0 ? `saved ${amount}` : `cost ${amount} more`;
}

/** What follows from it for buyers. */
export function earnedInWords({ earned, mean_saved_minor }: Pick<MoneyRecord, 'earned' | 'mean_saved_minor'>): string {
  if (earned) return 'That is more than chance explains, so such advice is shown.';
  return mean_saved_minor > 0 ? 'That may be luck, or too few events to tell: such advice is not shown.' : 'It did not pay: such advice is not shown.';
}

/** The interval of that mean, with the sign a buyer expects: what is saved is positive. */
export function savedRange({ mean_saved_interval_minor: [low, high], currency }: Pick<MoneyRecord, 'mean_saved_interval_minor' | 'currency'>): string {
  if (low === undefined || high === undefined) return 'not known';
  const signed = (minor: number) => `${minor < 0 ? '−' : ''}${formatMoney({ amount_minor: Math.abs(minor), currency })}`;
  return `${signed(low)} to ${signed(high)}`;
}
