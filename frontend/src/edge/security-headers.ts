/** A value no attacker can guess, new for every answer: 128 bits, base64. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * What a page may load and run: its own files, and inline scripts that carry this answer's nonce.
 * `strict-dynamic` lets those scripts load the chunks of their own build.
 */
export function contentSecurityPolicy(nonce: string, secure: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    // A form without scripts is redirected to the payment page; on this machine that page is the sandbox's.
    `form-action 'self' ${secure ? 'https://checkout.stripe.com https://billing.stripe.com' : 'http://localhost:*'}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** Next.js reads the nonce for its own scripts from the policy on the request; a caller's own header never counts. */
export function forDocument(request: Request, nonce: string): Request {
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', `script-src 'nonce-${nonce}'`);
  return new Request(request, { headers });
}

/** The answer with the headers that every page carries. */
export function withSecurityHeaders(
  answer: Response,
  { nonce, requestId, secure }: { nonce: string; requestId: string; secure: boolean },
): Response {
  const headers = new Headers(answer.headers);
  headers.set('content-security-policy', contentSecurityPolicy(nonce, secure));
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'strict-origin-when-cross-origin');
  headers.set('permissions-policy', 'camera=(), geolocation=(self), microphone=(), payment=()');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('x-request-id', requestId);
  if (secure) headers.set('strict-transport-security', 'max-age=63072000; includeSubDomains');
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}
