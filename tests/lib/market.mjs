// The sandbox's market as the suites use it: one fixed moment, the truth about it, and prices that stand still.
import assert from 'node:assert/strict';
import { eventually, startHarness } from './harness.mjs';
import { answered } from './people.mjs';

export const MARKETS = ['ticketmaster', 'seatgeek', 'stubhub', 'eventbrite', 'ticketevolution'];

/** The market's moment, the same in every run: what exists then is a function of the seed. */
const MOMENT_MS = Date.UTC(2026, 10, 21, 11);

/** `MARKET_CLOCK` from that moment on, so many market seconds to a second. */
export const clockOf = (scale = 1) => `${Date.now()}:${MOMENT_MS}:${scale}`;

/** A harness whose planners have walked through all markets and polled on, about once a second. */
export async function openMarket({ vars = {}, ...options } = {}) {
  const harness = await startHarness({
    clock: clockOf(), sandboxArgs: ['--calm'], ...options,
    vars: { POLL_SECONDS: '1', POLL_GAP_MS: '1000', ...vars },
  });
  try {
    await harness.cron('aggregator');
    await eventually('every market was walked through', async () => {
      const rows = await sources(harness);
      return MARKETS.every((market) => rows[market].state === 'ok');
    }, 30_000);
  } catch (error) {
    await harness.stop();
    throw error;
  }
  return harness;
}

/** `GET` that must be answered so, as JSON. */
export const read = (harness, path, status = 200) => answered(harness.open(path), status);

/** Health rows by market. */
export async function sources(harness) {
  const { sources: rows } = await read(harness, '/v1/sources');
  return Object.fromEntries(rows.map((row) => [row.market, row]));
}

/** Every listing the markets show now, with the event it truly is. */
export async function listings(harness) {
  const { events } = await harness.sandbox.control('world');
  return events.flatMap(({ listings: shown, ...event }) => shown.map((listing) => ({ ...listing, of: event })))
    .filter(({ listed }) => listed);
}

/** Our event id by `market:source_event_id`. */
export async function links(harness) {
  const rows = await harness.rows('SELECT market, source_event_id, event_id FROM event_links');
  return new Map(rows.map((row) => [`${row.market}:${row.source_event_id}`, row.event_id]));
}

export const keyOf = ({ market, source_event_id: id }) => `${market}:${id}`;

/** Fixes what a market states for a listing; `null` is no price. */
export const pin = (harness, { market, source_event_id }, amount_minor) =>
  harness.sandbox.control('price', { market, source_event_id, amount_minor });

/** Fixes every price where it is and waits until all of it is known twice and written down. */
export async function standStill(harness) {
  const priced = (await listings(harness)).filter(({ price }) => price);
  await Promise.all(priced.map((listing) => pin(harness, listing, listing.price.amount_minor)));
  await atRest(harness);
}

/** Waits until what the markets show now is known twice and written down. */
export async function atRest(harness, limitMs = 40_000) {
  const successes = (rows) => MARKETS.map((market) => rows[market]?.last_success_at ?? '');
  let [before, quietRounds] = [await sources(harness), 0];
  await eventually('two walks through every market passed nothing on, and all that was is in the histories', async () => {
    const rows = await sources(harness);
    const ended = successes(rows);
    if (!successes(before).every((at, i) => ended[i] > at)) return false;
    quietRounds = sum(rows) === sum(before) ? quietRounds + 1 : 0;
    before = rows;
    return quietRounds >= 2 && sum(rows) === (await recorded(harness));
  }, limitMs);
}

const sum = (rows) => Object.values(rows).reduce((total, row) => total + row.observations_passed_on, 0);

/** Observations that planners passed on. */
export const passedOn = async (harness) => sum(await sources(harness));

/** Observations that histories hold. */
export async function recorded(harness) {
  const histories = await Promise.all((await eventIds(harness)).map((id) => harness.open(`/v1/prices/${id}`).then((answer) => answer.json())));
  return histories.reduce((total, { summary }) => total + (summary?.observations ?? 0), 0);
}

export const eventIds = async (harness) =>
  (await harness.rows('SELECT DISTINCT event_id FROM event_links ORDER BY event_id')).map((row) => row.event_id);

/**
 * What people can see of prices, without its freshness: offers and history of every event. Medians and changes over time
 * weigh each price by how long it has stood, so they move while nothing happens: they are left out.
 */
export async function picture(harness) {
  const entries = await Promise.all((await eventIds(harness)).map(async (id) => {
    const [{ offers, as_of: _, ...event }, { series, summary: { median_7d: _median, change_7d_percent_hundredths: _change, ...summary } = {} }] =
      await Promise.all([read(harness, `/v1/events/${id}`), read(harness, `/v1/prices/${id}`)]);
    return [id, { event, offers: offers.map(steady), series, summary }];
  }));
  return Object.fromEntries(entries);
}

/** An offer without its freshness, and without its single listings, which are read at a pace of their own. */
const steady = ({ checked_at: _at, age_seconds: _age, stale: _stale, listings_checked_at: _read, listings_known: _known, cheapest_listings: _listings, best_for_seats: _best, ...offer }) => offer;

/** The problem of an answer: its status and code, after a look at everything a problem must be. */
export async function problem(response) {
  const text = await response.text();
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/, text.slice(0, 200));
  const body = JSON.parse(text);
  assert.equal(body.status, response.status);
  assert.equal(body.type, `/problems/${body.code}`);
  assert.match(body.request_id, /^req_[0-9a-f]{32}$/);
  assert.equal(response.headers.get('x-request-id'), body.request_id);
  assert.ok(body.title && body.detail);
  return [response.status, body.code];
}
