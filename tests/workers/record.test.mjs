// The public record on the runtime: how past advice is listed, that nobody can change it, and who is looked at by night.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { eventually, startHarness } from '../lib/harness.mjs';
import { problem, read } from '../lib/market.mjs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let harness;
before(async () => {
  const atOnce = (toml) => toml.replace('max_batch_timeout = 1\n', 'max_batch_timeout = 0\n');
  harness = await startHarness({ sandbox: false, edit: { pricing: atOnce } });
});
after(() => harness?.stop());

const now = () => Math.floor(Date.now() / 1_000) * 1_000;
const ago = (hours) => now() - hours * HOUR_MS;
const day = (at) => new Date(at).toISOString().slice(0, 10);
const id = (prefix = 'evt') => {
  const hex = randomBytes(16).toString('hex');
  return `${prefix}_${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17)}`;
};
const COLUMNS = 'event_id, said_on, said_at_ms, event, genre, starts_at_ms, price_minor, currency, basis, told, waits, shown, model';
const TOLD = '[[24,0.2,[0.8,0.9,1,1,1.1]],[72,0.3,[0.8,0.9,1,1,1.1]],[168,0.4,[0.8,0.9,1,1,1.1]]]';
/** Puts what was said on record, `[event id, when, more]` each. */
const say = (rows, genre) => harness.rows(
  `INSERT INTO forecasts (${COLUMNS})
   SELECT value ->> 0, value ->> 1, value ->> 2, 'A night', ?2, NULL, 9000, 'USD', 'all_in', ?3, 1, 1, 'test' FROM json_each(?1)
   RETURNING event_id`, JSON.stringify(rows.map(([event, at]) => [event, day(at), at])), genre, TOLD);
/** Settles the advice of these as a verdict. */
const judge = (rows, verdict) => harness.rows(
  `INSERT INTO forecast_outcomes (event_id, said_on, hours, settled_at_ms, lowest_minor, paid_minor, verdict)
   SELECT value ->> 0, value ->> 1, 0, 1, 4000, 5500, ?2 FROM json_each(?1) RETURNING id`,
  JSON.stringify(rows.map(([event, at]) => [event, day(at)])), verdict);
const operator = (method, path, body, headers = {}) => harness.open(path, {
  method, body, headers: { authorization: `Bearer ${harness.vars.OPERATOR_TOKEN}`, ...headers },
});
async function nightly() {
  const answer = await operator('POST', '/v1/outlook/nightly');
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}
const newGenre = () => `genre ${randomBytes(4).toString('hex')}`;
/** Every advice of a question, page by page; `between` is done after each page. */
async function pages(query, between = async () => {}) {
  const seen = [];
  let cursor = '';
  do {
    const page = await read(harness, `/v1/accuracy?${query}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    seen.push(...page.advice);
    cursor = page.next_cursor;
    await between(page);
  } while (cursor);
  return seen.map(({ event_id: of, said_at: at, verdict }) => ({ of, at: Date.parse(at), verdict }));
}

describe('past advice', () => {
  test('goes on after what was last shown, whatever is said meanwhile', async () => {
    const genre = newGenre();
    // Two events are said something of at the same moment: the id decides.
    const first = Array.from({ length: 11 }, (_, i) => [id(), ago(200 - 24 * Math.floor(i / 2))]);
    await say(first, genre);
    let later = 0;
    const seen = await pages(`limit=3&genre=${encodeURIComponent(genre)}`, async () => {
      later += 1;
      await say([[id(), ago(5) + later], [id(), ago(5) + later]], genre);
    });
    const order = [...first].sort(([a, at], [b, bt]) => bt - at || (a < b ? -1 : 1)).map(([event]) => event);
    assert.deepEqual(seen.map(({ of }) => of), order);
  });

  test('comes failures first, each list in its own order, over pages too', async () => {
    const genre = newGenre();
    const rows = Array.from({ length: 12 }, (_, i) => [id(), ago(300 - 24 * i)]);
    await say(rows, genre);
    const failed = rows.filter((_, i) => i % 3 === 0);
    await judge(failed.slice(0, 2), 'paid_more');
    await judge(failed.slice(2), 'missed_a_fall');
    await judge(rows.filter((_, i) => i % 3 === 1), 'saved');
    const newestFirst = (list) => list.toReversed().map(([event]) => event);
    const others = rows.filter((_, i) => i % 3 !== 0);
    for (const limit of [1, 3, 4, 5, 50]) {
      const seen = await pages(`limit=${limit}&failures_first=true&genre=${encodeURIComponent(genre)}`);
      assert.deepEqual(seen.map(({ of }) => of), [...newestFirst(failed), ...newestFirst(others)], `limit ${limit}`);
    }
    const since = new Date(rows[6][1]).toISOString();
    const late = await pages(`limit=2&failures_first=true&since=${since}&genre=${encodeURIComponent(genre)}`);
    assert.deepEqual(late.map(({ of }) => of), [...newestFirst(failed.slice(2)), ...newestFirst(others.slice(4))]);
  });

  test('is counted as it is written down', async () => {
    const count = async () => (await harness.rows(`SELECT (SELECT count(*) FROM forecasts) AS said,
      (SELECT count(*) FROM forecast_outcomes WHERE hours = 0) AS settled, (SELECT min(said_at_ms) FROM forecasts) AS since`))[0];
    const { said, settled, since } = await count();
    const told = await read(harness, `/v1/accuracy?limit=0&genre=${newGenre()}`);
    assert.deepEqual([told.said, told.open, Date.parse(told.since)], [said, said - settled, since]);
  });

  test('has cursors of one order, which another refuses', async () => {
    const genre = newGenre();
    await say([[id(), ago(30)], [id(), ago(60)]], genre);
    const { next_cursor: cursor } = await read(harness, `/v1/accuracy?limit=1&genre=${genre}`);
    for (const query of [`failures_first=true&cursor=${cursor}`, `source=backtest&cursor=${cursor}`, 'cursor=4', 'cursor=n4']) {
      assert.deepEqual(await problem(await harness.open(`/v1/accuracy?${query}`)), [400, 'invalid_parameter'], query);
    }
  });

  test('is kept under what was asked, however that is written', async () => {
    const genre = newGenre();
    const first = await read(harness, `/v1/accuracy?genre=${genre}&limit=2&since=2026-01-01T00:00:00Z&horizon=24`);
    const same = await read(harness, `/v1/accuracy?horizon=24&since=2026-01-01T01:00:00%2B01:00&limit=%32&genre=%20${genre.toUpperCase()}&source=live`);
    assert.equal(same.as_of, first.as_of);
    const baseball = await read(harness, '/v1/accuracy?genre=MLB&limit=17');
    assert.equal((await read(harness, '/v1/accuracy?genre=sports&limit=17')).as_of, baseball.as_of, 'the record is kept by families');
    const another = await read(harness, `/v1/accuracy?genre=${genre}&limit=3&since=2026-01-01T00:00:00Z&horizon=24`);
    assert.notEqual(another.as_of, first.as_of);
  });

  test('is answered by an index in every order and for every filter, and sorts nothing', async () => {
    const outcome = 'LEFT JOIN forecast_outcomes o ON o.event_id = f.event_id AND o.said_on = f.said_on AND o.hours = 0';
    const list = (conditions) => `SELECT f.event, o.verdict FROM advice_order a
      CROSS JOIN forecasts f ON f.event_id = a.event_id AND f.said_on = a.said_on ${outcome}
      WHERE ${conditions}a.said_at_ms >= 1 AND a.said_at_ms <= 9 AND (a.said_at_ms < 9 OR a.event_id > 'e')
      ORDER BY a.said_at_ms DESC, a.event_id LIMIT 21`;
    for (const [sql, index] of [
      [list(''), 'advice_by_day (said_at_ms>? AND said_at_ms<?)'],
      [list("a.genre = 'x' AND "), 'advice_by_genre (genre=? AND said_at_ms>? AND said_at_ms<?)'],
      [list('a.failed = 1 AND '), 'advice_by_failure (failed=? AND said_at_ms>? AND said_at_ms<?)'],
      [list("a.genre = 'x' AND a.failed = 0 AND "), 'advice_by_genre_and_failure (genre=? AND failed=? AND said_at_ms>? AND said_at_ms<?)'],
      [`SELECT f.event FROM forecasts f ${outcome} WHERE f.event_id = 'e' AND f.waits IS NOT NULL ORDER BY f.said_on DESC LIMIT 30`, 'sqlite_autoindex_forecasts_1 (event_id=?)'],
      [`SELECT json_array(f.event_id, json((SELECT json_group_array(json_array(o.hours, o.fell, o.came_minor)) FROM forecast_outcomes o
          WHERE o.event_id = f.event_id AND o.said_on = f.said_on AND o.hours > 0 AND o.fell IS NOT NULL AND o.came_minor IS NOT NULL)))
        FROM forecasts f WHERE f.said_at_ms >= 1 AND f.said_at_ms <= 9 ORDER BY f.said_at_ms DESC LIMIT 2000`, 'forecasts_by_day (said_at_ms>? AND said_at_ms<?)'],
      [`SELECT e.paid_minor FROM followed_events e WHERE e.decided_at_ms >= 1 AND coalesce((SELECT f.said_at_ms FROM forecasts f
          WHERE f.event_id = e.event_id ORDER BY f.said_on LIMIT 1), e.decided_at_ms) >= 1 ORDER BY e.decided_at_ms DESC LIMIT 1000`, 'followed_events_by_decision (decided_at_ms>?)'],
      ['SELECT said, said - settled AS open, (SELECT min(said_at_ms) FROM forecasts) AS since_ms FROM forecast_counts', 'forecasts_by_day'],
    ]) {
      const plan = (await harness.rows(`EXPLAIN QUERY PLAN ${sql}`)).map(({ detail }) => detail);
      assert.ok(plan.some((detail) => detail.includes(index)), `${sql}: ${plan}`);
      assert.ok(!plan.some((detail) => /TEMP B-TREE|SCAN [aefo]\b/.test(detail)), `${sql}: ${plan}`);
    }
  });
});

describe('the record', () => {
  test('cannot be edited, deleted or replaced by any statement; only added to', async () => {
    const [event, at] = [id(), ago(400)];
    await say([[event, at]], newGenre());
    await judge([[event, at]], 'saved');
    await harness.rows(`INSERT INTO followed_events (event_id, currency, decided_at_ms, at_once_minor, paid_minor, best_minor, waited_days)
      VALUES (?, 'USD', 1, 5000, 4000, 4000, 2) RETURNING id`, event);
    await harness.rows(`INSERT INTO outlook_model_actions (at_ms, version, action, request_id) VALUES (1, ?, 'registered', 'req') RETURNING id`, event);
    const tables = {
      forecasts: { key: 'rowid', where: 'event_id', change: 'price_minor = 1' },
      forecast_outcomes: { key: 'id', where: 'event_id', change: "verdict = 'saved'" },
      followed_events: { key: 'id', where: 'event_id', change: 'paid_minor = 1' },
      outlook_model_actions: { key: 'id', where: 'version', change: "action = 'activated'" },
    };
    for (const [table, { key, where, change }] of Object.entries(tables)) {
      const all = () => harness.rows(`SELECT ${key} AS row_key, * FROM ${table} ORDER BY ${key}`);
      const before_ = await all();
      const [{ row_key: own, ...row }] = await harness.rows(`SELECT ${key} AS row_key, * FROM ${table} WHERE ${where} = ?`, event);
      for (const or of ['', 'OR REPLACE ', 'OR IGNORE ', 'OR FAIL ', 'OR ROLLBACK ']) {
        await assert.rejects(harness.rows(`UPDATE ${or}${table} SET ${change} WHERE ${where} = ? RETURNING 1`, event), /never edited/, `${table} ${or}`);
      }
      await assert.rejects(harness.rows(`UPDATE ${table} SET ${key} = 987654 WHERE ${where} = ? RETURNING 1`, event), /never edited/);
      await assert.rejects(harness.rows(`DELETE FROM ${table} WHERE ${where} = ? RETURNING 1`, event), /never deleted/, table);
      await assert.rejects(harness.rows(`DELETE FROM ${table} RETURNING 1`), /never deleted/, table);
      // The same row with other numbers, by its key and by the number of its row.
      const changed = Object.fromEntries(Object.entries(row).map(([name, value]) =>
        [name, /_minor$|_at_ms$|^at_ms$/.test(name) ? 1 : name === 'id' ? own : value]));
      const other = Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, name === where ? id() : value]));
      for (const values of [changed, other]) {
        const named = { ...values, [key]: own };
        const names = Object.keys(named);
        const into = `INTO ${table} (${names}) VALUES (${names.map(() => '?')})`;
        for (const insert of [`INSERT OR REPLACE ${into}`, `REPLACE ${into}`, `INSERT ${into} ON CONFLICT DO NOTHING`]) {
          assert.deepEqual(await harness.rows(`${insert} RETURNING 1`, ...Object.values(named)), [], `${table}: ${insert}`);
        }
        await harness.rows(`INSERT ${into} ON CONFLICT DO UPDATE SET ${change} RETURNING 1`, ...Object.values(named));
      }
      assert.deepEqual(await all(), before_, table);
    }
    // Without the number of its row: found by its key alone.
    const names = Object.keys((await harness.rows('SELECT * FROM forecasts WHERE event_id = ?', event))[0]);
    await harness.rows(`INSERT OR REPLACE INTO forecasts (${names})
      SELECT ${names.map((name) => (name === 'price_minor' ? '1' : name))} FROM forecasts WHERE event_id = ? RETURNING 1`, event);
    assert.equal((await harness.rows('SELECT price_minor FROM forecasts WHERE event_id = ?', event))[0].price_minor, 9_000);
  });

  test('of many rows written at once takes those that are new', async () => {
    const rows = Array.from({ length: 4 }, () => [id(), ago(50)]);
    assert.equal((await say(rows.slice(1, 3), newGenre())).length, 2);
    assert.equal((await say(rows, newGenre())).length, 2);
  });
});

const usd = (amount) => ({ kind: 'quoted', amount_minor: amount, currency: 'USD', basis: 'all_in' });
const newEvent = (more = {}) => ({
  id: id(), name: 'A night', venue: 'Hall', city: 'Portland', genre: 'sports', starts_at: new Date(now() + 20 * DAY_MS).toISOString(),
  local_start: null, date_tbd: false, time_tbd: false, ...more,
});
const course = (event, sights) => sights.map(([at, amount], i) => ({
  event, source_event_id: event.id, seq: i + 1, observed_at: at, price: usd(amount), listings: 3, tickets: 9, confirms: i > 0, url: null,
}));
async function seen(...courses) {
  const batches = courses.map((items) => ({ request_id: id('req'), seen_at_ms: Date.now(), market: 'seatgeek', items }));
  await harness.bound.OBSERVATIONS.sendBatch(batches.map((body) => ({ body: JSON.stringify(body), contentType: 'text' })));
  await logged('appended', batches);
}
const logged = (name, sent) => eventually(name, () => {
  const done = harness.logs().filter((line) => line.event === name).map((line) => line.request_id);
  return sent.every((one) => done.includes(one.request_id));
}, 20_000);
async function merge(version, ...redirects) {
  const change = { request_id: id('req'), version, redirects: redirects.map(([event_id, canonical_id]) => ({ event_id, canonical_id })) };
  await harness.bound.CATALOG_HISTORY.send(JSON.stringify(change), { contentType: 'text' });
  await logged('aliases_heard', [change]);
}
/** A price every four hours over the last ten days, falling from 9,000 to 7,000 five days ago. */
const TEN_DAYS = () => Array.from({ length: 60 }, (_, i) => [ago(239 - i * 4), i < 30 ? 9_000 + (i % 3) * 10 : 7_000 + (i % 3) * 10]);
const NOTHING = '{"events":0,"horizons":[{"days":0,"fell":0,"changes":[]},{"days":0,"fell":0,"changes":[]},{"days":0,"fell":0,"changes":[]}]}';
/** Puts events into the queue of the outlook, as looked at so many hours ago. */
const queued = (cards, hours) => harness.rows(
  `INSERT INTO outlook_events (event_id, card, starts_at_ms, tended_at_ms, sights, labels)
   SELECT value ->> 'id', value, ?2, ?3, '[]', ?4 FROM json_each(?1) WHERE true
   ON CONFLICT DO UPDATE SET tended_at_ms = excluded.tended_at_ms RETURNING event_id`,
  JSON.stringify(cards), now() + 20 * DAY_MS, ago(hours), NOTHING);
const tended = async (event) => (await harness.rows('SELECT tended_at_ms FROM outlook_events WHERE event_id = ?', event))[0]?.tended_at_ms;
const outcomes = (event) => harness.rows('SELECT hours, fell, came_minor, lowest_minor FROM forecast_outcomes WHERE event_id = ? ORDER BY hours', event);

describe('the night', () => {
  test('gives every event its turn: what was merged or cannot be read keeps nobody waiting', async () => {
    const good = newEvent();
    await seen(course(good, TEN_DAYS()));
    // As many as one run looks at, of each kind, all due before the good one.
    const gone = Array.from({ length: 120 }, () => newEvent());
    await harness.rows(`INSERT INTO history_aliases (alias_id, event_id, version) SELECT value ->> 'id', ?2, 1 FROM json_each(?1) RETURNING alias_id`,
      JSON.stringify(gone), id());
    const unknown = Array.from({ length: 119 }, () => newEvent());
    const broken = newEvent();
    await unreadable(broken.id);
    await queued([...gone, ...unknown, broken], 5);
    await queued([good], 4);
    const first = await nightly();
    assert.deepEqual([first.events, first.left], [0, 1], 'a hundred and twenty were tried, one is left');
    assert.ok(harness.logs().some((line) => line.event === 'outlook_unread' && line.event_id === broken.id));
    const second = await nightly();
    assert.deepEqual([second.events, second.left], [1, 0]);
    assert.ok(await tended(good.id) > ago(0.1));
    assert.deepEqual([(await nightly()).events, (await nightly()).left], [0, 0], 'each has had its turn');
  });

  test('of an event that was never looked at and cannot be read tries again after the others', async () => {
    const broken = newEvent();
    await seen(course(broken, TEN_DAYS()));
    await unreadable(broken.id);
    assert.equal((await nightly()).left, 0);
    const turn = await tended(broken.id);
    assert.ok(turn > ago(0.1));
    await nightly();
    assert.equal(await tended(broken.id), turn);
  });

  test('settles what was said of a merged event by the history of the one it is read as', async () => {
    const [alias, canonical] = [newEvent(), newEvent()];
    await seen(course(alias, TEN_DAYS()), course(canonical, TEN_DAYS().slice(-6)));
    await nightly();
    const genre = newGenre();
    await say([[alias.id, ago(180)], [canonical.id, ago(180)]], genre);
    await merge(7, [alias.id, canonical.id]);
    assert.equal(await tended(alias.id), undefined, 'it has left the queue');
    await queued([canonical], 5);
    const done = await nightly();
    assert.deepEqual((await outcomes(alias.id)).map(({ hours, fell, lowest_minor: lowest }) => [hours, fell, lowest]),
      [[0, null, 7_000], [24, 0, null], [72, 1, null], [168, 1, null]]);
    assert.deepEqual(await outcomes(canonical.id), await outcomes(alias.id));
    assert.equal(done.settled, 8);
    await queued([canonical], 5);
    assert.equal((await nightly()).settled, 0, 'once');
  });

  test('settles it also where the event it is read as was never seen itself', async () => {
    const [alias, canonical] = [newEvent(), id()];
    await seen(course(alias, TEN_DAYS()));
    await nightly();
    await say([[alias.id, ago(180)]], newGenre());
    await merge(8, [alias.id, canonical]);
    assert.equal(await tended(alias.id), undefined);
    assert.ok(await tended(canonical) > ago(0.1), 'it took its place');
    await harness.rows('UPDATE outlook_events SET tended_at_ms = ? WHERE event_id = ? RETURNING event_id', ago(5), canonical);
    assert.equal((await nightly()).settled, 4);
    assert.equal((await outcomes(alias.id)).length, 4);
    assert.deepEqual(await outcomes(canonical), []);
  });
});

/** Makes a history unreadable: an old piece of it, imported, is damaged in the bucket. */
async function unreadable(event) {
  const stamp = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  const rows = Array.from({ length: 30 }, (_, i) => `${event},stubhub,${stamp(ago(200 * 24 + i))},USD,all_in,${5_000 + i},,,`);
  rows.push(`${event},stubhub,${stamp(ago(1))},USD,all_in,5000,,,`);
  const answer = await operator('POST', '/v1/prices/import',
    `event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets\n${rows.join('\n')}\n`, { 'content-type': 'text/csv' });
  assert.equal(answer.status, 200, await answer.clone().text());
  const pieces = await harness.bound.HISTORY.list({ prefix: `v1/${event}` });
  assert.ok(pieces.length > 0);
  for (const { key } of pieces) await harness.bound.HISTORY.put(key, 'damaged');
}
