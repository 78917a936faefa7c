// A past for a fresh sandbox: what its markets would have answered during the last two months is imported as history,
// and an outlook is trained on it, events that are over included. All of it is invented and is labelled so.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { labAside } from './lab.mjs';
import { operatorOf, ship, versionOf } from './models.mjs';

const DAYS = 60;
const HEADER = 'event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets';
/** The import takes 50,000 rows, 6 MB and 500 events at once. */
const AT_ONCE = { rows: 20_000, events: 400 };
const DETAILS_AT_ONCE = 6;
const PATIENCE_MS = 60_000;
/** How the sandbox's walks are fitted anew while the past is walked through: every so many days. */
const FIT_EVERY_DAYS = 9;

/**
 * Gives the product at `origin` a past. Does nothing if it has one (a model is registered). Answers what it did; throws
 * with a sentence if a step does not work, and then the product goes on with what it has.
 */
export async function givePast({ origin, sandbox, token, folder, log = () => {} }) {
  const ask = operatorOf(origin, token);
  if ((await ask('GET', '/v1/outlook/models')).models.length > 0) return undefined;
  mkdirSync(folder, { recursive: true });
  const events = await settledCatalogue(ask);
  if (!events) return undefined;
  const past = await (await fetch(`${sandbox}/control/past?days=${DAYS}`, { signal: AbortSignal.timeout(60_000) })).json();
  const { history, lessons } = tables(past, events);
  if (history.length === 0) throw new Error('none of the events on sale is one of the sandbox');
  for (const rows of portions(history)) {
    await ask('POST', '/v1/prices/import', { body: `${[HEADER, ...rows].join('\n')}\n`, type: 'text/csv' });
  }
  log(`${history.length} observations of the last ${DAYS} days imported (invented, like the market)`);

  writeFileSync(path.join(folder, 'history.csv'), `${[HEADER, ...lessons.rows].join('\n')}\n`);
  writeFileSync(path.join(folder, 'events.csv'), `${['event_id,name,start_utc,genre', ...lessons.events].join('\n')}\n`);
  const trained = await labAside('train', '--history', path.join(folder, 'history.csv'), '--events', path.join(folder, 'events.csv'),
    '--out', folder, '--data', 'invented', '--every', String(FIT_EVERY_DAYS));
  await ship(ask, folder, `sandbox-${versionOf()}`);
  // Not before: an event that was looked at is looked at again only hours of market time later.
  await ask('POST', '/v1/outlook/nightly');
  log(`an outlook trained on ${trained.events} invented events is in service`);
  return { observations: history.length, events: trained.events };
}

/**
 * Every event with its markets, once every market of the sandbox was walked through and no more events are found within two
 * seconds; nothing where no market is the sandbox's.
 */
async function settledCatalogue(ask) {
  const limit = Date.now() + PATIENCE_MS;
  for (let before = -1; ;) {
    const { sources } = await ask('GET', '/v1/sources');
    const ours = sources.filter(({ mode }) => mode === 'sandbox');
    const ids = ours.every(({ state }) => state === 'ok') ? await allIds(ask) : [];
    if (ids.length > 0 && ids.length === before) return ours.length > 0 ? details(ask, ids) : undefined;
    if (Date.now() > limit) throw new Error(`the markets' first walks did not end within ${PATIENCE_MS / 1000} s`);
    before = ids.length;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function allIds(ask) {
  const ids = [];
  for (let cursor = ''; cursor !== undefined;) {
    const page = await ask('GET', `/v1/events?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    ids.push(...page.events.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  }
  return ids;
}

async function details(ask, ids) {
  const found = [];
  const left = [...ids];
  const worker = async () => {
    for (let id = left.shift(); id; id = left.shift()) found.push(await ask('GET', `/v1/events/${id}`));
  };
  await Promise.all(Array.from({ length: DETAILS_AT_ONCE }, worker));
  return found;
}

/**
 * Rows to import, under the ids of our catalogue; and what is learned from, events that are over included. A market's
 * prices get the basis that its adapter gives them today.
 */
export function tables(past, events) {
  const ours = new Map();
  for (const event of events) for (const offer of event.offers) ours.set(`${offer.market}:${offer.source_event_id}`, { event, offer });
  const theirs = (listing) => ours.get(`${listing.market}:${listing.source_event_id}`);
  const bases = votes(past.events.flatMap(({ listings }) => listings).map((listing) => {
    const price = theirs(listing)?.offer.price;
    return price?.kind === 'quoted' && listing.basis ? [`${listing.market} ${listing.basis}`, price.basis] : undefined;
  }));
  const genres = votes(past.events.map(({ kind, listings }) => {
    const genre = listings.map(theirs).find(Boolean)?.event.genre;
    return genre ? [kind, genre] : undefined;
  }));
  const history = [];
  const lessons = { rows: [], events: [] };
  for (const event of past.events) {
    const known = event.listings.map(theirs).find(Boolean)?.event;
    const id = known?.id ?? event.event;
    for (const listing of onePerMarket(event.listings)) {
      const basis = bases.get(`${listing.market} ${listing.basis}`) ?? listing.basis ?? 'unknown';
      const rows = listing.sights.map((sight) => row(id, listing, basis, sight));
      lessons.rows.push(...rows);
      if (known && theirs(listing)?.event === known) history.push(...rows);
    }
    const name = (known?.name ?? event.listings[0].name).replaceAll('"', '""');
    const genre = known?.genre ?? genres.get(event.kind) ?? '';
    lessons.events.push([id, `"${name}"`, known?.starts_at ?? new Date(event.start_ms).toISOString(), genre].join(','));
  }
  return { history, lessons: { rows: lessons.rows, events: [...new Map(lessons.events.map((line) => [line.split(',')[0], line])).values()] } };
}

/** Rows in the parts that the import takes at once, in their order. */
export function portions(rows, most = AT_ONCE) {
  const parts = [];
  let part = [];
  let events = new Set();
  for (const line of rows) {
    const event = line.slice(0, line.indexOf(','));
    if (part.length === most.rows || (events.size === most.events && !events.has(event))) {
      parts.push(part);
      [part, events] = [[], new Set()];
    }
    part.push(line);
    events.add(event);
  }
  return part.length > 0 ? [...parts, part] : parts;
}

/** Of several listings of one market the one with most prices: history is kept by market. */
function onePerMarket(listings) {
  const priced = (listing) => listing.sights.filter(([, price]) => typeof price === 'number').length;
  const best = new Map();
  for (const listing of listings) {
    const other = best.get(listing.market);
    if (!other || priced(listing) > priced(other)) best.set(listing.market, listing);
  }
  return best.values();
}

function row(id, { market, currency }, basis, [at, price, listings]) {
  const seen = `${id},${market},${new Date(at).toISOString().replace(/\.\d+/, '')}`;
  const count = listings > 0 ? listings : '';
  return typeof price === 'number' ? `${seen},${currency},${basis},${price},,${count},` : `${seen},,,,${price},${count},`;
}

/** What each key goes with most often. */
function votes(pairs) {
  const counts = new Map();
  for (const pair of pairs.filter(Boolean)) {
    const of = counts.get(pair[0]) ?? new Map();
    counts.set(pair[0], of.set(pair[1], (of.get(pair[1]) ?? 0) + 1));
  }
  return new Map([...counts].map(([key, of]) => [key, [...of].sort((a, b) => b[1] - a[1])[0][0]]));
}
