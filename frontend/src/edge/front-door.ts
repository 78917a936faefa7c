import { forDocument, newNonce, withSecurityHeaders } from './security-headers.ts';
import { ownerOf, WORKERS, type WorkerName } from './owners.ts';

/** Something that answers requests: a service binding, or the Next.js Worker. */
export interface Answerer {
  fetch(request: Request): Promise<Response>;
}

/** What the Pages project binds. */
export type SiteBindings = Record<WorkerName, Answerer> & { ENVIRONMENT?: string };

/** Renders pages; takes the bindings and the context on to where pages read them. */
export interface PageServer<Context> {
  fetch(request: Request, env: SiteBindings, context: Context): Promise<Response>;
}

/** Carries the shared secret of calls between Workers; nobody outside may send it. */
const INTERNAL_KEY_HEADER = 'x-internal-key';
const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID = /^req_[0-9a-f]{32}$/;

/** A health question that takes longer than this is answered with "unreachable". */
const HEALTH_TIMEOUT_MS = 2_000;

/** One origin for everything: the API's prefixes go to the Worker that owns them, the rest to Next.js. */
export async function openFrontDoor<Context>(
  request: Request,
  env: SiteBindings,
  context: Context,
  pages: PageServer<Context>,
  version: string,
): Promise<Response> {
  const { pathname, protocol } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.delete(INTERNAL_KEY_HEADER);
  const requestId = requestIdOf(headers);
  headers.set(REQUEST_ID_HEADER, requestId);
  // How the visitor reached us decides whether cookies may be `Secure`; what a caller claims does not.
  headers.set('x-forwarded-proto', protocol === 'https:' ? 'https' : 'http');

  if (pathname === '/healthz') return health(env, version, requestId);
  const owner = ownerOf(pathname);
  if (owner !== undefined) return env[owner].fetch(new Request(request, { headers }));
  if (isReserved(pathname)) return problem(requestId, 404, 'not_found', 'Not found', 'There is nothing at this path.');
  if (!comesFromHere(request)) return problem(requestId, 403, 'foreign_origin', 'Not from here', 'This form was sent from another site.');

  const nonce = newNonce();
  const answer = await pages.fetch(forDocument(new Request(request, { headers }), nonce), env, context);
  return withSecurityHeaders(answer, { nonce, requestId, secure: protocol === 'https:' });
}

/** Prefixes that are never a page: internal ones, and API paths that no Worker owns. */
function isReserved(path: string): boolean {
  return ['/internal', '/v1', '/hooks'].some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

function requestIdOf(headers: Headers): string {
  const given = headers.get(REQUEST_ID_HEADER);
  return given !== null && REQUEST_ID.test(given) ? given : `req_${crypto.randomUUID().replaceAll('-', '')}`;
}

/**
 * Whether a request that may change something comes from a page of ours. Browsers say so by `Origin`, and by
 * `Sec-Fetch-Site`, which no page can forge; who says neither is no browser and has the API.
 */
function comesFromHere(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const origin = request.headers.get('origin');
  if (origin !== null) return origin === new URL(request.url).origin;
  return request.headers.get('sec-fetch-site') === 'same-origin';
}

function problem(requestId: string, status: number, code: string, title: string, detail: string): Response {
  return Response.json(
    { type: `/problems/${code}`, title, status, code, detail, request_id: requestId },
    { status, headers: { 'content-type': 'application/problem+json', [REQUEST_ID_HEADER]: requestId, 'cache-control': 'no-store' } },
  );
}

/** Version of the site, and whether each Worker behind it answers. */
async function health(env: SiteBindings, version: string, requestId: string): Promise<Response> {
  const reachable = await Promise.all(WORKERS.map(async (name) => [name, await answers(env[name], requestId)] as const));
  const ok = reachable.every(([, up]) => up);
  return Response.json(
    { worker: 'site', version, ok, bindings: Object.fromEntries(reachable.map(([name, up]) => [name, up ? 'ok' : 'unreachable'])) },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store', [REQUEST_ID_HEADER]: requestId } },
  );
}

async function answers(worker: Answerer | undefined, requestId: string): Promise<boolean> {
  if (worker === undefined) return false;
  const request = new Request('https://worker.internal/healthz', {
    headers: { [REQUEST_ID_HEADER]: requestId },
    signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
  });
  try {
    const answer = await worker.fetch(request);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
