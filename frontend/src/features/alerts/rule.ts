import type { Rule } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';

/** What an alert waits for, as a sentence about the price. */
export function ruleInWords(rule: Rule): string {
  switch (rule.kind) {
    case 'below':
      return `${formatMoney(rule)} or less`;
    case 'falls_by':
      return rule.from ? `${rule.percent} % down from ${formatMoney(rule.from)}` : `${rule.percent} % down`;
    case 'lowest_ever':
      return 'Lower than ever before';
  }
}
