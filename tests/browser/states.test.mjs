// The pages of prices when there is much to tell, nothing, and no answer: the built site before stand-ins of the Workers.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/browser.mjs';
import { EVENT, event, history, outlook, score } from '../../frontend/test/answers/event.ts';
import { accuracy } from '../../frontend/test/answers/lists.ts';
import { CHROMIUM_ARGS, DESK, PHONE } from './stage.mjs';
import { startStandIn } from './stand-in.mjs';
import { faintTexts, namelessControls, smallControls } from './looks.mjs';

const EVENT_PAGE = `/events/${EVENT}`;
const PAGES = [EVENT_PAGE, `${EVENT_PAGE}?seats=2&order=price&course=best&by=day`, `${EVENT_PAGE}?by=hour`, '/deals', '/deals?city=Portland&max=75&min=70', '/accuracy', '/accuracy?source=backtest&hours=24&order=failures', '/watchlist', '/'];
const STATES = ['full', 'empty', 'failing'];
/** The page of the event with something of it changed. */
const changed = (path, answer) => ({ [path]: answer });
const money = (text) => Number(/[+−]?\$([\d,]+(?:\.\d\d)?)/.exec(text)[1].replace(',', '')) * (text.includes('−') ? -100 : 100);

describe('prices on their pages, in every state', () => {
  let site;
  let browser;
  const complaints = [];
  before(async () => {
    site = await startStandIn();
    browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_ARGS });
  });
  after(async () => {
    await browser?.close();
    await site?.stop();
  });
  beforeEach(() => {
    Object.assign(site.answers, { state: 'full', down: [], asked: [], replace: undefined });
    complaints.length = 0;
  });

  /** A page of somebody signed in or not; what the browser complains about is kept. */
  async function visit(path, { signedIn = false, ...options } = {}) {
    const context = await browser.newContext({ baseURL: site.origin, viewport: DESK, ...options });
    context.setDefaultTimeout(10_000);
    if (signedIn) await context.addCookies([{ name: 'rip_access', value: 'rca_stand_in', url: site.origin }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text()) && complaints.push(`${path}: ${message.text()}`));
    await page.goto(path);
    return page;
  }
  const section = (page, id) => page.locator('section', { has: page.locator(`#${id}`) });

  test('without scripts the score is a sum: price now, every reason, fair price', async () => {
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    const cells = await section(page, 'score').getByRole('row').locator('td').allInnerTexts();
    const [first, ...rest] = cells.map(money);
    const fair = rest.pop();
    assert.equal(Math.round(first + rest.reduce((sum, amount) => sum + amount, 0)), Math.round(fair));
    assert.equal(Math.round(fair), score.fair_price.amount_minor);
    const text = await section(page, 'score').innerText();
    assert.match(text, /Four times in five the fair price lies between \$75 and \$91/);
    assert.match(text, /What it did not know:/);
    assert.match(text, /84\.10\s+counts 58\.6 %/);
    assert.match(text, /each reason moves the price towards the amount it names[\s\S]*The price as it stands counts 4\.1 %/);
  });

  test('without scripts the outlook is told in words and numbers, with advice, risk, who says so and the way to its record', async () => {
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    const text = await section(page, 'outlook').innerText();
    for (const said of [/Wait/, /3 in 10\s+that it falls to \$64\.98 or less/, /Nine times in ten it will then cost \$59\.50 to \$79/, /\$17\.60 more/, /trained model 2026-11-15/, /invented prices/]) assert.match(text, said);
    await section(page, 'outlook').getByRole('link', { name: 'How right we have been' }).click();
    await page.waitForURL('**/accuracy');
    const past = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    assert.match(await section(past, 'said').innerText(), /Said wait on Nov 9, 2026 at \$80, lowest after \$71; who followed paid \$74/);
    assert.match(await section(past, 'said').innerText(), /Wrong: waiting cost more/);
  });

  test('withheld advice says why, and a horizon that is not told says so', async () => {
    const { advice, outlook: told } = outlook;
    site.answers.replace = {
      [`/v1/outlook/${EVENT}`]: {
        ...outlook,
        advice: { ...advice, advice: null, withheld: { reason: 'did_not_earn', text: 'Followed at 40 events it cost $1.10 a ticket.' } },
        outlook: { ...told, horizons: told.horizons.slice(0, 1), absent: [{ hours: 72, reason: 'after_start', text: 'The event begins before.' }] },
      },
    };
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    const text = await section(page, 'outlook').innerText();
    assert.match(text, /No advice\s+Followed at 40 events it cost \$1\.10 a ticket/);
    assert.match(text, /Not told: The event begins before/);
  });

  test('a page of Vancouver, whose clock server and browser may know differently, comes to life as it was sent', async () => {
    site.answers.replace = changed(`/v1/events/${EVENT}`, { ...event, location: { ...event.location, city: 'Vancouver', region: 'BC', country: 'CA', timezone: 'America/Vancouver' } });
    for (const query of ['', '?course=best', '?by=day']) {
      const page = await visit(EVENT_PAGE + query);
      const sent = await visit(EVENT_PAGE + query, { javaScriptEnabled: false });
      const [live, plain] = await Promise.all([page, sent].map((one) => section(one, 'history').innerText()));
      const zone = /Times are the venue’s \((\w+)\)/;
      assert.equal(zone.exec(live)?.[1], zone.exec(plain)?.[1], query);
    }
    const page = await visit(EVENT_PAGE);
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    assert.match(await page.getByRole('slider').getAttribute('aria-valuetext'), /P[SD]T/);
    assert.deepEqual(complaints, []);
  });

  test('an event that has begun is said to be so: nothing to buy, to set an alert on or to wait for', async () => {
    site.answers.replace = changed(`/v1/events/${EVENT}`, { ...event, starts_at: '2026-11-21T18:00:00Z', local_start: '2026-11-21T10:00:00' });
    const page = await visit(EVENT_PAGE);
    const text = await page.locator('main').innerText();
    assert.match(text, /The event has begun/);
    assert.match(text, /What the markets asked last[\s\S]*\$68\.40/);
    for (const none of [/Go to/, /Alert me/, /Buy now or wait/, /Is it a good price/, /Check now/, /may come/]) assert.doesNotMatch(text, none);
    assert.equal(await page.getByRole('link', { name: /^Go to/ }).count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('a single odd sight is a ring with a word, and no part of the line', async () => {
    const [first, ...others] = history.series;
    const at = first.points.length - 20;
    const odd = { ...first.points[at], at: new Date((Date.parse(first.points[at - 1].at) + Date.parse(first.points[at].at)) / 2).toISOString(), price: { ...first.points[at].price, amount_minor: 400 } };
    site.answers.replace = changed(`/v1/prices/${EVENT}`, { ...history, series: [{ ...first, points: first.points.toSpliced(at, 0, odd) }, ...others] });
    const page = await visit(EVENT_PAGE);
    await page.getByText('Rings: seen once, not believed (1)').click();
    assert.match(await section(page, 'history').innerText(), /SeatGeek \$4\n/);
    assert.doesNotMatch(await page.locator('svg text').allTextContents().then((texts) => texts.join(' ')), /\$0\b/, 'the scale is that of the line');
    assert.deepEqual(complaints, []);
  });

  test('every figure of the history, every move and every course says what it includes', async () => {
    const [first, second, ...others] = history.series;
    site.answers.replace = changed(`/v1/prices/${EVENT}`, { ...history, summary: { ...history.summary, basis: 'before_fees' }, series: [first, { ...second, basis: 'before_fees' }, ...others] });
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    const text = await section(page, 'history').innerText();
    assert.match(text, /Cheapest now\s+\$68\.40\s+before fees\s+on SeatGeek/);
    assert.match(text, /Lowest ever\s+\$66\s+before fees/);
    assert.match(text, /7-day median\s+\$74\.10\s+before fees/);
    assert.match(text, /StubHub\s+\$[\d.]+\s+before fees/);
    assert.match(text, /The markets include different things in their prices/);
    assert.match(text, /The broad band is the lowest of those that are all-in/);
    assert.match(text, /Fell from \$76 to \$68\.40 on SeatGeek, all-in, fees included/);
    assert.match(await section(page, 'outlook').innerText(), /about the price of \$68\.40 on SeatGeek, all-in, fees estimated/, 'as the score says');
    site.answers.replace = changed(`/v1/prices/${EVENT}`, { ...history, summary: { ...history.summary, basis: 'all_in', estimated: true } });
    await page.reload();
    assert.match(await section(page, 'history').innerText(), /Cheapest now\s+\$68\.40\s+all-in, fees estimated/);
    site.answers.replace = changed(`/v1/prices/${EVENT}`, { ...history, summary: { ...history.summary, basis: null } });
    await page.reload();
    assert.match(await section(page, 'history').innerText(), /Cheapest now\s+\$68\.40\s+as quoted, with or without fees/);
  });

  test('the watchlist tells of each event what it costs, how good that is, when it is and how it moved last', async () => {
    const page = await visit('/', { signedIn: true });
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Watchlist' }).click();
    await page.waitForURL('**/watchlist');
    const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: event.name }) });
    assert.match(await row.innerText(), /Mon, Nov 30, 2026, 7:30.PM[\s\S]*Last fell from \$76 to \$68\.40 \(−10 %\) on SeatGeek, all-in, fees included, Nov 21\.[\s\S]*\$68\.40[\s\S]*72\s*\/100/);
    await row.getByRole('button', { name: `Stop watching ${event.name}` }).waitFor();
    site.answers.down = ['/v1/prices'];
    await page.reload();
    assert.match(await row.innerText(), /No confirmed move yet[\s\S]*No score yet/);
    assert.deepEqual(complaints, []);
  });

  test('few left, the spread of the markets, confirmed moves with what was seen', async () => {
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    assert.match(await section(page, 'markets').innerText(), /Few left: 240 tickets[\s\S]*19 %\s+\$68\.40 on SeatGeek to \$81\.20 on Ticketmaster/);
    const move = page.getByRole('listitem').filter({ hasText: 'Fell from $76' });
    await move.getByText('What was seen').click();
    assert.match(await move.innerText(), /−10 %[\s\S]*still the level before[\s\S]*which confirms it/);
  });

  test('seats carry score, fair price and reasons on demand; what is doubtful or unscored says why', async () => {
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    const listings = section(page, 'listings');
    const first = listings.getByRole('listitem').filter({ hasText: 'Section 104, row 12' });
    await first.getByText('Why 83?').click();
    await first.getByRole('row', { name: /Fair for such seats/ }).waitFor();
    assert.match(await listings.innerText(), /Probably speculative\./);
    assert.match(await listings.innerText(), /No score: it is no seat/);
    await listings.getByRole('link', { name: 'Cheapest' }).click();
    await page.waitForURL(/order=price/);
    assert.ok(site.answers.asked.some((asked) => /\/seats\?sort=price/.test(asked)));
    await page.getByRole('link', { name: '4 seats together' }).click();
    await page.waitForURL(/seats=4&order=price/);
    assert.ok(site.answers.asked.some((asked) => /\/seats\?quantity=4&sort=price/.test(asked)));
  });

  test('the history by market, of the cheapest, by hour and by day has an address, a table and a download', async () => {
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'By day' }).click();
    await page.waitForURL(/by=day/);
    await page.getByRole('link', { name: 'Cheapest of all' }).click();
    await page.waitForURL(/course=best&by=day/);
    await page.getByText('The same as a table').click();
    await page.getByRole('table', { name: 'First, lowest, highest and last price' }).waitFor();
    await page.getByRole('link', { name: 'By hour' }).click();
    await page.waitForURL(/by=hour/);
    assert.ok(site.answers.asked.some((asked) => /resolution=hour&series=best&from=2026-11-07/.test(asked)), 'the last fortnight of market time');
    assert.equal(await page.getByRole('link', { name: 'CSV' }).getAttribute('href'), `/v1/prices/${EVENT}/export?format=csv`);
  });

  test('the chart goes on into what may come, by pointer and by key', async () => {
    const page = await visit(EVENT_PAGE);
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('End');
    assert.match(await slider.getAttribute('aria-valuetext'), /^By Nov 28.*nine times in ten \$55 to \$86/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await slider.getAttribute('aria-valuetext'), /^By Nov 24.*\$59\.50 to \$79/);
    assert.deepEqual(complaints, []);
  });

  test('deals narrow by form and link without scripts, page by cursor, and say their main reason in money', async () => {
    const page = await visit('/deals', { javaScriptEnabled: false });
    const first = page.getByRole('listitem').filter({ hasText: 'Seattle Storm Petrels' }).first();
    assert.match(await first.innerText(), /\$33\.80 under its fair price of \$83\s+Its median over the last 30 days was \$84\.10: \+\$9\.20/);
    await page.getByLabel('Most you would pay').fill('75.50');
    await page.getByLabel('Score').selectOption({ label: 'Great or better (70)' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/max=75\.50/);
    assert.ok(site.answers.asked.some((asked) => /\/v1\/deals\?max_price=7550&currency=USD&min_score=70&limit=20/.test(asked)), site.answers.asked.join('\n'));
    await page.getByRole('link', { name: 'Up to $75.50 all-in' }).click();
    await page.waitForURL((url) => !url.search.includes('max='));
    await page.getByRole('link', { name: 'More deals' }).click();
    await page.waitForURL(/cursor=bmV4dA/);
    assert.equal(await page.getByRole('heading', { name: 'For you' }).count(), 0, 'the first page only');
  });

  test('deals are what costs no more than it is worth, unless dear ones were asked for', async () => {
    const page = await visit('/deals', { signedIn: true, javaScriptEnabled: false });
    assert.ok(site.answers.asked.some((asked) => /\/v1\/deals\?min_score=50&limit=20/.test(asked)), site.answers.asked.join('\n'));
    assert.ok(site.answers.asked.some((asked) => /\/v1\/deals\/me\?limit=6&min_score=50/.test(asked)));
    site.answers.asked.length = 0;
    await page.getByLabel('Score').selectOption({ label: 'Any score, dear ones too' });
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/min=any/);
    assert.ok(site.answers.asked.some((asked) => /\/v1\/deals\?limit=20/.test(asked)));
    assert.match(await page.locator('main').innerText(), /Tickets at any price, dear ones too/);
  });

  test('deals for somebody say why they are, and whoever watches nothing is told how', async () => {
    const page = await visit('/deals', { signedIn: true, javaScriptEnabled: false });
    assert.match(await section(page, 'for-you').first().innerText(), /You watch Portland Pinecones/);
    site.answers.state = 'empty';
    await page.reload();
    assert.match(await section(page, 'for-you').first().innerText(), /You watch nothing yet/);
    const stranger = await visit('/deals', { javaScriptEnabled: false });
    await section(stranger, 'for-you').first().getByRole('link', { name: 'Sign in' }).waitFor();
  });

  test('somebody signed in watches and lets go; somebody else is asked to sign in and comes back', async () => {
    const page = await visit(EVENT_PAGE, { signedIn: true });
    await page.getByRole('button', { name: 'Stop watching This event' }).click();
    await page.waitForFunction(() => !document.querySelector('button[aria-disabled=true]'));
    assert.ok(site.answers.asked.includes(`DELETE /v1/watchlists/${EVENT}`));
    await page.getByRole('button', { name: 'Watch Seattle Storm Petrels' }).click();
    await page.waitForFunction(() => !document.querySelector('button[aria-disabled=true]'));
    assert.ok(site.answers.asked.includes('PUT /v1/watchlists/performers?name=Seattle%20Storm%20Petrels'), site.answers.asked.join('\n'));
    const stranger = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    await stranger.getByRole('button', { name: 'Watch This event' }).click();
    await stranger.waitForURL(`**/sign-in?next=${encodeURIComponent(EVENT_PAGE)}`);
    assert.deepEqual(complaints, []);
  });

  test('the record tells live from backtest, failures like successes, and its diagram is a table too', async () => {
    const page = await visit('/accuracy', { javaScriptEnabled: false });
    assert.match(await page.locator('main').innerText(), /Live record: what was said in public/);
    await page.getByText('The same as a table').click();
    assert.equal(await page.getByRole('table', { name: 'Reliability, 3 days ahead' }).getByRole('row').count(), 9);
    const [right, wrong] = await page.evaluate(() => ['good', 'bad'].map((tone) => getComputedStyle(document.querySelector(`[data-tone=${tone}] p`)).fontSize));
    assert.equal(right, wrong);
    assert.match(await page.getByRole('region', { name: 'Figures by kind of event' }).innerText(), /1 % worse[\s\S]*cost \$1\.40 more/);
    const text = await page.locator('main').innerText();
    assert.match(text, /5,900 forecasts on record since Sep 22, 2026; answers settled: 1,840 a day ahead, 1,840 3 days ahead, 1,840 a week ahead\. The advice of 380 is still open/);
    assert.match(text, /goes by kind of event: by the live record of that kind once it has 20 events with waiting/);
    assert.match(text, /Mon, Nov 30, 2026, 7:30.PM\s+Said wait on Nov 20, 2026 at/);
    await page.getByRole('link', { name: 'Backtest' }).click();
    await page.waitForURL(/source=backtest/);
    assert.match(await page.locator('main').innerText(), /Backtest: the model tried on the past/);
    await page.getByRole('link', { name: 'Failures first' }).click();
    await page.waitForURL(/order=failures/);
    assert.ok(site.answers.asked.some((asked) => /\/v1\/accuracy\?source=backtest&failures_first=true/.test(asked)));
  });

  test('a record with money but no settled chance shows the money', async () => {
    const young = { ...accuracy('live'), whole: { horizons: [], money: [{ ...accuracy('live').whole.money[0], events: 1, waited_events: 1 }] }, groups: [], said: 55, open: 54 };
    site.answers.replace = changed('/v1/accuracy', young);
    const page = await visit('/accuracy', { javaScriptEnabled: false });
    const text = await page.locator('main').innerText();
    assert.match(text, /55 forecasts on record since Sep 22, 2026; no answer is settled yet\. The advice of 54 is still open/);
    assert.match(text, /One ticket for each of 1 events?[\s\S]*Too few to tell/);
    assert.doesNotMatch(text, /Nothing is settled yet/);
  });

  test('on a phone the tables of the record hide nothing beyond their edge', async () => {
    const page = await visit('/accuracy', { viewport: PHONE });
    for (const name of ['How right the chances were', 'Figures by kind of event']) {
      const [inside, whole] = await page.getByRole('region', { name }).evaluate((one) => [one.clientWidth, one.scrollWidth]);
      assert.ok(whole <= inside, `${name}: ${whole} in ${inside}`);
    }
    assert.match(await page.getByRole('region', { name: 'How right the chances were' }).innerText(), /always tells the average share of falls/);
  });

  test('nothing to tell is said, with a way on, and never breaks a page', async () => {
    site.answers.state = 'empty';
    for (const [path, words] of [
      [EVENT_PAGE, /Not known yet: a score needs[\s\S]*Not known yet: where the price may go[\s\S]*No price seen yet/],
      ['/deals', /No deal stands out yet/],
      ['/deals?city=Portland', /No deal fits all of this/],
      ['/accuracy', /Nothing is settled yet[\s\S]*see how the model did on the past/],
      ['/accuracy?source=backtest', /There is no backtest yet/],
    ]) {
      const page = await visit(path, { javaScriptEnabled: false });
      assert.match(await page.locator('main').innerText(), words, path);
    }
    const page = await visit('/watchlist', { signedIn: true });
    await page.getByText('You watch nothing yet').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('where a part does not answer the rest of the page stands, and the part says so', async () => {
    site.answers.down = ['/v1/outlook', '/v1/prices'];
    const page = await visit(EVENT_PAGE, { javaScriptEnabled: false });
    const text = await page.locator('main').innerText();
    assert.match(text, /Not known right now\. The service cannot answer/);
    assert.match(text, /The price history did not load/);
    assert.match(text, /Go to SeatGeek/);
    await page.getByRole('button', { name: 'Alert me' }).waitFor();
    site.answers.down = ['/v1/deals', '/v1/accuracy', '/v1/search', '/v1/watchlists'];
    for (const [path, words] of [['/deals', /The deals did not load[\s\S]*Try again/], ['/accuracy', /The record did not load/], ['/', /The deals did not load/]]) {
      const failing = await visit(path, { signedIn: true, javaScriptEnabled: false });
      assert.match(await failing.locator('main').innerText(), words, path);
    }
    const list = await visit('/watchlist', { signedIn: true, javaScriptEnabled: false });
    assert.match(await list.locator('main').innerText(), /Your watchlist did not load/);
  });

  test('in every state each page has one main heading, fits a phone, has controls for a thumb and a name for each', async () => {
    for (const state of STATES) {
      site.answers.state = state;
      const page = await visit('/', { viewport: PHONE, hasTouch: true, signedIn: true });
      for (const path of PAGES) {
        const where = `${path} (${state})`;
        await page.goto(path);
        assert.ok((await page.evaluate('document.documentElement.scrollWidth')) <= PHONE.width, `${where} is wider than the phone`);
        assert.deepEqual(await page.evaluate(smallControls), [], where);
        assert.deepEqual(await page.evaluate(namelessControls), [], where);
        if (state !== 'failing') assert.equal(await page.locator('h1').count(), 1, where);
      }
    }
    assert.deepEqual(complaints, []);
  });

  test('text has the contrast people need in light and dark, with everything unfolded', async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await visit('/', { colorScheme, signedIn: true });
      for (const path of PAGES) {
        await page.goto(path);
        await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => (one.open = true)));
        assert.deepEqual(await page.evaluate(faintTexts), [], `${path} in ${colorScheme}`);
      }
    }
  });

  test('nothing moves while a page comes to life, also where the typeface comes late', async () => {
    for (const path of [EVENT_PAGE, '/deals', '/accuracy']) {
      const page = await visit('/sign-in');
      await page.route(/\.woff2/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await route.continue();
      });
      await page.goto(path);
      const moved = await page.evaluate(() => new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 500);
      }));
      assert.ok(moved < 0.01, `${path} shifts by ${moved}`);
    }
  });
});
