// Everyone can read: without scripts, with the keyboard alone, on a phone, in the dark.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, pricedEvent } from './stage.mjs';

const PLACES = ['/', '/search', '/search?q=nothing-is-called-this', '/sources', '/sources/seatgeek', '/operator/reviews', '/sign-in', '/sign-up', '/verify', '/stop/some-token', '/nowhere'];

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
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('main button, header nav a, main input:not([type=hidden], [type=radio], [type=checkbox])')]
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 40)
          .map((element) => element.textContent || element.name));
      assert.deepEqual(small, [], path);
    }
  });

  test('text has the contrast people need, in light and in dark', async () => {
    const event = await pricedEvent(stage());
    for (const colorScheme of ['light', 'dark']) {
      const page = await stage().visit('/', { colorScheme });
      for (const path of ['/', '/search', `/events/${event.id}?seats=2`, '/sources', '/sources/seatgeek', '/operator/reviews', '/sign-in']) {
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
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('input:not([type=hidden]), button, a, select')]
          .filter((element) => element.checkVisibility())
          .filter((element) => !element.labels?.length && !element.textContent.trim() && !element.getAttribute('aria-label'))
          .map((element) => element.outerHTML.slice(0, 80)));
      assert.deepEqual(nameless, [], path);
    }
  });
}

const focused = (page) => page.evaluate('document.activeElement.textContent.trim()');

/** Runs in the page: texts whose contrast with what lies behind them is below 4.5:1 (3:1 for large ones), WCAG 2.2. */
function faintTexts() {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = read(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility({ visibilityProperty: true }) || element.closest('script, svg, .visually-hidden')) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(read(style.color)), luminance(groundOf(element))].sort((a, b) => b - a);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return faint;
}
