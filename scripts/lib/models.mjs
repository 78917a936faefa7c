// The register of outlook models as an operator uses it: what `npm run outlook` and a fresh `npm run dev` do.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem } from './term.mjs';

/** Calls of an operator to the API at `origin`. */
export function operatorOf(origin, token) {
  return async function ask(method, where, { body, type, limitMs = 60_000 } = {}) {
    const answer = await fetch(`${origin}${where}`, {
      method, body,
      headers: { authorization: `Bearer ${token}`, ...(type && { 'content-type': type }) },
      signal: AbortSignal.timeout(limitMs),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Problem(`${method} ${where} answered ${answer.status}: ${text.slice(0, 300)}`);
    return answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  };
}

/** What is uploaded: the report as one line, a line feed, the artefact. */
export function packed(folder) {
  const report = JSON.stringify(JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')));
  return Buffer.concat([Buffer.from(`${report}\n`), readFileSync(path.join(folder, 'model.bin'))]);
}

/** Registers what `lab train` wrote into `folder`, and puts it into service. */
export async function ship(ask, folder, version) {
  await ask('PUT', `/v1/outlook/models/${version}`, { body: packed(folder), type: 'application/octet-stream' });
  return ask('POST', `/v1/outlook/models/${version}/activate`);
}

/** A version that sorts by time: 20261121-1807. */
export const versionOf = (at = new Date()) => at.toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
