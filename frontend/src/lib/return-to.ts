/** Where to go on after signing in: a path of this site, never another origin. Anything else reads as `fallback`. */
export function safeReturnTo(value: unknown, fallback = '/'): string {
  if (typeof value !== 'string' || !value.startsWith('/') || value.length > 1_024) return fallback;
  const base = 'https://site.invalid';
  // The parser decides what a browser would make of it: "//elsewhere" and "/\elsewhere" leave the site.
  const url = URL.canParse(value, base) ? new URL(value, base) : undefined;
  if (url?.origin !== base) return fallback;
  return url.pathname + url.search + url.hash;
}
