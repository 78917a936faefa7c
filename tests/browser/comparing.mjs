// An event's markets side by side: all-in first, for so many seats, asked anew on demand; and what is behind each source.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricedEvent, until } from './stage.mjs';

export function comparing(stage) {
  test('the price shown first is all-in, and an estimate says how it came about', async () => {
    const event = await until('some market’s fees are estimated', async () => {
      const { events } = await stage().ask('/v1/events?limit=50');
      for (const { id } of events) {
        const detail = await stage().ask(`/v1/events/${id}`);
        const offer = detail.offers.find(({ all_in }) => all_in && all_in.kind !== 'exact');
        if (offer) return { ...detail, offer };
      }
      return undefined;
    });
    const page = await stage().visit(`/events/${event.id}`, { javaScriptEnabled: false });
    const markets = page.locator('section', { has: page.locator('#markets') });
    await markets.getByText('How sure?').first().click();
    assert.match(await markets.innerText(), /≈[$£€C]/);
    assert.match(await markets.locator('details[open]').first().innerText(), /tickets|does not say whether/);
  });

  test('so many seats together can be chosen, by links', async () => {
    const event = await pricedEvent(stage());
    const page = await stage().visit(`/events/${event.id}`, { javaScriptEnabled: false });
    await page.getByRole('link', { name: '4 seats together' }).click();
    await page.waitForURL(/seats=4/);
    assert.equal(await page.getByRole('link', { name: '4 seats together' }).getAttribute('aria-current'), 'true');
    await page.getByRole('heading', { name: 'Seats on sale' }).waitFor();
  });

  test('“Check now” asks the markets and says who answered', async () => {
    const event = await pricedEvent(stage());
    const page = await stage().visit(`/events/${event.id}`);
    await page.getByRole('button', { name: 'Check now' }).click();
    const said = page.getByRole('status').filter({ hasText: 'SeatGeek' });
    await said.waitFor();
    assert.match(await said.innerText(), /answered|has not answered yet|was not asked|no usable answer/);
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('every source has a page with its plan, its fees and what it can do', async () => {
    const page = await stage().visit('/sources');
    const { sources } = await stage().ask('/v1/sources');
    for (const { market, name } of sources.filter(({ mode }) => mode !== 'off')) {
      await page.goto(`/sources/${market}`);
      assert.equal(await page.locator('h1').innerText(), name);
      for (const heading of ['How it is doing', 'The next hour', 'Fees', 'What it can do']) await page.getByRole('heading', { name: heading }).waitFor();
      assert.equal(await page.getByText('did not load').count(), 0, market);
    }
    assert.equal((await fetch(`${stage().origin}/sources/nobody`)).status, 404);
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('the operator’s page is closed without the token, which no script can read', async () => {
    const page = await stage().visit('/operator/reviews');
    await page.getByLabel('Operator’s token').fill('guess');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('The token was not accepted').waitFor();
    const token = stage().operatorToken;
    if (token === undefined) return;
    await page.getByLabel('Operator’s token').fill(token);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Doubtful pairs' }).waitFor();
    const cookie = (await page.context().cookies()).find(({ name }) => name === 'rip_operator');
    assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.expires], [true, 'Strict', -1]);
    assert.doesNotMatch(await page.content(), new RegExp(token));
    assert.equal(await page.evaluate('document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)').then((text) => text.includes(token)), false);
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await page.getByLabel('Operator’s token').waitFor();
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('the operator decides a doubtful pair, with a note, and takes it back', async (t) => {
    const token = stage().operatorToken;
    if (token === undefined) return t.skip('the running product’s operator token is not known (RIP_OPERATOR_TOKEN)');
    const page = await stage().visit('/operator/reviews');
    await page.getByLabel('Operator’s token').fill(token);
    await page.getByRole('button', { name: 'Go on' }).click();
    const pair = page.getByRole('article').filter({ has: page.getByRole('button', { name: 'Same event' }) }).first();
    await pair.waitFor();
    const title = await pair.getByRole('heading', { level: 3 }).innerText();
    await pair.getByLabel(/^Note/).fill('one show, two names');
    await pair.getByRole('button', { name: 'Same event' }).click();
    const merge = page.locator('section', { has: page.locator('#merges') }).getByRole('article').filter({ hasText: 'one show, two names' }).first();
    await merge.waitFor();
    await page.goto('/operator/reviews?state=same');
    await page.getByRole('heading', { name: title }).first().waitFor();
    await merge.getByRole('button', { name: 'Undo' }).click();
    await merge.getByText('Undone.').waitFor();
    assert.deepEqual(stage().takeComplaints(), []);
  });
}
