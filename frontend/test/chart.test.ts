import assert from 'node:assert/strict';
import { test } from 'node:test';
import { down, priceScale, rangesFor, stepPath, stops, wholeSpan } from '#features/prices/chart-geometry.ts';
import { bestOf, lowestByDay, readCourses, type Step, valueAt } from '#features/prices/courses.ts';
import { partSights } from '#features/prices/sights.ts';
import type { PriceHistory } from '#lib/api/types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-21T12:00:00Z');

const quoted = (agoMs: number, amount_minor: number, currency = 'USD') => ({ at: new Date(NOW - agoMs).toISOString(), price: { kind: 'quoted', amount_minor, currency, basis: 'all_in' } });
const absent = (agoMs: number) => ({ at: new Date(NOW - agoMs).toISOString(), price: { kind: 'absent', reason: 'sold_out' } });
const history = (series: Record<string, unknown[]>) =>
  ({ series: Object.entries(series).map(([market, points]) => ({ market, basis: 'all_in', points, candles: [] })), as_of: new Date(NOW).toISOString() }) as unknown as PriceHistory;

test('an event nobody has quoted has no chart', () => {
  assert.equal(readCourses(history({ seatgeek: [absent(HOUR)], stubhub: [] })), undefined);
});

test('confirmations of the same price do not add to a course, and an absence breaks it', () => {
  const courses = readCourses(history({ seatgeek: [quoted(3 * HOUR, 5_000), quoted(2 * HOUR, 5_000), absent(HOUR)] }));
  assert.deepEqual(courses?.markets[0]?.steps, [[NOW - 3 * HOUR, 5_000], [NOW - HOUR, null]]);
});

test('prices in another currency are never drawn on the same scale', () => {
  const courses = readCourses(history({ seatgeek: [quoted(HOUR, 5_000)], stubhub: [quoted(HOUR, 4_000, 'EUR')] }));
  assert.deepEqual(courses?.markets.map(({ market }) => market), ['seatgeek']);
  assert.deepEqual(courses?.elsewhere, ['stubhub']);
});

test('the value at an instant is the last one before it, and none before the first', () => {
  const steps: Step[] = [[10, 500], [20, null], [30, 400]];
  assert.deepEqual([5, 10, 15, 20, 29, 30, 99].map((at) => valueAt(steps, at)), [null, 500, 500, null, null, 400, 400]);
});

test('the best line follows the lowest market and falls back when it sells out', () => {
  const best = bestOf([{ steps: [[0, 500]] }, { steps: [[10, 400], [20, null]] }]);
  assert.deepEqual(best, [[0, 500], [10, 400], [20, 500]]);
});

test('what was seen once is marked and no part of the line; a move in steps, and what two sights bore out, is', () => {
  const sights = (minors: (number | null)[]) => partSights(minors.map((minor, index): Step => [index, minor]));
  assert.deepEqual(sights([8_000, 8_000, 400, 8_000, 8_000]).odd, [[2, 400]]);
  assert.deepEqual(sights([8_000, 8_000, 400, 400, 8_000, 8_000]).odd, [], 'two sights bear it out');
  assert.deepEqual(sights([8_000, 7_500, 7_000, 6_500]).odd, [], 'falling: each is borne out by the next');
  assert.deepEqual(sights([8_000, 7_950, 8_000]).odd, [], 'within the band it is the same level');
  assert.deepEqual(sights([8_000, 8_300, 8_000]).odd, [[1, 8_300]]);
  assert.deepEqual([sights([8_000, 8_000, 7_000]).odd, sights([8_000, 8_000, 400]).odd], [[], [[2, 400]]], 'the newest, unless it is far out');
  assert.deepEqual([sights([400]).odd, sights([null, 400, null]).odd], [[], []], 'alone it is all there is');
  assert.deepEqual(sights([8_000, null, 400, 8_000, 8_000]).odd, [[2, 400]], 'the first after a break too');
  assert.deepEqual(sights([8_000, null, 400, 8_000]).odd, [], 'of two that disagree neither is the odd one');
});

test('the chart of a market leaves out a single sight at $4, and so do the band and the table', () => {
  const courses = readCourses(history({ seatgeek: [quoted(9 * HOUR, 8_000), quoted(8 * HOUR, 8_000), quoted(5 * HOUR, 400), quoted(4 * HOUR, 8_000)], stubhub: [quoted(9 * HOUR, 9_000)] }));
  assert.ok(courses);
  assert.deepEqual(courses.markets[0]?.odd, [[NOW - 5 * HOUR, 400]]);
  assert.deepEqual(courses.best?.steps, [[NOW - 9 * HOUR, 8_000]]);
  assert.deepEqual(lowestByDay(courses, 1, String).at(0)?.lowest, [8_000, 9_000]);
});

test('the lowest is drawn only among prices that include the same', () => {
  const of = (...bases: string[]) => {
    const answer = history(Object.fromEntries(bases.map((_, index) => [`market${index}`, [quoted(HOUR, 5_000 - index)]])));
    answer.series.forEach((series, index) => (series.basis = bases[index] as 'all_in'));
    return readCourses(answer)?.best;
  };
  assert.equal(of('all_in'), undefined);
  assert.equal(of('all_in', 'before_fees'), undefined);
  assert.equal(of('before_fees', 'unknown'), undefined);
  assert.deepEqual([of('before_fees', 'before_fees')?.basis, of('all_in', 'before_fees', 'all_in')?.basis], ['before_fees', 'all_in']);
  assert.deepEqual(of('all_in', 'before_fees', 'all_in')?.steps, [[NOW - HOUR, 4_998]]);
});

test('a long course is thinned without losing its lowest or highest price', () => {
  const points = Array.from({ length: 20_000 }, (_, index) => quoted((20_000 - index) * 60_000, 5_000 + ((Math.floor(index / 2) * 7_919) % 900)));
  for (const index of [12_344, 12_345]) points[index] = quoted((20_000 - index) * 60_000, 1_234);
  for (const index of [7_776, 7_777]) points[index] = quoted((20_000 - index) * 60_000, 99_900);
  const steps = readCourses(history({ seatgeek: points }))?.markets[0]?.steps ?? [];
  const prices = steps.flatMap(([, minor]) => (minor === null ? [] : [minor]));
  assert.ok(steps.length <= 500, `${steps.length} steps`);
  assert.equal(Math.min(...prices), 1_234);
  assert.equal(Math.max(...prices), 99_900);
  assert.ok(steps.every(([at], index) => index === 0 || at >= (steps[index - 1]?.[0] ?? 0)));
});

test('the scale holds every price and its lines are round amounts', () => {
  const scale = priceScale([[[0, 4_150], [10, 5_990]]], { fromMs: 0, toMs: 20 }, 100);
  assert.deepEqual(scale, { low: 4_000, high: 6_000, ticks: [4_000, 4_500, 5_000, 5_500, 6_000] });
  const level = priceScale([[[0, 4_150]]], { fromMs: 0, toMs: 20 }, 100);
  assert.ok(level.low < 4_150 && level.high > 4_150 && level.ticks.length >= 3);
  const cheap = priceScale([[[0, 50]]], { fromMs: 0, toMs: 20 }, 100);
  assert.ok(cheap.low === 0 && cheap.high > 50);
});

test('a line is level until the price changes, broken where there is none, and reaches the right edge', () => {
  const scale = { low: 0, high: 100, ticks: [] };
  assert.equal(stepPath([[0, 100], [50, 50], [60, null], [80, 0]], { fromMs: 0, toMs: 100 }, scale), 'M0 0H500V500H600M800 1000H1000');
  assert.equal(stepPath([[0, 100], [50, null]], { fromMs: 0, toMs: 100 }, scale), 'M0 0H500');
  assert.equal(stepPath([], { fromMs: 0, toMs: 100 }, scale), '');
  assert.equal(down(25, scale), 0.75);
});

test('a line that began before the span begins at its left edge', () => {
  assert.equal(stepPath([[0, 50]], { fromMs: 100, toMs: 200 }, { low: 0, high: 100, ticks: [] }), 'M0 500H1000');
});

test('only ranges shorter than the history are offered, and all of it', () => {
  const keys = (agoMs: number) => {
    const courses = readCourses(history({ seatgeek: [quoted(agoMs, 5_000)] }));
    return courses && rangesFor(courses).map(({ key }) => key);
  };
  assert.deepEqual(keys(2 * HOUR), ['all']);
  assert.deepEqual(keys(3 * DAY), ['1d', 'all']);
  assert.deepEqual(keys(60 * DAY), ['1d', '7d', '30d', 'all']);
});

test('a single first price is still a line', () => {
  const courses = readCourses(history({ seatgeek: [quoted(0, 5_000)] }));
  assert.ok(courses);
  const span = wholeSpan(courses);
  assert.equal(span.toMs - span.fromMs, HOUR);
});

test('the keyboard stops at every change and at both ends', () => {
  const courses = readCourses(history({ seatgeek: [quoted(3 * HOUR, 5_000), quoted(HOUR, 4_000)], stubhub: [quoted(2 * HOUR, 6_000)] }));
  assert.ok(courses);
  assert.deepEqual(stops(courses, wholeSpan(courses)).map((at) => (NOW - at) / HOUR), [3, 2, 1, 0]);
});

test('the table has the lowest price in force on each day, also on days without a change', () => {
  const courses = readCourses(history({ seatgeek: [quoted(2.5 * DAY, 5_000), quoted(2.2 * DAY, 4_000), quoted(2.1 * DAY, 4_000), quoted(0.5 * DAY, 4_500)] }));
  assert.ok(courses);
  const rows = lowestByDay(courses, 30, (at) => String((NOW - at) / DAY));
  assert.deepEqual(rows, [{ day: '0', lowest: [4_000] }, { day: '1', lowest: [4_000] }, { day: '2', lowest: [4_000] }]);
});
