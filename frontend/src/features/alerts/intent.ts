import type { Channel, Rule } from '#lib/api/types.ts';
import { formatMoney, type Money, parseMoney, suggestThreshold } from '#lib/money.ts';

/** What stands in the alert form, as text: what was typed, what was carried over a sign-in, or what we offer. */
export interface AlertIntent {
  readonly kind: Rule['kind'];
  readonly target: string;
  readonly percent: string;
  readonly channels: readonly Channel[];
}

/** A field of the form and what is wrong with it. */
export interface IntentErrors {
  readonly target?: string;
  readonly percent?: string;
  readonly channels?: string;
}

/** Offered to someone who has said nothing yet: a tenth off, by e-mail. */
export function suggestedIntent(now: Money | undefined): AlertIntent {
  return {
    kind: now === undefined ? 'lowest_ever' : 'below',
    target: now === undefined ? '' : formatMoney(suggestThreshold(now)),
    percent: '10',
    channels: ['email'],
  };
}

/** Reads the fields of the form, or of the query that carried them; what is missing comes from `otherwise`. */
export function readIntent(field: (name: string) => readonly string[], otherwise: AlertIntent): AlertIntent {
  const kind = field('alert').find((value) => value === 'below' || value === 'falls_by' || value === 'lowest_ever');
  if (kind === undefined) return otherwise;
  return {
    kind,
    target: field('target')[0] ?? otherwise.target,
    percent: field('percent')[0] ?? otherwise.percent,
    channels: field('channel').filter((value) => value === 'email' || value === 'sms'),
  };
}

/** The intent as a query, to be carried over a sign-in and back. */
export function intentQuery({ kind, target, percent, channels }: AlertIntent): URLSearchParams {
  return new URLSearchParams([['alert', kind], ['target', target], ['percent', percent], ...channels.map((channel) => ['channel', channel])]);
}

/** The rule and the channels to ask the API for, or what is wrong with the fields. */
export function ruleOf(intent: AlertIntent, currency: string): { rule: Rule; channels: Channel[] } | { errors: IntentErrors } {
  if (intent.channels.length === 0) return { errors: { channels: 'Choose at least one way to hear from us.' } };
  const channels = [...intent.channels];
  switch (intent.kind) {
    case 'below': {
      const target = parseMoney(intent.target, currency);
      return target === undefined ? { errors: { target: 'Enter an amount above zero, such as 45 or 45.50.' } } : { rule: { kind: 'below', ...target }, channels };
    }
    case 'falls_by': {
      const percent = /^\s*(\d{1,2})\s*%?\s*$/.exec(intent.percent)?.[1];
      const whole = percent === undefined ? 0 : Number(percent);
      return whole >= 1 && whole <= 90 ? { rule: { kind: 'falls_by', percent: whole }, channels } : { errors: { percent: 'Enter a whole number from 1 to 90.' } };
    }
    case 'lowest_ever':
      return { rule: { kind: 'lowest_ever' }, channels };
  }
}
