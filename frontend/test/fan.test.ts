// What may come, and prices by hour and day, as they are drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candlePaths, candleScale, candleSpan, closes, rangePath, readCandles } from '#features/prices/candles.ts';
import { aheadOf, stepPath } from '#features/prices/chart-geometry.ts';
import { readCourses } from '#features/prices/courses.ts';
import { fanArea, fanAt, fanWithin, readFan } from '#features/prices/fan.ts';
import { candles, NOW, outlook } from './answers/event.ts';

const HOUR = 3_600_000;
const fan = readFan(outlook.outlook, 'USD', NOW);

test('the fan begins at the price now and opens with every horizon told', () => {
  assert.ok(fan);
  assert.deepEqual(fan.map(({ atMs, q05, q95 }) => [(atMs - NOW) / HOUR, q05, q95]), [[0, 6_840, 6_840], [24, 6_300, 7_400], [72, 5_950, 7_900], [168, 5_500, 8_600]]);
});

test('spans in another currency, or none, are not drawn', () => {
  assert.equal(readFan(outlook.outlook, 'EUR', NOW), undefined);
  assert.equal(readFan({ ...outlook.outlook, price: null }, 'USD', NOW), undefined);
  assert.equal(readFan({ ...outlook.outlook, horizons: [] }, 'USD', NOW), undefined);
  assert.equal(readFan(outlook.outlook, 'USD', NOW + 200 * HOUR), undefined, 'what is told lies in the past');
});

test('between two told moments the fan is straight, its lines never cross, and outside there is nothing', () => {
  assert.ok(fan);
  assert.equal(fanAt(fan, NOW + 12 * HOUR)?.q05, 6_570);
  assert.equal(fanAt(fan, NOW + 200 * HOUR), undefined);
  assert.equal(fanAt(fan, NOW - HOUR), undefined);
  for (let hour = 0; hour <= 168; hour += 1) {
    const at = fanAt(fan, NOW + hour * HOUR);
    assert.ok(at && at.q05 <= at.q25 && at.q25 <= at.q50 && at.q50 <= at.q75 && at.q75 <= at.q95, String(hour));
  }
});

test('a fan that goes on beyond the chart is cut off at its edge', () => {
  assert.ok(fan);
  const shown = fanWithin(fan, { fromMs: NOW - 24 * HOUR, toMs: NOW + 12 * HOUR });
  assert.deepEqual(shown.map(({ atMs }) => (atMs - NOW) / HOUR), [0, 12]);
  assert.equal(fanArea(shown, 'q05', 'q95', { fromMs: NOW - 12 * HOUR, toMs: NOW + 12 * HOUR }, { low: 6_000, high: 8_000, ticks: [] }), 'M500 580L1000 440L1000 715L500 580Z');
  assert.equal(fanArea([], 'q05', 'q95', { fromMs: 0, toMs: 1 }, { low: 0, high: 1, ticks: [] }), '');
});

test('what may come takes at most a third of the chart, and lines of the past end at now', () => {
  assert.equal(aheadOf(24 * HOUR, 168 * HOUR), 12 * HOUR);
  assert.equal(aheadOf(60 * 24 * HOUR, 168 * HOUR), 168 * HOUR);
  assert.equal(aheadOf(HOUR, 0), 0);
  assert.equal(stepPath([[0, 50]], { fromMs: 0, toMs: 100 }, { low: 0, high: 100, ticks: [] }, 60), 'M0 500H600');
});

test('candles stay inside their scale, and the cheapest of all is one course', () => {
  for (const best of [true, false]) {
    const read = readCandles(candles('day', best));
    assert.ok(read);
    assert.deepEqual(read.series.map(({ market }) => market), best ? ['best'] : ['seatgeek', 'stubhub']);
    const span = candleSpan(read);
    const scale = candleScale(read, span, 100);
    for (const { low_minor, high_minor } of read.series.flatMap((one) => one.candles)) assert.ok(low_minor >= scale.low && high_minor <= scale.high);
    assert.ok(span.toMs >= NOW);
  }
  assert.equal(readCandles({ ...candles('day', false), series: [] }), undefined);
});

test('candles of another currency are named and not drawn on the same scale', () => {
  const given = candles('day', false);
  const read = readCandles({ ...given, series: given.series.map((one) => (one.market === 'stubhub' ? { ...one, currency: 'CAD' } : one)) });
  assert.deepEqual([read?.currency, read?.series.map(({ market }) => market), read?.elsewhere], ['USD', ['seatgeek'], ['stubhub']]);
});

test('a candle that fell, one that rose and one that stood are each drawn', () => {
  const candle = (hour: number, open_minor: number, close_minor: number) => ({ start: new Date(hour * HOUR).toISOString(), open_minor, close_minor, low_minor: Math.min(open_minor, close_minor) - 10, high_minor: Math.max(open_minor, close_minor) + 10 });
  const three = [candle(0, 60, 40), candle(1, 40, 60), candle(3, 50, 50)];
  const span = { fromMs: 0, toMs: 4 * HOUR };
  const scale = { low: 0, high: 100, ticks: [] };
  const paths = candlePaths(three, HOUR, span, scale);
  assert.equal(paths.fell, 'M125 400V600');
  assert.equal(paths.rose, 'M375 600V400M875 500V506');
  assert.equal(paths.wicks.match(/M/g)?.length, 3);
  assert.equal(rangePath(three, HOUR, span, scale).match(/Z/g)?.length, 3);
  assert.deepEqual(closes(three, HOUR), [[0, 40], [HOUR, 60], [2 * HOUR, null], [3 * HOUR, 50]], 'an hour without a sight breaks the line');
});

test('the best of all as the API sums it up is drawn as one course, with gaps where nobody quoted', () => {
  const answer = candles('day', true);
  assert.ok(answer.best);
  const points = [{ at: new Date(NOW - 3 * HOUR).toISOString(), amount_minor: 5_000 }, { at: new Date(NOW - 2 * HOUR).toISOString(), amount_minor: null }, { at: new Date(NOW - HOUR).toISOString(), amount_minor: 4_000 }];
  const courses = readCourses({ ...answer, best: { ...answer.best, points, left_out: ['eventbrite'] } });
  assert.deepEqual(courses?.markets[0]?.steps, [[NOW - 3 * HOUR, 5_000], [NOW - 2 * HOUR, null], [NOW - HOUR, 4_000]]);
  assert.deepEqual(courses?.elsewhere, ['eventbrite']);
});
