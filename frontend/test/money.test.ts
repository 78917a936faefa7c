import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMoney, parseMoney, suggestThreshold, toDecimal } from '#lib/money.ts';
import { sentence } from '#lib/sentence.ts';

const usd = (amount_minor: number) => ({ amount_minor, currency: 'USD' });

test('minor units become an exact decimal, in each currency’s own places', () => {
  assert.equal(toDecimal(usd(4_550)), '45.50');
  assert.equal(toDecimal(usd(5)), '0.05');
  assert.equal(toDecimal(usd(-1_205)), '-12.05');
  assert.equal(toDecimal({ amount_minor: 900, currency: 'JPY' }), '900');
  assert.equal(toDecimal({ amount_minor: 1_234, currency: 'KWD' }), '1.234');
});

test('people read whole amounts without cents and others with all of them', () => {
  assert.equal(formatMoney(usd(4_500)), '$45');
  assert.equal(formatMoney(usd(4_550)), '$45.50');
  assert.equal(formatMoney(usd(123_456)), '$1,234.56');
  assert.equal(formatMoney({ amount_minor: 900, currency: 'JPY' }), '¥900');
});

test('an amount too large for exact floats in major units is still printed to the cent', () => {
  assert.equal(formatMoney(usd(9_007_199_254_740_991)), '$90,071,992,547,409.91');
});

test('what a person types is read exactly', () => {
  assert.deepEqual(parseMoney('45', 'USD'), usd(4_500));
  assert.deepEqual(parseMoney(' $1,042.5 ', 'USD'), usd(104_250));
  assert.deepEqual(parseMoney('35.54', 'USD'), usd(3_554));
  assert.deepEqual(parseMoney('US$ 20', 'USD'), usd(2_000));
  assert.deepEqual(parseMoney('900', 'JPY'), { amount_minor: 900, currency: 'JPY' });
});

test('text that is no positive amount is refused', () => {
  for (const text of ['', '0', '0.00', '-5', '1e3', 'ten', '1.2.3', '45.505', '.5', '99999999999999999999']) {
    assert.equal(parseMoney(text, 'USD'), undefined, text);
  }
  assert.equal(parseMoney('9.5', 'JPY'), undefined);
});

test('what we print can be read back', () => {
  for (const amount of [1, 99, 4_500, 4_550, 104_250]) assert.deepEqual(parseMoney(formatMoney(usd(amount)), 'USD'), usd(amount));
});

test('the threshold we offer is about a tenth below, on a round amount, and never zero', () => {
  assert.deepEqual(suggestThreshold(usd(4_550)), usd(4_000));
  assert.deepEqual(suggestThreshold(usd(23_800)), usd(21_000));
  assert.deepEqual(suggestThreshold(usd(100)), usd(100));
  assert.deepEqual(suggestThreshold({ amount_minor: 980, currency: 'JPY' }), { amount_minor: 880, currency: 'JPY' });
});

test('amounts in a Worker’s sentence look like all others, and nothing else is taken for one', () => {
  assert.equal(sentence('4 % under its median (USD 84.10)'), '4 % under its median ($84.10)');
  assert.equal(sentence('cost EUR 1200.50 a ticket. Section ABC 12'), 'Cost €1,200.50 a ticket. Section ABC 12');
  assert.equal(sentence('paid JPY 5000.'), 'Paid ¥5,000.');
  assert.equal(sentence('USD 1.2.3'), 'USD 1.2.3');
  assert.equal(sentence(''), '');
});
