import { cookies, headers } from 'next/headers';
import type { NewTokens, Tokens } from './renewal.ts';

/** Kinds of cookies the site sets; all HttpOnly, none for anything but signing in. */
type CookieName = 'access' | 'refresh' | 'next';

/** Where to go on after the address is proved: long enough to find the mail. */
const RETURN_TO_MAX_AGE_S = 24 * 60 * 60;

/** Only over https does a browser accept the prefix, which ties the cookie to this host, path / and TLS. */
async function isSecure(): Promise<boolean> {
  return (await headers()).get('x-forwarded-proto') === 'https';
}

async function nameOf(cookie: CookieName): Promise<string> {
  return `${(await isSecure()) ? '__Host-' : ''}rip_${cookie}`;
}

async function attributes(expires: Date) {
  return { httpOnly: true, sameSite: 'lax', secure: await isSecure(), path: '/', expires } as const;
}

/** The tokens the browser sent. */
export async function readTokens(): Promise<Tokens> {
  const jar = await cookies();
  return { access: jar.get(await nameOf('access'))?.value, refresh: jar.get(await nameOf('refresh'))?.value };
}

/** Whether someone seems to be signed in: what the header shows, without asking auth. */
export async function seemsSignedIn(): Promise<boolean> {
  const { access, refresh } = await readTokens();
  return access !== undefined || refresh !== undefined;
}

/** Keeps a pair of tokens until each runs out. Only in actions and route handlers. */
export async function keepTokens(tokens: NewTokens): Promise<void> {
  const jar = await cookies();
  jar.set(await nameOf('access'), tokens.access_token, await attributes(new Date(tokens.access_expires_at)));
  jar.set(await nameOf('refresh'), tokens.refresh_token, await attributes(new Date(tokens.refresh_expires_at)));
}

/** Forgets the session. Only in actions and route handlers. */
export async function forgetTokens(): Promise<void> {
  await forget('access');
  await forget('refresh');
}

/** Remembers where a newcomer wanted to go, over the detour to the inbox. */
export async function keepReturnTo(path: string): Promise<void> {
  (await cookies()).set(await nameOf('next'), path, await attributes(new Date(Date.now() + RETURN_TO_MAX_AGE_S * 1000)));
}

/** Where a newcomer wanted to go; asked once. */
export async function takeReturnTo(): Promise<string | undefined> {
  const path = (await cookies()).get(await nameOf('next'))?.value;
  await forget('next');
  return path;
}

/** Overwritten rather than deleted: a `__Host-` cookie is only replaced by one with the same attributes. */
async function forget(cookie: CookieName): Promise<void> {
  const jar = await cookies();
  const name = await nameOf(cookie);
  if (jar.has(name)) jar.set(name, '', await attributes(new Date(0)));
}
