import type { Accuracy, HorizonAccuracy, MoneyRecord } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { formatDate } from '#lib/time.ts';
import { aheadInWords } from './odds.ts';

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

/** So many events with waiting a record needs before it decides whether advice is shown. */
export const LEAST_WAITED = 20;

/** Whether that is more than luck. */
export function earnedInWords({ earned, mean_saved_minor, waited_events }: Pick<MoneyRecord, 'earned' | 'mean_saved_minor' | 'waited_events'>): string {
  if (waited_events < LEAST_WAITED) return `Too few to tell: a record decides from ${LEAST_WAITED} events with waiting on.`;
  if (earned) return 'That is more than chance explains.';
  return mean_saved_minor > 0 ? 'That may be luck.' : 'It did not pay.';
}

/** How many forecasts a record holds and how far they are settled: each is settled horizon by horizon, its advice last. */
export function countsInWords({ source, said, open, since, whole }: Pick<Accuracy, 'source' | 'said' | 'open' | 'since' | 'whole'>): string {
  const count = (number: number, one: string, many: string) => `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
  const settled = whole.horizons.map(({ hours, answers }) => `${answers.toLocaleString('en-US')} ${aheadInWords(hours)} ahead`);
  const answers = settled.length === 0 ? 'no answer is settled yet' : `answers settled: ${settled.join(', ')}`;
  const from = since ? formatDate(since.slice(0, 10)) : undefined;
  if (source === 'backtest') return `Advice was tried ${count(said, 'time', 'times')}${from ? ` on prices since ${from}` : ''}; ${answers}.`;
  const still = open === 0 ? '' : ` The advice of ${open === said ? 'all of them' : open.toLocaleString('en-US')} is still open: it is judged after seven days or when the event begins.`;
  return `${count(said, 'forecast', 'forecasts')} on record${from ? ` since ${from}` : ''}; ${answers}.${still}`;
}

/** The interval of that mean, with the sign a buyer expects: what is saved is positive. */
export function savedRange({ mean_saved_interval_minor: [low, high], currency }: Pick<MoneyRecord, 'mean_saved_interval_minor' | 'currency'>): string {
  if (low === undefined || high === undefined) return 'not known';
  const signed = (minor: number) => `${minor < 0 ? '−' : ''}${formatMoney({ amount_minor: Math.abs(minor), currency })}`;
  return `${signed(low)} to ${signed(high)}`;
}
