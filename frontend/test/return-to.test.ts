import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeReturnTo } from '#lib/return-to.ts';

test('a path of this site is kept with its query and place', () => {
  for (const path of ['/', '/alerts', '/events/evt_1?alert=below&target=%2440#alert']) assert.equal(safeReturnTo(path), path);
});

test('anything that would leave the site is replaced', () => {
  for (const value of ['//evil.test', '/\\evil.test', '/\t/evil.test', 'https://evil.test/', 'javascript:alert(1)', 'evil', '', undefined, null, ['/a'], `/${'a'.repeat(2_000)}`]) {
    assert.equal(safeReturnTo(value), '/', String(value));
  }
});
