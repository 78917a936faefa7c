// When something is wrong the page says what, and what to do; it never breaks and never shows a guess.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricedEvent, until } from './stage.mjs';

export function trouble(stage) {
  test('an unknown event, a malformed one and an unknown page are 404 with a way on', async () => {
    for (const path of [`/events/evt_${'0'.repeat(32)}`, '/events/nonsense', '/events/%F0%9F%8E%9F', '/nowhere/at/all']) {
      const answer = await fetch(`${stage().origin}${path}`);
      assert.equal(answer.status, 404, path);
      const text = await answer.text();
      assert.match(text, /There is nothing at this address/, path);
    }
    const page = await stage().visit('/nowhere/at/all');
    await page.getByLabel('Find an event').waitFor();
    stage().takeComplaints();
  });

  test('a search without a hit says so and offers a way on', async () => {
    const page = await stage().visit('/search?q=zzzz-no-such-thing');
    await page.getByText('Nothing found for').waitFor();
    await page.getByRole('link', { name: 'See all events' }).waitFor();
  });

  test('what is typed is shown as text, never run', async () => {
    const page = await stage().visit(`/search?q=${encodeURIComponent('<img src=x onerror="document.title=`owned`">')}`);
    assert.match(await page.locator('h1').innerText(), /<img src=x/);
    assert.doesNotMatch(await page.title(), /^owned/);
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('odd queries are no server error', async () => {
    for (const query of ['q=%', 'q=%00', 'cursor=garbage', 'q=a&q=b', `q=${'x'.repeat(5_000)}`, 'q=%ff%fe']) {
      const answer = await fetch(`${stage().origin}/search?${query}`);
      assert.ok(answer.status < 500, `${query.slice(0, 40)} answered ${answer.status}`);
      await answer.body.cancel();
    }
  });

  test('a token that was never given out confirms nothing and stops nothing, and the page says what to do', async () => {
    const verify = await stage().visit('/verify?token=never-given-out');
    await verify.getByRole('button', { name: 'Confirm my address' }).click();
    await verify.getByText('The address was not confirmed').waitFor();
    await verify.getByText(/req_[0-9a-f]{32}/).waitFor();
    const stop = await stage().visit('/stop/never-given-out');
    await stop.getByRole('button', { name: 'Stop this alert' }).click();
    await stop.getByText('Nothing was stopped').waitFor();
  });

  test('pages behind the sign-in send people there and back, and only within this site', async () => {
    for (const path of ['/alerts', '/account']) {
      const page = await stage().visit(path);
      await page.waitForURL(`**/sign-in?next=${encodeURIComponent(path)}`);
      await page.context().close();
    }
    const page = await stage().visit('/sign-in?next=//evil.example/');
    assert.equal(await page.locator('input[name=next]').inputValue(), '/');
  });

  test('stale cookies are no trap: the visitor is asked to sign in', async () => {
    const page = await stage().visit('/');
    await page.context().addCookies([{ name: 'rip_access', value: 'rca_old', url: stage().origin }, { name: 'rip_refresh', value: 'rcr_old', url: stage().origin }]);
    await page.goto('/alerts');
    await page.waitForURL(/\/sign-in\?next=%2Falerts/);
    assert.equal((await page.context().cookies()).length, 0);
  });

  test('a form sent from another site is refused', async () => {
    const answer = await fetch(`${stage().origin}/sign-in`, { method: 'POST', headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' });
    assert.equal(answer.status, 403);
    assert.equal((await answer.json()).code, 'foreign_origin');
  });

  test('a source that fails is named on the sources page, and its prices stay as they were last seen', async () => {
    const event = await pricedEvent(stage());
    const failing = async () => (await stage().ask('/v1/sources')).sources.find(({ market }) => market === 'seatgeek').state !== 'ok';
    await stage().control('/control/faults', { provider: 'seatgeek', kind: '500', times: 4 });
    await until('the failure is known', failing);
    const page = await stage().visit('/sources');
    const board = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'SeatGeek' }) });
    assert.match(await board.innerText(), /Its last answer failed|Has failed \d+ times/);
    await page.goto(`/events/${event.id}`);
    const offer = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Go to SeatGeek' }) });
    assert.match(await offer.innerText(), /[$£€]\d/);
    await until('the source has recovered', async () => !(await failing()), 90_000);
  });

  test('internal paths are closed to the outside', async () => {
    for (const path of ['/internal/sessions/introspect', '/internal/messages', '/v1/../internal/channels']) {
      const answer = await fetch(`${stage().origin}${path}`, { method: 'POST', headers: { 'x-internal-key': 'guess', origin: stage().origin } });
      assert.equal(answer.status, 404, path);
    }
  });

  test('every page forbids foreign scripts and names its request', async () => {
    const answer = await fetch(stage().origin);
    const policy = answer.headers.get('content-security-policy');
    const nonce = /'nonce-([^']+)'/.exec(policy)[1];
    assert.doesNotMatch(policy, /unsafe/);
    assert.match(answer.headers.get('x-request-id'), /^req_[0-9a-f]{32}$/);
    const scripts = [...(await answer.text()).matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes);
    assert.ok(scripts.length > 0);
    for (const attributes of scripts) assert.ok(attributes.includes(`nonce="${nonce}"`), attributes);
  });
}
