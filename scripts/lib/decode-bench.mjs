// Fetch, decode and normalise a provider's page: our Rust against idiomatic TypeScript, on one workerd, in turns.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { freePort } from '../../tests/lib/sandbox.mjs';
import { inRoot, workerDir } from './paths.mjs';
import { Problem, note, table } from './term.mjs';
import { startWorkerd } from './workerd.mjs';

/** What the issue asks for: our time over TypeScript's. */
const TARGETS = { 'non-Latin-1': 0.6, 'near-ASCII': 0.85 };
const RECORDED = inRoot('..', 'shared', 'providers');

/** Reads the pages, starts both Workers, compares answers, then times. Answers one row a page. */
export async function decodeBench({ rounds = 15, times = 20 } = {}) {
  const pages = allPages();
  const server = await serve(pages);
  const [rust, typescript] = [await freePort(), await freePort()];
  const built = workerDir('decode');
  if (!existsSync(path.join(built, 'build', 'index.js'))) throw new Problem('The bench Worker is not built: node scripts/build.mjs --only decode');
  const workerd = await startWorkerd([
    { name: 'rust', port: rust, modules: [['index.js', 'esModule', path.join(built, 'build', 'index.js')], ['./index_bg.wasm', 'wasm', path.join(built, 'build', 'index_bg.wasm')]] },
    { name: 'typescript', port: typescript, modules: [['index.js', 'esModule', await twin()]] },
  ]);
  try {
    const rows = [];
    for (const page of pages) rows.push(await measure(page, { rust, typescript, at: server.address().port, rounds, times, cpuMs: workerd.cpuMs }));
    return rows;
  } finally {
    await workerd.stop();
    server.close();
    server.closeAllConnections();
  }
}

/** The two pages of EDGE-MEASUREMENTS: recorded where the recordings stand beside the repository, else made like them. */
function allPages() {
  const file = (...parts) => path.join(RECORDED, ...parts);
  const seatgeek = file('seatgeek', 'events_2019-10_10pages.json');
  const ticketmaster = file('ticketmaster', 'discovery_events_gb_ie_2025.json');
  if (![seatgeek, ticketmaster].every(existsSync)) note('../shared/providers is not there: pages of the same size are made up.');
  const pages = [
    ['seatgeek', existsSync(seatgeek) ? oneSeatGeekPage(readFileSync(seatgeek, 'utf8')) : madeSeatGeek()],
    ['ticketmaster', existsSync(ticketmaster) ? readFileSync(ticketmaster, 'utf8') : madeTicketmaster()],
  ];
  return pages.map(([provider, body]) => ({ provider, bytes: Buffer.from(body), kind: /[^\u0000-\u00ff]/.test(body) ? 'non-Latin-1' : 'near-ASCII' }));
}

/** Ten recorded pages as one that holds their events. */
function oneSeatGeekPage(text) {
  const pages = JSON.parse(text);
  const events = pages.flatMap((page) => page.events);
  return JSON.stringify({ events, meta: { ...pages[0].meta, total: events.length, page: 1, per_page: events.length } });
}

function serve(pages) {
  const server = createServer((request, response) => {
    const page = pages.find(({ provider }) => request.url === `/${provider}`);
    response.writeHead(page ? 200 : 404, { 'content-type': 'application/json', 'content-length': page?.bytes.length ?? 0 });
    response.end(page?.bytes);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** The TypeScript twin as a module. */
async function twin() {
  const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'rip-city-twin-')), 'twin.mjs');
  await build({ entryPoints: [inRoot('tests', 'decode', 'twin.ts')], bundle: true, format: 'esm', minify: true, outfile, logLevel: 'silent' });
  return outfile;
}

async function measure({ provider, bytes, kind }, { rust, typescript, at, rounds, times, cpuMs }) {
  const query = `provider=${provider}&page=${encodeURIComponent(`http://127.0.0.1:${at}/${provider}`)}`;
  const ask = async (port, rest) => {
    const answer = await fetch(`http://127.0.0.1:${port}${rest}`);
    const body = await answer.json();
    if (!answer.ok) throw new Problem(`The bench Worker answered ${answer.status}: ${JSON.stringify(body)}`);
    return body;
  };
  const [ours, theirs] = [await ask(rust, `/events?${query}`), await ask(typescript, `/events?${query}`)].map((events) => events.map(canonical));
  const differing = ours.findIndex((event, i) => event !== theirs[i]);
  if (ours.length !== theirs.length || differing >= 0) {
    throw new Problem(`Rust and TypeScript read ${provider} differently (${ours.length} and ${theirs.length} events):\n${ours[differing]}\n${theirs[differing]}`);
  }
  const once = async (port) => {
    const start = performance.now();
    await ask(port, `/decode?${query}&times=${times}`);
    return (performance.now() - start) / times;
  };
  for (let warm = 0; warm < 3; warm += 1) for (const port of [rust, typescript]) await once(port);
  const taken = { rust: [], typescript: [] };
  const worked = { rust: 0, typescript: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? ['rust', 'typescript'] : ['typescript', 'rust'];
    for (const name of order) {
      const before = cpuMs();
      taken[name].push(await once(name === 'rust' ? rust : typescript));
      worked[name] += cpuMs() - before;
    }
  }
  const [rustMs, typescriptMs] = [median(taken.rust), median(taken.typescript)];
  return {
    provider, kind, bytes: bytes.length, events: ours.length, checksum: createHash('sha256').update(ours.join('\n')).digest('hex').slice(0, 16),
    rust_ms: round3(rustMs), typescript_ms: round3(typescriptMs), ratio: round3(rustMs / typescriptMs),
    cpu_ratio: Number.isFinite(worked.rust) ? round3(worked.rust / worked.typescript) : null, target: TARGETS[kind],
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const round3 = (value) => Number(value.toFixed(3));

/** An event as text that is equal when the events are: members in order, what says nothing left out, dates as instants. */
function canonical(event) {
  const plain = (value) => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]) => [name, plain(member)])
      .filter(([, member]) => member !== undefined && member !== null && member !== false && !(Array.isArray(member) && member.length === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members);
  };
  const utc = event.start.utc && new Date(event.start.utc).toISOString();
  return JSON.stringify(plain({ ...event, start: { ...event.start, utc } }));
}

export const decodeTable = (rows) => table(['page', 'text', 'KB', 'events', 'Rust ms', 'TypeScript ms', 'ratio', 'of processor time', 'at most'],
  rows.map((row) => [row.provider, row.kind, Math.round(row.bytes / 1000), row.events, row.rust_ms, row.typescript_ms, row.ratio, row.cpu_ratio ?? '-', row.target]));

function madeSeatGeek() {
  const venue = (i) => ({ id: 1000 + i, name: `Salón № ${i}`, city: 'Portland', state: 'OR', country: 'US', timezone: 'America/Los_Angeles', location: { lat: 45.5, lon: -122.6 }, address: `${i} Main Street`, postal_code: '97201', slug: `hall-${i}`, score: 0.5, capacity: 4000, links: [], display_location: 'Portland, OR', url: `https://seatgeek.com/venues/hall-${i}/tickets` });
  const performer = (i, n) => ({ id: 10 * i + n, name: `Ensemble ${i}-${n}`, short_name: `E${i}`, slug: `ensemble-${i}-${n}`, type: 'band', primary: n === 0, images: { huge: `https://seatgeek.com/images/performers/${i}/huge.jpg` }, stats: { event_count: 12 }, taxonomies: [{ id: 2000000, name: 'concert', parent_id: null }], url: `https://seatgeek.com/ensemble-${i}-${n}-tickets`, score: 0.4, popularity: 0 });
  const events = Array.from({ length: 190 }, (_, i) => ({
    id: 4_000_000 + i, title: `Ensemble ${i} at Salón № ${i}`, short_title: `Ensemble ${i}`, type: 'concert', status: 'normal', datetime_local: '2019-11-02T19:30:00', datetime_utc: '2019-11-03T02:30:00',
    date_tbd: false, time_tbd: false, datetime_tbd: false, performers: [performer(i, 0), performer(i, 1)], venue: venue(i), taxonomies: [{ id: 2000000, name: 'concert', parent_id: null }], url: `https://seatgeek.com/e/${i}`,
    stats: { listing_count: 40 + i, average_price: 120, lowest_price: 45 + i, lowest_sg_base_price: 33 + i, highest_price: 800, visible_listing_count: 40, median_price: 101, dq_bucket_counts: [0, 1, 2, 3, 4, 5, 6, 7] },
    score: 0.51, popularity: 0.7, announce_date: '2019-05-01T00:00:00', created_at: '2019-05-01T11:22:33', links: [], access_method: null, conditional: false,
  }));
  return JSON.stringify({ events, meta: { total: events.length, took: 8, page: 1, per_page: events.length, geolocation: null } });
}

function madeTicketmaster() {
  const images = Array.from({ length: 10 }, (_, i) => ({ ratio: '16_9', url: `https://s1.ticketm.net/dam/a/${i}/11111111-2222-3333-4444-555555555555_TABLET_LANDSCAPE_16_9.jpg`, width: 1024, height: 576, fallback: false }));
  const events = Array.from({ length: 150 }, (_, i) => ({
    name: `Evening ${i}`, type: 'event', id: `G5vYZ${String(i).padStart(8, '0')}`, test: false, url: `https://www.ticketmaster.co.uk/e/${i}`, locale: 'en-us', images, sales: { public: { startDateTime: '2025-01-01T10:00:00Z' } },
    dates: { start: { localDate: '2025-11-02', localTime: '19:30:00', dateTime: '2025-11-02T19:30:00Z', dateTBD: false, dateTBA: false, timeTBA: false, noSpecificTime: false }, timezone: 'Europe/London', status: { code: 'onsale' } },
    classifications: [{ primary: true, segment: { id: 'KZFzniwnSyZfZ7v7nJ', name: 'Music' }, genre: { name: 'Rock' } }], priceRanges: [{ type: 'standard', currency: 'GBP', min: 30 + i, max: 90 }],
    _embedded: { venues: [{ name: `Hall ${i} `, type: 'venue', id: `KovZ${i}`, images: images.slice(0, 3), timezone: 'Europe/London', city: { name: 'London' }, country: { name: 'Great Britain', countryCode: 'GB' }, location: { longitude: '-0.12', latitude: '51.5' } }], attractions: [{ name: `Band ${i}`, id: `K8v${i}`, images: images.slice(0, 6) }] },
  }));
  return JSON.stringify({ _embedded: { events }, page: { size: 200, totalElements: events.length, totalPages: 1, number: 0 } });
}
