// People, for tests: registered, verified and signed in through the public API.
import { eventually } from './harness.mjs';

export const PASSWORD = 'rose garden tip-off 1977';
let people = 0;

/** Headers of a visitor with an address of their own: limits count by address, and a test is many people. */
export function visitor() {
  people += 1;
  return { 'cf-connecting-ip': `198.51.${100 + (people >> 8)}.${people & 255}` };
}

/** An address nobody has used in this run. */
export const newAddress = () => `person-${process.pid}-${++people}@example.com`;

/** What a request with a JSON body is made of. */
export const jsonInit = (method, body, headers = {}) => ({
  method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
});

/** Headers of somebody who is signed in. */
export const bearer = (session) => ({ authorization: `Bearer ${session.access_token}` });

/** The body of an answer that must have this status. */
export async function answered(promise, status) {
  const response = await promise;
  const text = await response.text();
  if (response.status !== status) throw new Error(`expected ${status}, got ${response.status}: ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}

export const register = (harness, email, password = PASSWORD, headers = visitor()) =>
  harness.open('/v1/auth/register', jsonInit('POST', { email, password }, headers));

export const signIn = (harness, email, password = PASSWORD, headers = visitor()) =>
  harness.open('/v1/auth/sign-in', jsonInit('POST', { email, password }, headers));

export const verify = (harness, token) => harness.open('/v1/auth/verify', jsonInit('POST', { token }));

/** Tokens of the verification mails to an address, newest first, once there are `count`. */
export const verificationTokens = (harness, email, count = 1) =>
  eventually(`${count} verification mails to a person`, async () => {
    const mails = await harness.sandbox.inbox(email);
    const tokens = mails.map(({ text }) => /verify\?token=([\w-]+)/.exec(text)?.[1]).filter(Boolean);
    return tokens.length >= count && tokens;
  });

/** Somebody new with a proved address: `{ email, session }`. */
export async function newPerson(harness) {
  const email = newAddress();
  await answered(register(harness, email), 202);
  const [token] = await verificationTokens(harness, email);
  await answered(verify(harness, token), 200);
  return { email, session: await answered(signIn(harness, email), 200) };
}
