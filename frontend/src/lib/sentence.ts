import { formatMoney, parseMoney } from './money.ts';

/** An amount as the Workers write it in their sentences: "USD 84.10". */
const AMOUNT = /\b([A-Z]{3}) (\d{1,9}(?:\.\d{1,3})?)(?![\d.]*\d)/g;

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

/** A sentence of a Worker as the page writes it: it begins with a capital, and amounts look like all others here. */
export function sentence(text: string): string {
  const said = text.replaceAll(AMOUNT, (written, currency: string, amount: string) => {
    const money = CURRENCIES.has(currency) ? parseMoney(amount, currency) : undefined;
    return money ? formatMoney(money) : written;
  });
  return said.charAt(0).toUpperCase() + said.slice(1);
}
