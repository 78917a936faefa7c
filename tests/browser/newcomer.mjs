// The main way through the house, as someone walks it who has never been here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricedEvent } from './stage.mjs';

const PASSWORD = 'forty-two rainy mondays';

export function newcomer(stage) {
  test('a newcomer finds an event, signs up, sets an alert, gets the message and stops it', async (t) => {
    const event = await pricedEvent(stage());
    const email = `newcomer-${Date.now()}@ripcity.example`;
    const page = await stage().visit('/');

    await t.test('the front page leads to the event by its name', async () => {
      await page.getByLabel('Find an event').fill(event.name);
      await page.getByRole('button', { name: 'Search' }).click();
      await page.waitForURL(/\/search\?q=/);
      await page.locator(`a[href="/events/${event.id}"]`).click();
      await page.waitForURL(`**/events/${event.id}`);
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), event.name);
    });

    await t.test('the alert form offers a threshold, and asks to sign in without losing it', async () => {
      assert.match(await page.getByLabel(/^Amount in/).inputValue(), /\d/);
      await page.getByRole('radio', { name: 'falls by' }).check();
      await page.getByLabel('Percent').fill('4');
      await page.getByRole('button', { name: 'Alert me' }).click();
      await page.waitForURL(/\/sign-in\?next=/);
      await page.getByRole('link', { name: 'Make an account' }).click();
      await page.waitForURL(/\/sign-up\?next=/);
    });

    await t.test('signing up sends a link to the inbox, and its press confirms the address', async () => {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Make an account' }).click();
      await page.getByText('Look into your inbox').waitFor();
      const mail = await stage().message(email, ({ text }) => text.includes('/verify?token='), 'the mail with the link');
      await page.goto(/https?:\/\/[^\s]*\/verify\?token=[\w-]+/.exec(mail.text)[0].replace(/^https?:\/\/[^/]+/, stage().origin));
      await page.getByRole('button', { name: 'Confirm my address' }).click();
      await page.getByText('Your address is confirmed').waitFor();
    });

    await t.test('after signing in the event is back, with the alert as it was typed', async () => {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(new RegExp(`/events/${event.id}\\?alert=falls_by`));
      assert.ok(await page.getByRole('radio', { name: 'falls by' }).isChecked());
      assert.equal(await page.getByLabel('Percent').inputValue(), '4');
      await page.getByRole('button', { name: 'Alert me' }).click();
      await page.getByText('Your alert is set').waitFor();
    });

    await t.test('no token can be read by a script', async () => {
      const cookies = await page.context().cookies();
      const tokens = cookies.filter(({ name }) => /access|refresh/.test(name));
      assert.equal(tokens.length, 2);
      for (const { httpOnly, sameSite } of tokens) assert.deepEqual([httpOnly, sameSite], [true, 'Lax']);
      assert.equal(await page.evaluate('document.cookie'), '');
    });

    await t.test('the alert is on the list', async () => {
      await page.getByRole('link', { name: 'Alerts', exact: true }).click();
      await page.getByRole('heading', { name: event.name }).waitFor();
      await page.getByText('Waiting').waitFor();
    });

    let mail;
    await t.test('the price drops, and the message comes with a link that stops it', async () => {
      await stage().control('/control/drop', { event: `seatgeek:${event.seatgeek.source_event_id}`, percent: 30 });
      mail = await stage().message(email, ({ text }) => text.includes('/stop/'), 'the price-drop message');
      assert.match(mail.text, /\$\d/);
    });

    await t.test('the list says that it fired', async () => {
      await page.reload();
      await page.getByText(/Fired (once|\d+ times)/).waitFor();
    });

    await t.test('one press on the link stops it, a visit alone does not', async () => {
      const path = /\/stop\/[\w.~-]+/.exec(mail.text)[0];
      const visitor = await stage().visit(path);
      await page.reload();
      assert.equal(await page.getByText('Stopped').count(), 0);
      await visitor.getByRole('button', { name: 'Stop this alert' }).click();
      await visitor.getByText('You get no more messages').waitFor();
      await page.reload();
      await page.getByText('Stopped').waitFor();
    });

    await t.test('deleting asks once more, then the list is empty and says what to do', async () => {
      await page.getByText('Delete', { exact: true }).click();
      await page.getByRole('button', { name: 'Yes, delete' }).click();
      await page.getByText('No alerts yet').waitFor();
    });

    await t.test('signing out ends it', async () => {
      await page.getByRole('link', { name: 'Account' }).click();
      await page.getByText(email).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in' }).waitFor();
      await page.goto('/alerts');
      await page.waitForURL(/\/sign-in\?next=%2Falerts/);
    });

    assert.deepEqual(stage().takeComplaints(), []);
  });
}
