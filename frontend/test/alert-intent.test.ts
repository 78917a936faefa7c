import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intentQuery, readIntent, ruleOf, suggestedIntent } from '#features/alerts/intent.ts';

const usd = (amount_minor: number) => ({ amount_minor, currency: 'USD' });

test('what is offered first is a tenth off by e-mail, or a new low where there is no price', () => {
  assert.deepEqual(suggestedIntent(usd(5_000)), { kind: 'below', target: '$45', percent: '10', channels: ['email'] });
  assert.equal(suggestedIntent(undefined).kind, 'lowest_ever');
});

test('an intent survives the way through a sign-in unchanged', () => {
  for (const kind of ['below', 'falls_by', 'lowest_ever'] as const) {
    const intent = { kind, target: '$1,042.50', percent: '15', channels: ['email', 'sms'] as const };
    const query = new URLSearchParams(intentQuery(intent).toString());
    assert.deepEqual(readIntent((name) => query.getAll(name), suggestedIntent(usd(1))), intent);
  }
});

test('a query that is no intent leaves the offer in place', () => {
  const offer = suggestedIntent(usd(5_000));
  assert.deepEqual(readIntent(() => [], offer), offer);
  assert.deepEqual(readIntent((name) => (name === 'alert' ? ['drop table'] : ['x']), offer), offer);
  assert.deepEqual(readIntent((name) => ({ alert: ['below'], channel: ['pigeon'] })[name] ?? [], offer).channels, []);
});

test('the fields become a rule in minor units', () => {
  const intent = { kind: 'below', target: '45.50', percent: '', channels: ['email'] } as const;
  assert.deepEqual(ruleOf(intent, 'USD'), { rule: { kind: 'below', ...usd(4_550) }, channels: ['email'] });
  assert.deepEqual(ruleOf({ ...intent, kind: 'falls_by', percent: ' 15 % ' }, 'USD'), { rule: { kind: 'falls_by', percent: 15 }, channels: ['email'] });
  assert.deepEqual(ruleOf({ ...intent, kind: 'lowest_ever' }, 'USD'), { rule: { kind: 'lowest_ever' }, channels: ['email'] });
});

test('what cannot be a rule is named by its field', () => {
  const intent = { kind: 'below', target: 'cheap', percent: '10', channels: ['email'] } as const;
  const fieldsAtFault = (...args: Parameters<typeof ruleOf>) => {
    const wanted = ruleOf(...args);
    return 'errors' in wanted ? Object.keys(wanted.errors) : [];
  };
  assert.deepEqual(fieldsAtFault(intent, 'USD'), ['target']);
  for (const percent of ['0', '91', '-5', '12.5', '']) assert.deepEqual(fieldsAtFault({ ...intent, kind: 'falls_by', percent }, 'USD'), ['percent'], percent);
  assert.deepEqual(fieldsAtFault({ ...intent, channels: [] }, 'USD'), ['channels']);
});
