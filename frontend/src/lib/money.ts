/** An amount in integer minor units (cents for USD, yen for JPY), as every Worker states it. */
export interface Money {
  readonly amount_minor: number;
  readonly currency: string;
}

const LOCALE = 'en-US';

/** How many decimal places the currency's major unit has (ISO 4217). */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Minor units as an exact decimal text: 4550 USD is "45.50". No division, so nothing is rounded on the way. */
export function toDecimal({ amount_minor, currency }: Money): string {
  const digits = minorDigits(currency);
  const sign = amount_minor < 0 ? '-' : '';
  const all = String(Math.abs(amount_minor)).padStart(digits + 1, '0');
  return digits === 0 ? sign + all : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** As people read it: "$45", "$45.50", "€1,200". */
export function formatMoney(money: Money): string {
  const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: money.currency, trailingZeroDisplay: 'stripIfInteger' });
  // Intl reads a decimal text exactly; the type wants to see that it is one.
  return format.format(toDecimal(money) as `${number}`);
}

/** Reads what a person types ("42", "42.5", "$1,042.50") exactly; nothing if it is no positive amount. */
export function parseMoney(text: string, currency: string): Money | undefined {
  const digits = minorDigits(currency);
  const match = /^[^\d.-]{0,4}(\d{1,9})(?:\.(\d*))?$/.exec(text.trim().replaceAll(/[,\s]/g, ''));
  const [, major, fraction = ''] = match ?? [];
  if (major === undefined || fraction.length > digits) return undefined;
  const amount_minor = Number(major + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(amount_minor) && amount_minor > 0 ? { amount_minor, currency } : undefined;
}

/**
 * A threshold to offer someone who wants to hear of a fall: nine tenths of the price now, on a whole major unit,
 * and from 100 major units up on a multiple of five, because that is how people name prices.
 */
export function suggestThreshold({ amount_minor, currency }: Money): Money {
  const major = 10 ** minorDigits(currency);
  const target = Math.floor((amount_minor * 9) / 10);
  const step = target >= 100 * major ? 5 * major : major;
  return { amount_minor: Math.max(step, target - (target % step)), currency };
}
