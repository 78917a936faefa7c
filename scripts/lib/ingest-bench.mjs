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
  appendedSoFar = 0;
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

/** How long a walk that is not wanted yet is kept waiting; then it sees what it saw before. */
const HELD_MS = 8_000;

/** Serves the feed: a walk that is wanted sees every price moved. */
function playFeed(harness, feed) {
  const source = { wanted: 0, walks: 0, idle: false, began: undefined };
  let bodies = new Map();
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  harness.outbound.answer(HOST, async (request) => {
    const page = Number(new URL(request.url).searchParams.get('page') ?? 1);
    if (page === 1) {
      const limit = Date.now() + HELD_MS;
      while (source.walks >= source.wanted && Date.now() < limit) {
        source.idle = true;
        await pause(5);
      }
      if (source.walks < source.wanted) {
        source.idle = false;
        source.walks += 1;
        source.began ??= performance.now();
        bodies = new Map();
      }
    }
    const body = bodies.get(page) ?? feed.page(page, source.walks);
    bodies.set(page, body);
    return new Response(body, { headers: { 'content-type': 'application/json' } });
  });
  return source;
}

async function phase(harness, source, memory, { name, events, seats, target }) {
  const [before, ops] = [await passedOn(harness), await allStorage(harness)];
  memory.reset();
  Object.assign(source, { wanted: target, began: undefined });
  const waker = setInterval(() => harness.cron('aggregator').catch(() => {}), 5_000);
  await harness.cron('aggregator');
  try {
    await eventually(`${name}: the walks ended`, () => source.walks >= target && source.idle, PATIENCE_MS);
    const walkedMs = performance.now() - source.began;
    await eventually(`${name}: the histories hold it all`, async () => appended(harness) >= (await passedOn(harness)), PATIENCE_MS);
    const ms = performance.now() - source.began;
    const [after, observations] = [await allStorage(harness), (await passedOn(harness)) - before];
    const minute = (count) => Math.round((count / ms) * 60_000);
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

/** Observations that the planner has put on the queue. */
async function passedOn(harness) {
  const { sources } = await (await harness.open('/v1/sources')).json();
  return sources.find(({ market }) => market === 'feed').observations_passed_on;
}

let appendedSoFar = 0;
/** Observations that histories have taken in, by what their consumer logged: one event's are one. */
function appended(harness) {
  const lines = harness.logs();
  harness.clearLogs();
  for (const line of lines) if (line.event === 'appended') appendedSoFar += line.events;
  return appendedSoFar;
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
