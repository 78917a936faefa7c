// Everyone can read: without scripts, with the keyboard alone, on a phone, in the dark.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faintTexts, namelessControls, smallControls } from './looks.mjs';
import { PHONE, pricedEvent } from './stage.mjs';

const PLACES = ['/', '/search', '/search?q=nothing-is-called-this', '/deals', '/accuracy', '/sources', '/sources/seatgeek', '/operator/reviews', '/sign-in', '/sign-up', '/verify', '/stop/some-token', '/nowhere'];

export function reading(stage) {
  test('without scripts an event is found, read and compared', async () => {
    const event = await pricedEvent(stage());
    const page = await stage().visit('/', { javaScriptEnabled: false });
    await page.getByLabel('Find an event').fill(event.name);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator(`a[href="/events/${event.id}"]`).click();
    assert.equal(await page.locator('h1').innerText(), event.name);
    const markets = page.locator('section', { has: page.locator('#markets') });
    assert.equal(await markets.getByRole('listitem').count(), event.offers.length);
    await page.getByText('The same as a table').click();
    await page.getByRole('table', { name: 'Lowest price of each market' }).waitFor();
    assert.equal(await page.getByRole('group', { name: 'Time shown' }).isVisible().catch(() => false), false);
  });

  test('without scripts a wrong password is answered on the same page', async () => {
    const page = await stage().visit('/sign-in', { javaScriptEnabled: false });
    await page.getByLabel('E-mail').fill('nobody@ripcity.example');
    await page.getByLabel('Password').fill('not the right one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are not signed in').waitFor();
    assert.equal(await page.getByLabel('E-mail').inputValue(), 'nobody@ripcity.example');
    assert.equal(await page.getByLabel('Password').inputValue(), '');
  });

  test('invented and recorded figures are labelled on every page', async () => {
    const page = await stage().visit('/', { javaScriptEnabled: false });
    for (const path of PLACES) {
      await page.goto(path);
      assert.match(await page.getByRole('note').innerText(), /^(Simulated market|Replay)/, path);
    }
  });

  test('with the keyboard alone: skip link, search, chart value by value, alert', async () => {
    const event = await pricedEvent(stage());
    const page = await stage().visit('/');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.match(page.url(), /#content$/);
    await page.keyboard.press('Tab');
    await page.keyboard.type(event.name);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?q=/);

    await page.goto(`/events/${event.id}`);
    const slider = page.getByRole('slider');
    await slider.focus();
    const now = await slider.getAttribute('aria-valuetext');
    assert.match(now, /^Now: .*\$|CA\$/);
    await page.keyboard.press('Home');
    const first = await slider.getAttribute('aria-valuetext');
    assert.notEqual(first, now);
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await slider.getAttribute('aria-valuetext'), first);
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('the chart follows the pointer and goes back to now', async () => {
    const event = await pricedEvent(stage());
    const page = await stage().visit(`/events/${event.id}`);
    const slider = page.getByRole('slider');
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.5);
    await page.waitForFunction(() => !document.querySelector('[type=range]').getAttribute('aria-valuetext').startsWith('Now'));
    await page.mouse.move(2, 2);
    await page.waitForFunction(() => document.querySelector('[type=range]').getAttribute('aria-valuetext').startsWith('Now'));
  });

  test('on a phone no page scrolls sideways, and every control is large enough for a thumb', async () => {
    const event = await pricedEvent(stage());
    const page = await stage().visit('/', { viewport: PHONE, hasTouch: true });
    for (const path of [...PLACES, `/events/${event.id}`]) {
      await page.goto(path);
      assert.ok((await page.evaluate('document.documentElement.scrollWidth')) <= PHONE.width, `${path} is wider than the phone`);
      const small = await page.evaluate(smallControls);
      assert.deepEqual(small, [], path);
    }
  });

  test('text has the contrast people need, in light and in dark', async () => {
    const event = await pricedEvent(stage());
    for (const colorScheme of ['light', 'dark']) {
      const page = await stage().visit('/', { colorScheme });
      for (const path of ['/', '/search', '/deals', '/accuracy', `/events/${event.id}?seats=2`, '/sources', '/sources/seatgeek', '/operator/reviews', '/sign-in']) {
        await page.goto(path);
        assert.deepEqual(await page.evaluate(faintTexts), [], `${path} in ${colorScheme}`);
      }
    }
  });

  test('each page has one main heading, and every field a name', async () => {
    const page = await stage().visit('/');
    for (const path of PLACES) {
      await page.goto(path);
      assert.equal(await page.locator('h1').count(), 1, path);
      const nameless = await page.evaluate(namelessControls);
      assert.deepEqual(nameless, [], path);
    }
  });
}

const focused = (page) => page.evaluate('document.activeElement.textContent.trim()');
