import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiQuery, bandAmounts, changed, isNarrowed, mistakes, readSearch, searchParams } from '#features/search/query.ts';

test('an address reads back as it was, empty fields of a form left out', () => {
  const state = readSearch({ q: ' blazers ', city: '', markets: ['seatgeek', 'stubhub'], max: '75', nonsense: 'x' });
  assert.deepEqual(state, { q: 'blazers', max: '75', markets: ['seatgeek', 'stubhub'] });
  assert.deepEqual(readSearch({ markets: 'seatgeek,stubhub' }).markets, ['seatgeek', 'stubhub']);
  assert.deepEqual(searchParams(state), [['q', 'blazers'], ['max', '75'], ['markets', 'seatgeek'], ['markets', 'stubhub']]);
});

test('a change begins at the first page again', () => {
  const state = readSearch({ q: 'x', cursor: '1.2.', city: 'Portland' });
  assert.deepEqual(changed(state, { city: undefined }), { q: 'x', city: undefined, markets: [] });
  assert.equal(isNarrowed(readSearch({ q: 'x', sort: 'date', cursor: '1.2.' })), false);
  assert.equal(isNarrowed(state), true);
});

test('days and dollars become what the API takes', () => {
  const query = apiQuery(readSearch({ from: '2026-12-05', to: '2026-12-05', max: '75.50', near: '45.53,-122.67', km: '30', markets: 'seatgeek', sort: 'date' }));
  assert.deepEqual(query, { near: '45.53,-122.67', km: 30, from: '2026-12-05T08:00:00.000Z', to: '2026-12-06T07:59:59.000Z', max_price: 7550, markets: 'seatgeek' });
});

test('what cannot be meant is said beside its field and not asked', () => {
  const state = readSearch({ from: 'soon', to: '2026-13-40', max: 'cheap' });
  assert.deepEqual(Object.keys(mistakes(state)), ['from', 'to', 'max']);
  assert.deepEqual(apiQuery(state), {});
  const backwards = readSearch({ from: '2026-12-05', to: '2026-12-01' });
  assert.deepEqual(Object.keys(mistakes(backwards)), ['to']);
  assert.equal(apiQuery(backwards).to, undefined);
});

test('a price band is passed on to the cent', () => {
  assert.deepEqual(bandAmounts({ from_minor: 2500, to_minor: 4999, currency: 'USD' }), { min: '25.00', max: '49.99' });
  assert.deepEqual(bandAmounts({ from_minor: 0, to_minor: 2499, currency: 'USD' }), { min: undefined, max: '24.99' });
  assert.equal(apiQuery(readSearch({ min: '25.00', max: '49.99' })).max_price, 4999);
});
