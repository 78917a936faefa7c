// npm run push -- FILE...: signs files of offers (JSON or CSV, docs/SOURCES.md) and sends them to the product.
//   --to URL         where it runs; http://localhost:8787 unless said
//   --partner NAME   one of FEED_PUSH_KEYS (environment or .dev.vars); the first unless said
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { personalVars, runVars } from './lib/environment.mjs';
import { partnerOf, signedHeaders, typeOf } from './lib/push.mjs';
import { PORTS } from './lib/stack.mjs';
import { Problem, main } from './lib/term.mjs';

/** The product's own limit. */
const MOST_BYTES = 1024 * 1024;

await main(async () => {
  const { values, positionals: files } = parseArgs({
    allowPositionals: true, options: { to: { type: 'string', default: `http://localhost:${PORTS.site}` }, partner: { type: 'string' } },
  });
  if (files.length === 0) throw new Problem('Say which file: npm run push -- offers.json');
  const keys = process.env.FEED_PUSH_KEYS ?? runVars({ origin: values.to, sandbox: '', personal: personalVars() }).FEED_PUSH_KEYS;
  const sender = partnerOf(keys, values.partner);
  if (!sender) throw new Problem(`FEED_PUSH_KEYS names no partner${values.partner ? ` ${values.partner}` : ''}.`);
  let refused = 0;
  for (const file of files) refused += (await push(file, values.to, sender)) ? 0 : 1;
  return refused > 0 ? 1 : 0;
});

async function push(file, to, sender) {
  const type = typeOf(file);
  if (!type) throw new Problem(`${file} is neither .json nor .csv.`);
  const body = readFileSync(file);
  if (body.length > MOST_BYTES) throw new Problem(`${file} holds ${body.length} bytes; a push may hold ${MOST_BYTES}. Cut it into several.`);
  const answer = await fetch(new URL('/v1/sources/feed/push', to), {
    method: 'POST', body, headers: signedHeaders({ ...sender, type, body }),
  }).catch((error) => { throw new Problem(`${to} did not answer: ${error.cause?.code ?? error.message}`); });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    console.error(`${file}: refused with ${answer.status}: ${said.detail ?? said.code ?? 'no reason given'}`);
    return false;
  }
  console.log(`${file}: ${said.accepted} taken in, ${said.changes} changes, ${said.rejected.length} rejected${said.repeated ? ', repeated' : ''}`);
  for (const { id, reason } of said.rejected.slice(0, 20)) console.log(`  ${id ?? '(no id)'}: ${reason}`);
  return true;
}
