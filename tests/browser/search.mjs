// People find what they look for: while typing, misspelt, narrowed, near them, with and without scripts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './stage.mjs';

/** A performer with events, as the suggestions know them. */
const performer = (stage) => until('somebody is suggested', async () => {
  for (const letter of 'potmhb') {
    const { suggestions } = await stage.ask(`/v1/search/suggest?q=${letter}`);
    const found = suggestions.find(({ kind, text }) => kind === 'performer' && /^\w{5,} \w{4,}/.test(text));
    if (found) return found;
  }
  return undefined;
});

export function search(stage) {
  test('while one types, suggestions come, and arrows and Enter lead to one', async () => {
    const { text } = await performer(stage());
    const page = await stage().visit('/');
    const box = page.getByRole('combobox', { name: 'Find an event' });
    await box.pressSequentially(text.slice(0, 4), { delay: 30 });
    const option = page.getByRole('option').filter({ hasText: text }).first();
    await option.waitFor();
    assert.equal(await box.getAttribute('aria-expanded'), 'true');
    const all = await page.getByRole('option').allInnerTexts();
    const place = all.findIndex((line) => line.startsWith(text));
    for (let step = 0; step <= place; step += 1) await page.keyboard.press('ArrowDown');
    assert.equal(await option.getAttribute('aria-selected'), 'true');
    assert.equal(await box.getAttribute('aria-activedescendant'), await option.getAttribute('id'));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?performer=/);
    assert.equal(await page.locator('h1').innerText(), text);
    assert.ok((await page.getByRole('region', { name: 'Events found' }).getByRole('listitem').count()) > 0);
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('Escape closes the suggestions and keeps what was typed', async () => {
    const page = await stage().visit('/search');
    const box = page.getByRole('combobox', { name: 'Find an event' });
    await box.pressSequentially('po', { delay: 30 });
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('option').count(), 0);
    assert.equal(await box.inputValue(), 'po');
  });

  test('a misspelt name is found and the page says what it searched instead', async () => {
    const { text } = await performer(stage());
    const [first] = text.toLowerCase().split(' ');
    const misspelt = first[0] + first[2] + first[1] + first.slice(3);
    const page = await stage().visit(`/search?q=${encodeURIComponent(misspelt)}`, { javaScriptEnabled: false });
    await page.getByText(`Nothing is called “${misspelt}”`).waitFor();
    assert.ok((await page.getByRole('region', { name: 'Events found' }).getByRole('listitem').count()) > 0);
  });

  test('without scripts a search is narrowed by city, dates, price and market, and widened again', async () => {
    const page = await stage().visit('/search', { javaScriptEnabled: false });
    const link = page.getByRole('navigation', { name: 'Narrow by' }).getByRole('link').first();
    const [city, count] = (await link.innerText()).split(/\s*\n\s*/);
    await link.click();
    await page.getByRole('heading', { name: `Events in ${city}` }).waitFor();
    assert.match(await page.getByRole('region', { name: 'Events found' }).innerText(), new RegExp(`^${count} events?`));

    await page.getByLabel('Most you would pay').fill('60');
    await page.getByRole('checkbox', { name: 'SeatGeek' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForURL(/max=60/);
    const chips = page.getByRole('list', { name: 'What narrows the search' });
    assert.deepEqual((await chips.getByRole('link').allInnerTexts()).map((line) => line.split('\n')[0].trim()), [city, 'Up to $60 all-in', 'SeatGeek']);
    await chips.getByRole('link', { name: 'SeatGeek' }).click();
    assert.doesNotMatch(page.url(), /markets=/);
    assert.match(page.url(), /max=60/);
  });

  test('what cannot be meant is said beside its field', async () => {
    const page = await stage().visit('/search?max=cheap&from=2026-12-05&to=2026-12-01', { javaScriptEnabled: false });
    await page.getByText('This is no amount.').waitFor();
    await page.getByText('The last day is before the first.').waitFor();
    assert.equal(await page.getByLabel('Most you would pay').getAttribute('aria-invalid'), 'true');
  });

  test('near me asks for leave first, and a refusal is no dead end', async () => {
    const portland = { latitude: 45.5231, longitude: -122.6765 };
    const page = await stage().visit('/search', { geolocation: portland, permissions: ['geolocation'] });
    await page.getByRole('button', { name: 'Events near me' }).click();
    await page.waitForURL(/near=45.52%2C-122.68/);
    await page.getByText(/km away/).first().waitFor();
    const refused = await stage().visit('/search', { permissions: [] });
    await refused.getByRole('button', { name: 'Events near me' }).click();
    await refused.getByText('Write a city instead').waitFor();
    assert.deepEqual(stage().takeComplaints(), []);
  });
}
