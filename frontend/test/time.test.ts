import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateTile, formatAge, formatDay, formatInstant, formatWhen, knownZone, machineTime, secondsBetween, zoneName } from '#lib/time.ts';
import { tellZone } from '#lib/zone.ts';

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

test('a zone that was told writes what the zone itself writes, over every change of its clock', () => {
  const from = Date.parse('2026-02-01T00:17:00Z');
  const to = Date.parse('2027-04-01T00:00:00Z');
  for (const zone of ['America/Los_Angeles', 'America/Phoenix', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']) {
    const told = tellZone(zone, from, to);
    assert.ok(told.length <= 4, `${zone}: ${told.length}`);
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
    for (let at = from; at <= to; at += 5 * 3_600_000 + 7 * 60_000) {
      assert.equal(`${formatInstant(at, told)} ${zoneName(at, told)}`, `${formatInstant(at, zone)} ${zoneName(at, zone)}`);
      assert.equal(plain(formatInstant(at, zone)), plain(format.format(at)));
    }
  }
});

test('what was told stands, whatever this runtime knows of the zone', () => {
  const told = [{ fromMs: 0, aheadMs: -7 * 3_600_000, name: 'PDT' }];
  const at = Date.parse('2026-11-21T20:00:00Z');
  assert.equal(plain(`${formatInstant(at, told)} ${zoneName(at, told)}`), 'Nov 21, 1:00 PM PDT');
  assert.equal(formatDay(-5, told), 'Dec 31', 'before what was told the first of it stands');
  assert.equal(plain(formatInstant(at, [])), 'Nov 21, 8:00 PM');
});
