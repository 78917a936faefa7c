// phone numbers on the runtime: proved by a code, written to in short, and left alone after a STOP.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../lib/harness.mjs';
import { answered, bearer, newPerson } from '../lib/people.mjs';
import { addPhone, alert, below, code, harness, latestCode, makePremium, move, newEvent, newPhone, newPremiumPerson, nothingPersonalInLogs, notificationsOf, onStage, proveCode, setAlert, settled, told, toldCount, weighed } from '../lib/watching.mjs';

onStage();

describe('a phone number', () => {
  test('is proved by a code, of which five may be wrong', async () => {
    const { session } = await newPerson(harness);
    assert.deepEqual(await code(await addPhone(session, newPhone())), [402, 'upgrade_required']);
    await makePremium(session);
    assert.deepEqual(await code(await addPhone(session, '5035550123')), [422, 'validation_failed']);
    const phone = newPhone();
    const channel = await answered(addPhone(session, phone), 201);
    assert.equal(channel.verified, false);
    assert.equal(channel.address_masked, `+1*****${phone.slice(-2)}`);
    const event = await newEvent();
    assert.deepEqual(await code(await setAlert(session, event, below(40), ['sms'])), [422, 'validation_failed']);
    const sent = await latestCode(phone);
    const wrong = sent === '000000' ? '111111' : '000000';
    const tries = await Promise.all(Array.from({ length: 8 }, () => proveCode(session, channel, wrong)));
    for (const answer of tries) assert.deepEqual(await code(answer), [400, 'token_invalid']);
    assert.deepEqual(await code(await proveCode(session, channel, sent)), [400, 'token_invalid'], 'the tries are spent');

    const soon = await addPhone(session, phone);
    assert.deepEqual([soon.status, Number(soon.headers.get('retry-after')) > 0], [429, true]);
    await harness.rows("UPDATE outbox SET created_at_ms = created_at_ms - 61000 WHERE kind = 'code'");
    await answered(addPhone(session, phone), 201);
    await eventually('a second code', async () => (await harness.sandbox.inbox(phone)).length === 2);
    const again = await latestCode(phone);
    assert.equal((await answered(proveCode(session, channel, again), 200)).verified, true);
    assert.equal((await answered(proveCode(session, channel, again), 200)).verified, true);
    const [row] = await harness.rows("SELECT body, address FROM outbox WHERE kind = 'code' ORDER BY created_at_ms DESC LIMIT 1");
    assert.deepEqual([row.body, row.address], ['', ''], 'a code is forgotten once it is sent');
    assert.deepEqual(await code(await addPhone(session, newPhone())), [409, 'conflict']);
  });

  test('that is removed gets nothing more, and its alerts go out by mail', async () => {
    const event = await newEvent();
    const { email, session, phone } = await newPremiumPerson();
    await alert(session, event, below(40), ['sms']);
    const { channels } = await answered(harness.open('/v1/channels', { headers: bearer(session) }), 200);
    const [mailChannel, sms] = ['email', 'sms'].map((kind) => channels.find((channel) => channel.kind === kind));
    const remove = (channel) => harness.open(`/v1/channels/${channel.id}`, { method: 'DELETE', headers: bearer(session) });
    assert.deepEqual(await code(await remove(mailChannel)), [409, 'conflict']);
    assert.equal((await remove(sms)).status, 204);
    assert.deepEqual(await code(await remove(sms)), [404, 'not_found']);
    await weighed(move(event, 50, 39));
    await toldCount(email, 1);
    assert.deepEqual(await told(phone), []);
  });

  test('gets a text message of the same news, and its delivery is settled', async () => {
    const event = await newEvent();
    const { email, session, phone } = await newPremiumPerson();
    await alert(session, event, below(40), ['email', 'sms']);
    await weighed(move(event, 50, 39));
    const [[sms]] = await Promise.all([toldCount(phone, 1), toldCount(email, 1)]);
    assert.match(sms.text, /\$39 at SeatGeek, before fees \(was \$50, target \$40\)/);
    await eventually('both are delivered', async () => (await notificationsOf(session)).every(({ state }) => state === 'delivered'));
  });

  test('that has sent STOP to the carrier is not written to again', async () => {
    const event = await newEvent();
    const { session } = await newPremiumPerson('+15005550004');
    await alert(session, event, below(40), ['sms']);
    await weighed(move(event, 50, 39));
    await settled(event, ['suppressed']);
    harness.outbound.clear();
    await weighed(move(event, 39, 30));
    await settled(event, ['suppressed', 'suppressed']);
    assert.equal(harness.outbound.calls.filter(({ url }) => url.includes('/Messages.json')).length, 0);
  });
});

nothingPersonalInLogs();
