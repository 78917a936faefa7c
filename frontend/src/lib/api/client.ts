import { headers } from 'next/headers';
import createClient from 'openapi-fetch';
import { bindings } from '#config/env.ts';
import { ownerOf } from '#edge/owners.ts';
import { type Outcome, readProblem, unreachable } from './problem.ts';
import type { paths } from './schema.ts';

/** A page waits this long for a Worker, then says so: reads answer in tens of milliseconds. */
const TIMEOUT_MS = 5_000;

/** Headers of the visitor's request that travel on: who asks (for limits), and the id that names the request. */
const PASSED_ON = ['cf-connecting-ip', 'user-agent', 'x-request-id'];

/** Typed calls to the API, each one hop over the service binding of the Worker that owns the path. */
export const api = createClient<paths>({ baseUrl: 'https://workers.internal', fetch: throughBinding });

async function throughBinding(request: Request): Promise<Response> {
  const owner = ownerOf(new URL(request.url).pathname);
  if (owner === undefined) throw new Error(`No Worker owns ${new URL(request.url).pathname}`);
  const visitor = await headers();
  const passedOn = new Headers(request.headers);
  for (const name of PASSED_ON) {
    const value = visitor.get(name);
    if (value !== null) passedOn.set(name, value);
  }
  return bindings()[owner].fetch(new Request(request, { headers: passedOn, signal: AbortSignal.timeout(TIMEOUT_MS) }));
}

/** The header that says who is signed in. */
export function bearer(accessToken: string): { authorization: string } {
  return { authorization: `Bearer ${accessToken}` };
}

/** Turns a call into a value: the data, or a typed problem. */
export async function outcomeOf<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Outcome<T>> {
  const requestId = (await headers()).get('x-request-id') ?? undefined;
  try {
    const { data, error, response } = await call;
    if (response.ok) return { ok: true, data: data as T };
    return { ok: false, problem: readProblem(response.status, error, response.headers.get('x-request-id') ?? requestId) };
  } catch (failure) {
    console.error(JSON.stringify({ level: 'error', worker: 'site', request_id: requestId, event: 'api_call_failed', reason: failure instanceof Error ? failure.name : 'unknown' }));
    return { ok: false, problem: unreachable(requestId) };
  }
}
