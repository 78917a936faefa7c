// The demo person of `npm run dev`: registered, verified and signed in through the public API, with a few alerts set,
// so that a newcomer finds a price-drop message in the inbox after a minute.

export const DEMO_EMAIL = 'demo@ripcity.example';
/** Opens nothing but this machine's own sandboxed copy. */
const PASSWORD = 'rose garden tip-off 1977';
const ALERTS = 5;
const PATIENCE_MS = 45_000;

/**
 * Returns `{ email, password, alerts, session }`; throws with a sentence when a step does not work.
 * `fallPercent`: how far a price must fall; `among`: how many priced events there must be to choose from; `taken`: ids of
 * events that are watched already, added to.
 */
export async function seed({ origin, sandbox, log = () => {}, email = DEMO_EMAIL, fallPercent = 3, among = ALERTS, taken = new Set() }) {
  const session = (await signIn(origin, email)) ?? (await register({ origin, sandbox, email, log }));
  const authorization = { authorization: `Bearer ${session.access_token}` };
  const { alerts } = await ask(origin, 'GET', '/v1/alerts', undefined, authorization);
  let set = alerts.filter((alert) => alert.state === 'armed' || alert.state === 'fired').length;
  for (const alert of alerts) taken.add(alert.event.id);
  if (set < ALERTS) {
    log('waiting for the first events from the markets');
    const events = await until(() => pricedEvents(origin, among), 'the markets have priced events');
    for (const event of events.filter(({ id }) => !taken.has(id)).slice(0, ALERTS - set)) {
      await ask(origin, 'POST', '/v1/alerts',
        { event_id: event.id, rule: { kind: 'falls_by', percent: fallPercent }, channels: ['email'] }, authorization);
      log(`alert set: ${event.name}, when the price falls by ${fallPercent} %`);
      taken.add(event.id);
      set += 1;
    }
  }
  return { email, password: PASSWORD, alerts: set, session };
}

async function register({ origin, sandbox, email, log }) {
  await ask(origin, 'POST', '/v1/auth/register', { email, password: PASSWORD });
  const token = await until(() => verificationToken(sandbox, email), 'the verification mail is in the inbox');
  await ask(origin, 'POST', '/v1/auth/verify', { token });
  log(`registered and verified ${email}`);
  const session = await signIn(origin, email);
  if (!session) throw new Error('signing in after verification was refused');
  return session;
}

async function signIn(origin, email) {
  const answer = await send(origin, 'POST', '/v1/auth/sign-in', { email, password: PASSWORD });
  return answer.ok ? answer.json() : undefined;
}

/** Newest verification token sent to that person. */
async function verificationToken(sandbox, email) {
  const { messages } = await (await fetch(`${sandbox}/inbox.json?to=${encodeURIComponent(email)}`)).json();
  return messages.map(({ text }) => /\/verify\?token=([\w-]+)/.exec(text ?? '')?.[1]).find(Boolean);
}

/** Events with a price that begin tomorrow or later (market time may run fast), those on several markets first. */
async function pricedEvents(origin, among) {
  const { as_of: now } = await ask(origin, 'GET', '/v1/sources');
  const tomorrow = new Date(Date.parse(now) + 86_400_000).toISOString();
  const { events } = await ask(origin, 'GET', `/v1/events?limit=50&from=${tomorrow}`);
  const priced = events.filter((event) => event.from_price?.kind === 'quoted');
  priced.sort((a, b) => b.markets - a.markets);
  return priced.length >= among ? priced : undefined;
}

const send = (origin, method, path, body, headers = {}) =>
  fetch(`${origin}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });

async function ask(origin, method, path, body, headers) {
  const answer = await send(origin, method, path, body, headers);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 200)}`);
  return text ? JSON.parse(text) : undefined;
}

async function until(probe, what) {
  const limit = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > limit) throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
