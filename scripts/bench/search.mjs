// npm run bench -- search [--events 100000] [--rounds 200]
// Times suggestions and searches on workerd, from the client, over a catalogue of that size.
import { catalogue, fill } from '../../tests/lib/catalogue.mjs';
import { startHarness } from '../../tests/lib/harness.mjs';
import { table } from '../lib/term.mjs';

const SUGGEST = ['p', 'po', 'por', 'portl', 'portland trail', 'la', 'the na', 'sea', 'blazrs', 'portalnd', 'sprignst', 'ba', 'stad', 'arena', 'u2'];
const SEARCH = {
  words: ['q=trail+blazers', 'q=taylor+swift', 'q=moda+center', 'q=springsteen', 'q=portland'],
  'a common word': ['q=at', 'q=tour', 'q=arena', 'q=b'],
  misspelt: ['q=trial+balzers', 'q=sprinsteen', 'q=trailblazers', 'q=lakres+warriros'],
  filters: ['city=Portland,+OR', 'genre=comedy&max_price=5000', 'near=45.52,-122.68&km=80', 'markets=eventbrite&month=MONTH', 'performer=Utah+Jazz', 'q=at&city=Seattle,+WA&max_price=4000', 'q=the&near=34.05,-118.24&km=50&markets=seatgeek,stubhub'],
  'nothing asked': ['', 'sort=date&limit=100'],
};

const option = (args, name, otherwise) => (args.includes(`--${name}`) ? Number(args[args.indexOf(`--${name}`) + 1]) : otherwise);
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

export async function run(args) {
  const events = option(args, 'events', 100_000);
  const rounds = option(args, 'rounds', 200);
  const harness = await startHarness({ sandbox: false });
  try {
    const began = performance.now();
    const rows = catalogue({ events });
    await fill(harness, rows);
    const filled = (performance.now() - began) / 1000;
    const month = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 7);
    const groups = {
      suggest: SUGGEST.map((text) => `/v1/search/suggest?q=${encodeURIComponent(text)}`),
      ...Object.fromEntries(Object.entries(SEARCH).map(([name, queries]) => [`search: ${name}`, queries.map((query) => `/v1/search?${query.replace('MONTH', month)}`)])),
    };
    const measured = [];
    for (const [name, paths] of [['an answer without the database', ['/v1/nothing']], ...Object.entries(groups)]) {
      const times = [];
      const slowest = { ms: 0 };
      for (let round = 0; round < rounds + 5; round += 1) {
        const path = paths[round % paths.length];
        const start = performance.now();
        const answer = await harness.call('aggregator', path);
        await answer.text();
        const ms = performance.now() - start;
        if (answer.status >= 400 && path !== '/v1/nothing') throw new Error(`${answer.status} ${path}`);
        if (round >= 5) times.push(ms);
        if (round >= 5 && ms > slowest.ms) Object.assign(slowest, { ms, path });
      }
      times.sort((a, b) => a - b);
      measured.push({ name, p50: quantile(times, 0.5), p95: quantile(times, 0.95), max: slowest.ms, slowest: slowest.path });
    }
    const counts = await harness.rows('SELECT (SELECT count(*) FROM search_docs) AS docs, (SELECT count(*) FROM search_terms) AS terms, (SELECT count(*) FROM search_deletes) AS keys, (SELECT count(*) FROM search_names) AS names');
    console.log(`${JSON.stringify(counts[0])}, filled and indexed in ${filled.toFixed(0)} s`);
    console.log(table(['', 'p50 ms', 'p95 ms', 'max ms', 'slowest'], measured.map(({ name, p50, p95, max, slowest }) => [name, p50.toFixed(1), p95.toFixed(1), max.toFixed(1), slowest])));
    return measured;
  } finally {
    await harness.stop();
  }
}
