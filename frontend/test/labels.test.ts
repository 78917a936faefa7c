import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeOutsideUrl } from '#lib/outside-url.ts';
import { labelForSyntheticData } from '#features/sources/modes.ts';
import { absenceInWords, bandInWords, basisInWords, statusInWords } from '#lib/words.ts';

test('figures that are not real are labelled as soon as one source is not, and only then', () => {
  assert.equal(labelForSyntheticData(['live', 'off']), undefined);
  assert.equal(labelForSyntheticData([]), undefined);
  assert.match(labelForSyntheticData(['live', 'sandbox']) ?? '', /invented/);
  assert.match(labelForSyntheticData(['replay']) ?? '', /Replay of recorded prices, dates shifted/);
  assert.match(labelForSyntheticData(['replay', 'sandbox']) ?? '', /invented.*recorded/);
});

test('a market’s link is followed only over http, whatever a provider sent', () => {
  assert.equal(safeOutsideUrl('https://market.test/e/1'), 'https://market.test/e/1');
  for (const url of ['javascript:alert(1)', 'data:text/html,x', '/relative', 'nonsense', '', null, undefined]) assert.equal(safeOutsideUrl(url), undefined, String(url));
});

test('a word this build does not know still says something true', () => {
  assert.equal(basisInWords('new_basis'), 'as quoted, fees not stated');
  assert.equal(absenceInWords('new_reason'), 'No price stated');
  assert.equal(bandInWords('new_band'), 'out of a hundred');
  assert.equal(statusInWords('onsale'), undefined);
});
