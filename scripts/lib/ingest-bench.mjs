// Tickets a minute from a provider's answer to the price history: the built Workers on workerd, a feed that is as fast as
// it can be, the source's own budget, and every price moving at every walk.
import { readFileSync, readdirSync } from 'node:fs';
import { eventually, startHarness } from '../../tests/lib/harness.mjs';
import { OfferFeed } from './offer-feed.mjs';
import { note, table } from './term.mjs';

const HOST = 'https://feed.bench.example';
const AIM = 600_000;
const FLOOR = 10_000;
/** Everything but the feed is switched off: a provider that is not asked takes no part. */
const OFF = ['TICKETMASTER_KEY', 'SEATGEEK_CLIENT_ID', 'STUBHUB_CLIENT_ID', 'STUBHUB_CLIENT_SECRET', 'EVENTBRITE_TOKEN', 'TICKETEVOLUTION_TOKEN', 'TICKETEVOLUTION_SECRET'];
const PATIENCE_MS = 300_000;

/** `walks` walks in which every price moves follow the first one, which links every event. */
export async function ingestBench({ events = 1_000, listings = 24, perPage = 100, walks = 3 } = {}) {
  const feed = new OfferFeed({ origin: HOST, events, listings, perPage });
  const harness = await startHarness({
    sandboxArgs: ['--calm'],
    vars: { ...Object.fromEntries(OFF.map((name) => [name, ''])), FEED_URL: `${HOST}/feed/offers.json`, POLL_SECONDS: '1', POLL_GAP_MS: '1' },
  });
  const memory = watchMemory();
  try {
    const source = playFeed(harness, feed);
    await Promise.all(['aggregator', 'pricing'].map((name) => storage(harness, name)));
    const phases = [];
    phases.push(await phase(harness, source, memory, { name: 'first walk: every event is new', events, seats: feed.seats, target: 1 }));
    if (walks > 0) phases.push(await phase(harness, source, memory, { name: `${walks} walks, every price moves`, events: events * walks, seats: feed.seats * walks, target: 1 + walks }));
    return { events, listings, per_page: perPage, pages: feed.pages, page_kb: Math.round(feed.page(1, 0).length / 1000), phases };
  } finally {
    memory.stop();
    await harness.stop();
  }
}

/** Serves the feed; a walk beyond the last one wanted waits until it is wanted. */
function playFeed(harness, feed) {
  const source = { wanted: 0, walks: 0, served: 0 };
  let bodies = new Map();
  harness.outbound.answer(HOST, async (request) => {
    const page = Number(new URL(request.url).searchParams.get('page') ?? 1);
    if (page === 1) {
      if (source.walks >= source.wanted) return new Response('not yet', { status: 503, headers: { 'retry-after': '1' } });
      source.walks += 1;
      bodies = new Map();
    }
    const body = bodies.get(page) ?? feed.page(page, source.walks);
    bodies.set(page, body);
    source.served += 1;
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  });
  return source;
}

async function phase(harness, source, memory, { name, events, seats, target }) {
  const [before, ops] = [await state(harness), await allStorage(harness)];
  memory.reset();
  source.wanted = target;
  const start = performance.now();
  await harness.cron('aggregator');
  const waker = setInterval(() => harness.cron('aggregator').catch(() => {}), 2_000);
  let passedOn;
  try {
    await eventually(`${name} ended`, async () => {
      const { row } = await state(harness);
      return source.walks >= target && (row.last_success_at !== before.row.last_success_at || row.events > before.row.events)
        && row.observations_passed_on >= before.row.observations_passed_on + events * 0.999;
    }, PATIENCE_MS);
    const walkedMs = performance.now() - start;
    passedOn = await eventually('the histories hold it all', async () => {
      const now = await state(harness);
      return now.stored >= now.row.observations_passed_on && now;
    }, PATIENCE_MS);
    const ms = performance.now() - start;
    const after = await allStorage(harness);
    const minute = (count) => Math.round((count / ms) * 60_000);
    const observations = passedOn.row.observations_passed_on - before.row.observations_passed_on;
    return {
      name, seconds: Number((ms / 1000).toFixed(1)), walked_seconds: Number((walkedMs / 1000).toFixed(1)), events, seats, observations,
      offers_a_minute: minute(events), tickets_a_minute: minute(seats),
      storage: Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - ops[key]])),
      storage_operations_per_ticket: ratio(total(after) - total(ops), seats),
      rows_written_per_ticket: ratio(written(after) - written(ops), seats),
      rss_mb: memory.peak(),
    };
  } finally {
    clearInterval(waker);
  }
}

const ratio = (part, whole) => Number((part / whole).toFixed(4));
const written = (ops) => ops.object_rows_written + ops.d1_rows_written;
const total = (ops) => written(ops) + ops.object_rows_read + ops.d1_rows_read;

async function state(harness) {
  const get = async (path) => (await harness.open(path, { headers: { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}` } })).json();
  const [{ sources }, history] = await Promise.all([get('/v1/sources'), get('/v1/prices')]);
  return { row: sources.find(({ market }) => market === 'feed'), stored: history.observations };
}

/** What a Worker's isolate did to storage; the first question begins the count. */
const storage = async (harness, name) => (await (await harness.call(name, '/healthz')).json()).storage;

async function allStorage(harness) {
  const parts = await Promise.all(['aggregator', 'pricing'].map((name) => storage(harness, name)));
  return Object.fromEntries(Object.keys(parts[0]).map((key) => [key, parts.reduce((sum, part) => sum + part[key], 0)]));
}

/** Peak resident memory of the workerd processes this process started, in MB. Zero where there is no /proc. */
function watchMemory() {
  let peak = 0;
  const look = () => { peak = Math.max(peak, workerdKb()); };
  const timer = setInterval(look, 500);
  timer.unref();
  return { peak: () => (look(), Math.round(peak / 1000)), reset: () => { peak = 0; }, stop: () => clearInterval(timer) };
}

function workerdKb() {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).reduce((sum, pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const field = (name) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
        return field('Name') === 'workerd' && Number(field('PPid')) === process.pid ? sum + Number(field('VmRSS') ?? 0) : sum;
      } catch {
        return sum;
      }
    }, 0);
  } catch {
    return 0;
  }
}

export function tellIngest({ phases, events, listings, page_kb }) {
  note(`${events} events with ${listings} listings each, pages of ${page_kb} KB; aim ${AIM.toLocaleString('en')} tickets a minute, floor ${FLOOR.toLocaleString('en')}.`);
  console.log(table(['phase', 's', 'offers/min', 'tickets/min', 'storage rows/ticket', 'written/ticket', 'RSS MB', ''],
    phases.map((row) => [row.name, row.seconds, row.offers_a_minute, row.tickets_a_minute, row.storage_operations_per_ticket, row.rows_written_per_ticket, row.rss_mb,
      row.tickets_a_minute >= AIM ? 'aim reached' : row.tickets_a_minute >= FLOOR ? 'above the floor' : 'BELOW THE FLOOR'])));
}
