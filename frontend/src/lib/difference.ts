import { formatMoney, type Money } from './money.ts';

/** A true minus sign lines up with figures and is read aloud as one. */
const MINUS = '−';

/** The sign of a difference; nothing has none. */
const sign = (amount: number) => (amount < 0 ? MINUS : amount > 0 ? '+' : '');

/** An amount that is added or taken away: "+$4", "−$2.50". */
export function signedMoney(money: Money): string {
  return `${sign(money.amount_minor)}${formatMoney({ ...money, amount_minor: Math.abs(money.amount_minor) })}`;
}

/** Points that are added or taken away: "+3 points", "−1 point". */
export function signedPoints(points: number): string {
  return `${sign(points)}${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
}

/** Hundredths of a percent as people read them, exact below ten percent: 1125 is "11 %", -480 is "−4.8 %". */
export function signedPercent(hundredths: number): string {
  return `${sign(hundredths)}${percentOf(hundredths)}`;
}

/** The same without its sign. */
export function percentOf(hundredths: number): string {
  const size = Math.abs(hundredths);
  const number = size < 1_000 ? Math.round(size / 10) / 10 : Math.round(size / 100);
  return `${number} %`;
}

/** Thousandths as a percentage exact enough to reckon with: 57 is "5.7 %", 500 is "50 %". */
export function shareOf(permille: number): string {
  return `${permille / 10} %`;
}
