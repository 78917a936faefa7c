import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateTile, formatAge, formatInstant, formatWhen, knownZone, machineTime, secondsBetween, zoneName } from '#lib/time.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

test('an event is shown on the venue’s clock, whatever zone this machine is in', () => {
  const { date, time } = formatWhen({ local_start: '2026-12-05T19:30:00', starts_at: '2026-12-06T03:30:00Z' });
  assert.equal(date, 'Sat, Dec 5, 2026');
  assert.equal(plain(time), '7:30 PM');
});

test('an open time or date is said to be open, never midnight', () => {
  assert.deepEqual(formatWhen({ local_start: '2026-12-05T00:00:00', time_tbd: true }), { date: 'Sat, Dec 5, 2026', time: 'Time to be announced' });
  assert.equal(formatWhen({ local_start: '2026-12-05T00:00:00', date_tbd: true }).date, 'Date to be announced');
  assert.equal(formatWhen({}).date, 'Date to be announced');
  assert.equal(formatWhen({ local_start: 'nonsense' }).date, 'Date to be announced');
  assert.equal(dateTile({ date_tbd: true, local_start: '2026-12-05T00:00:00' }), undefined);
  assert.equal(machineTime({ date_tbd: true, starts_at: '2026-12-05T00:00:00Z' }), undefined);
});

test('the date tile has the venue’s day', () => {
  assert.deepEqual(dateTile({ local_start: '2026-12-31T23:30:00', starts_at: '2027-01-01T07:30:00Z' }), { month: 'Dec', day: '31', weekday: 'Thu' });
});

test('ages are honest and short', () => {
  assert.deepEqual([0, 40, 89, 90, 3_600, 5_400, 48 * 3_600].map(formatAge), ['just now', '40 s ago', '89 s ago', '1 min ago', '60 min ago', '1 h ago', '2 days ago']);
  assert.equal(secondsBetween('2026-01-01T00:01:00Z', '2026-01-01T00:00:00Z'), 0);
});

test('an unknown zone reads as UTC and says so', () => {
  assert.equal(knownZone('Mars/Olympus'), 'UTC');
  assert.equal(knownZone(null), 'UTC');
  assert.equal(knownZone('America/Los_Angeles'), 'America/Los_Angeles');
  assert.equal(zoneName(Date.parse('2026-12-05T00:00:00Z'), 'America/Los_Angeles'), 'PST');
  assert.equal(plain(formatInstant(Date.parse('2026-12-05T03:30:00Z'), 'America/Los_Angeles')), 'Dec 4, 7:30 PM');
});
