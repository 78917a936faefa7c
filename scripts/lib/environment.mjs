// The variables of a local run: generated secrets, the sandbox in place of every outside service, and the real
// services for which a person has put keys into .dev.vars.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const DEV_VARS = inRoot('.dev.vars');

/**
 * The outside services. `keys` are what a person needs to talk to the real one; with all of them in .dev.vars the
 * bases are the real ones, otherwise the sandbox's, with keys that only the sandbox accepts.
 */
export const SERVICES = {
  ticketmaster: {
    keys: ['TICKETMASTER_KEY'],
    bases: { TICKETMASTER_BASE: ['/ticketmaster', 'https://app.ticketmaster.com'] },
  },
  seatgeek: {
    keys: ['SEATGEEK_CLIENT_ID'],
    bases: { SEATGEEK_BASE: ['/seatgeek', 'https://api.seatgeek.com'] },
  },
  stubhub: {
    keys: ['STUBHUB_CLIENT_ID', 'STUBHUB_CLIENT_SECRET'],
    bases: {
      STUBHUB_BASE: ['/stubhub', 'https://api.stubhub.net'],
      STUBHUB_TOKEN_URL: ['/stubhub/oauth2/token', 'https://account.stubhub.com/oauth2/token'],
    },
  },
  eventbrite: {
    keys: ['EVENTBRITE_TOKEN', 'EVENTBRITE_ORGANIZATIONS'],
    bases: { EVENTBRITE_BASE: ['/eventbrite', 'https://www.eventbriteapi.com'] },
  },
  ticketevolution: {
    keys: ['TICKETEVOLUTION_TOKEN', 'TICKETEVOLUTION_SECRET'],
    bases: { TICKETEVOLUTION_BASE: ['/ticketevolution', 'https://api.ticketevolution.com'] },
  },
  feed: { keys: [], bases: { FEED_URL: ['/feed/offers.json', ''] } },
  resend: {
    keys: ['RESEND_KEY', 'MAIL_FROM'],
    bases: { RESEND_BASE: ['/resend', 'https://api.resend.com'] },
  },
  twilio: {
    keys: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
    bases: { TWILIO_BASE: ['/twilio', 'https://api.twilio.com'] },
  },
  stripe: {
    keys: ['STRIPE_KEY', 'STRIPE_WEBHOOK_SECRET', 'STRIPE_PRICE_ID'],
    bases: { STRIPE_BASE: ['/stripe', 'https://api.stripe.com'] },
  },
};

/** Secrets that every clone makes for itself, once. */
const OWN_SECRETS = ['INTERNAL_KEY', 'OPERATOR_TOKEN', 'UNSUBSCRIBE_KEY', 'PEPPER', 'RESEND_WEBHOOK_SECRET', 'STUBHUB_WEBHOOK_AUTHORIZATION', 'SANDBOX_SECRET'];

/** What the sandbox knows the product by when there are no real keys. Nothing here opens anything outside. */
const sandboxKeys = (secret) => ({
  TICKETMASTER_KEY: `sandbox-ticketmaster-${secret.slice(0, 8)}`,
  SEATGEEK_CLIENT_ID: `sandbox-seatgeek-${secret.slice(0, 8)}`,
  STUBHUB_CLIENT_ID: 'sandbox-stubhub',
  STUBHUB_CLIENT_SECRET: `sandbox-${secret.slice(8, 24)}`,
  EVENTBRITE_TOKEN: `sandbox-eventbrite-${secret.slice(0, 8)}`,
  TICKETEVOLUTION_TOKEN: `sandbox-ticketevolution-${secret.slice(0, 8)}`,
  TICKETEVOLUTION_SECRET: `sandbox-${secret.slice(16, 40)}`,
  FEED_KEY: '',
  FEED_PUSH_KEYS: `local:${secret.slice(24, 56)}`,
  EVENTBRITE_ORGANIZATIONS: '910000000101,910000000202',
  RESEND_KEY: `re_sandbox_${secret.slice(0, 16)}`,
  MAIL_FROM: 'Rip City Ticket Dispatch <alerts@ripcity.example>',
  TWILIO_ACCOUNT_SID: `AC${secret.slice(0, 32)}`,
  TWILIO_AUTH_TOKEN: secret.slice(8, 40),
  TWILIO_FROM: '+15005550006',
  STRIPE_KEY: `sk_test_sandbox${secret.slice(0, 16)}`,
  STRIPE_WEBHOOK_SECRET: `whsec_${secret.slice(0, 32)}`,
  STRIPE_PRICE_ID: 'price_sandbox_premium',
});

/** Reads `NAME=value` lines; quotes round a value are taken off, lines that begin with # are skipped. */
export function parseVars(text) {
  const vars = {};
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match) vars[match[1]] = match[2].replace(/^(["'])(.*)\1$/, '$2');
  }
  return vars;
}

/** What a person has set, plus this clone's own secrets, which are made and kept on first use. */
export function personalVars(file = DEV_VARS) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : HEADING;
  const missing = OWN_SECRETS.filter((name) => !parseVars(text)[name]);
  const made = missing.map((name) => `${name}=${freshSecret(name)}`);
  const whole = made.length > 0 ? `${text.trimEnd()}\n${made.join('\n')}\n` : text;
  if (made.length > 0) writeFileSync(file, whole, { mode: 0o600 });
  return parseVars(whole);
}

/** Resend signs its webhooks the way of Svix, whose secrets are `whsec_` and base64. */
const freshSecret = (name) =>
  name === 'RESEND_WEBHOOK_SECRET' ? `whsec_${randomBytes(24).toString('base64')}` : randomBytes(32).toString('hex');

const HEADING = `# Local variables; git ignores this file. Secrets of this clone stand below.
# To talk to a real service instead of the sandbox, add all keys of its line and start again:
${Object.entries(SERVICES)
  .filter(([, { keys }]) => keys.length > 0)
  .map(([name, { keys }]) => `#   ${name}: ${keys.map((key) => `${key}=`).join('  ')}`)
  .join('\n')}
`;

/** Services that a person's keys connect to the real one. */
export const liveServices = (personal) =>
  Object.entries(SERVICES)
    .filter(([, { keys }]) => keys.length > 0 && keys.every((key) => personal[key]))
    .map(([name]) => name);

/** Prices of a market that is not real are marked in every message. */
const MARKETS = ['ticketmaster', 'seatgeek', 'stubhub', 'eventbrite', 'ticketevolution'];
const LABELS = { simulated: 'SIMULATED MARKET', replay: 'RECORDED PRICES' };

/**
 * All variables of a run. `origin` is the address people open, `sandbox` that of the sandbox, `clock` the MARKET_CLOCK
 * string, `market` what the sandbox plays (`simulated` or `replay`), `personal` what personalVars() read.
 */
export function runVars({ origin, sandbox, clock = '', market = 'simulated', personal }) {
  const live = liveServices(personal);
  const bases = Object.entries(SERVICES).flatMap(([name, service]) =>
    Object.entries(service.bases).map(([variable, [path, real]]) =>
      [variable, live.includes(name) ? real : `${sandbox}${path}`]));
  return {
    ENVIRONMENT: 'development',
    SITE_URL: origin,
    MARKET_CLOCK: clock,
    SOURCES_AREA: 'everywhere', // the sandbox's world and the recordings are small
    EVENTBRITE_VENUES: '',
    EVENTBRITE_EVENTS: '',
    TICKETMASTER_PARTNER: '', // the sandbox knows partners by their key: partner-...
    POLL_SECONDS: '',
    POLL_GAP_MS: '',
    SANDBOX_LABEL: MARKETS.every((name) => live.includes(name)) ? '' : LABELS[market],
    OPERATOR_EMAIL: '',
    TWILIO_WEBHOOK_URL: '',
    WEBHOOK_TARGET: origin, // where the sandbox sends the callbacks of mail, SMS and payments
    ...sandboxKeys(personal.SANDBOX_SECRET),
    ...Object.fromEntries(bases),
    ...personal,
  };
}

/** The same as a .dev.vars file. Values hold no line breaks. */
export const varsFile = (vars) =>
  Object.entries(vars).map(([name, value]) => `${name}="${value}"`).join('\n') + '\n';
