// What pages are asked for stands in their address: read, changed and written without loss.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedDeals, dealMistakes, dealsParams, dealsQuery, readDeals } from '#features/deals/query.ts';
import { changedRecord, readRecord, recordParams } from '#features/outlook/record-query.ts';
import { isWatched, readSubject } from '#features/watchlist/subject.ts';
import { eventViewParams, readEventView } from '#lib/event-view.ts';
import { watchlist } from './answers/lists.ts';

test('a list of deals reads its filters, and asks the API only for what can be meant', () => {
  const state = readDeals({ city: ' Portland, OR ', genre: 'music', from: '2026-12-01', to: '2026-12-05', max: '75.50', market: 'stubhub', min: '70', sort: 'saving', nonsense: 'x', cursor: '' });
  assert.deepEqual(dealsQuery(state), {
    city: 'Portland, OR', genre: 'music', from: '2026-12-01T08:00:00.000Z', to: '2026-12-06T07:59:59.000Z', max_price: 7_550, currency: 'USD', market: 'stubhub', min_score: 70, sort: 'saving',
  });
  assert.deepEqual(dealsQuery(readDeals({ market: 'nobody', sort: 'luck', min: '-3', max: 'cheap', from: 'soon' })), { min_score: 50 }, 'a deal costs no more than it is worth');
  assert.deepEqual(dealsQuery(readDeals({ min: 'any' })), {}, 'unless dear ones were asked for');
  assert.deepEqual(Object.keys(dealMistakes(readDeals({ max: 'cheap', from: 'soon' }))), ['from', 'max']);
  assert.match(dealMistakes(readDeals({ from: '2026-12-05', to: '2026-12-01' })).to ?? '', /before the first/);
});

test('another filter begins at the first page, and the address holds the rest', () => {
  const state = readDeals({ city: 'Portland', min: '70', cursor: 'abc' });
  assert.deepEqual(dealsParams(changedDeals(state, { city: undefined, sort: 'price' })), [['min', '70'], ['sort', 'price']]);
});

test('the record is the live one, three days ahead, newest first, unless the address says otherwise', () => {
  assert.deepEqual(readRecord({}), { source: 'live', hours: 72, order: 'newest' });
  const state = readRecord({ source: 'backtest', hours: '24', order: 'failures', genre: 'sports', cursor: 'x' });
  assert.deepEqual(recordParams(state), [['source', 'backtest'], ['genre', 'sports'], ['hours', '24'], ['order', 'failures'], ['cursor', 'x']]);
  assert.deepEqual(readRecord({ source: 'rumour', hours: '25' }), { source: 'live', hours: 72, order: 'newest' });
  assert.equal(changedRecord(state, { order: 'newest' }).cursor, undefined);
});

test('how an event is looked at has an address, and the usual way is the plain one', () => {
  assert.deepEqual(eventViewParams(readEventView({})), []);
  const all = { seats: '4', order: 'price', course: 'best', by: 'day' };
  assert.deepEqual(eventViewParams(readEventView(all)), Object.entries(all));
  assert.deepEqual(eventViewParams(readEventView({ seats: '99', order: 'x', course: 'y', by: 'z' })), []);
});

test('what is watched is known by id, performers by name however it is written', () => {
  assert.ok(isWatched(watchlist, { kind: 'performer', key: ' portland pinecones' }));
  assert.ok(!isWatched(watchlist, { kind: 'event', key: 'evt_other' }));
  const form = new FormData();
  assert.equal(readSubject(form), undefined);
  form.set('kind', 'venue');
  form.set('key', 'ven_1');
  assert.deepEqual(readSubject(form), { kind: 'venue', key: 'ven_1' });
  form.set('kind', 'planet');
  assert.equal(readSubject(form), undefined);
});
