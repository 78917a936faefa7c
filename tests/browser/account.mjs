// What someone with an account does: stays signed in, pays, is reached by text message, leaves again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pricedEvent, until } from './stage.mjs';

const PASSWORD = 'forty-two rainy mondays';

/** Someone with a proved address, signed in. */
async function person(stage, returnTo) {
  const email = `person-${Date.now()}@ripcity.example`;
  await stage.ask('/v1/auth/register', { email, password: PASSWORD });
  const mail = await stage.message(email, ({ text }) => text.includes('/verify?token='), 'the mail with the link');
  await stage.ask('/v1/auth/verify', { token: /token=([\w-]+)/.exec(mail.text)[1] });
  const page = await stage.visit(`/sign-in?next=${encodeURIComponent(returnTo)}`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`**${returnTo}`);
  return { email, page };
}

async function loseAccessToken(page) {
  await page.context().clearCookies({ name: 'rip_access' });
}

async function token(page, name) {
  return (await page.context().cookies()).find((cookie) => cookie.name === name)?.value;
}

export function account(stage) {
  test('a session outlives its access token: on a page, and in the middle of setting an alert', async () => {
    const event = await pricedEvent(stage());
    const { page } = await person(stage(), `/events/${event.id}`);
    const first = await token(page, 'rip_refresh');

    await loseAccessToken(page);
    await page.getByRole('button', { name: 'Alert me' }).click();
    await page.getByText('Your alert is set').waitFor();
    const second = await token(page, 'rip_refresh');
    assert.notEqual(second, first, 'each refresh token works once');

    await loseAccessToken(page);
    await page.goto('/alerts');
    await page.getByRole('heading', { name: event.name }).waitFor();
    assert.notEqual(await token(page, 'rip_refresh'), second);
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('what is watched stands on the watchlist, is let go there, and never breaks the deals', async () => {
    const event = await pricedEvent(stage());
    const { page } = await person(stage(), `/events/${event.id}`);
    await page.getByRole('button', { name: 'Watch This event' }).click();
    await page.getByRole('button', { name: 'Stop watching This event' }).waitFor();
    await page.getByRole('button', { name: `Watch ${event.location.name}` }).click();
    await page.getByRole('button', { name: `Stop watching ${event.location.name}` }).waitFor();
    await page.goto('/deals');
    await page.getByRole('link', { name: 'What you watch' }).click();
    await page.getByRole('button', { name: `Stop watching ${event.location.name}` }).waitFor();
    await page.getByRole('button', { name: `Stop watching ${event.name}` }).click();
    await page.getByRole('button', { name: `Stop watching ${event.name}` }).waitFor({ state: 'detached' });
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('an upgrade is paid at the payment page and opens text messages, to a number that was proved', async () => {
    const event = await pricedEvent(stage());
    const { page } = await person(stage(), '/account');
    await page.getByRole('button', { name: 'Upgrade to Premium' }).click();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.waitForURL(/\/account\?checkout=done/);
    await until('the account page says Premium', async () => {
      await page.reload();
      return (await page.getByText('Premium is on').count()) > 0;
    });

    await page.getByLabel('Mobile number').fill('call me maybe');
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByText('The number was not added').waitFor();

    const number = `+1503555${String(Date.now()).slice(-4)}`;
    await page.getByLabel('Mobile number').fill(number.replace('+1503555', '+1 (503) 555-'));
    await page.getByRole('button', { name: 'Send me a code' }).click();
    const sms = await stage().message(number, ({ kind }) => kind === 'sms', 'the code by text message');
    await page.getByLabel('Code from the text message').fill(/\b\d{6}\b/.exec(sms.text)[0]);
    await page.getByRole('button', { name: 'Confirm number' }).click();
    await page.getByText('is confirmed').waitFor();

    await page.goto(`/events/${event.id}`);
    await page.getByLabel('Text message').check();
    await page.getByRole('button', { name: 'Alert me' }).click();
    await page.getByText('Your alert is set').waitFor();
    assert.deepEqual(stage().takeComplaints(), []);
  });

  test('without Premium a text message is refused with the way to it', async () => {
    const event = await pricedEvent(stage());
    const { page } = await person(stage(), `/events/${event.id}`);
    await page.getByLabel('Text message').check();
    await page.getByRole('button', { name: 'Alert me' }).click();
    await page.getByText('The alert was not set').waitFor();
    await page.getByRole('link', { name: 'See your plan' }).click();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
  });
}
