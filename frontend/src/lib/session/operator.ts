import { cookies, headers } from 'next/headers';

/**
 * The operator's token, for as long as the browser is open. HttpOnly: no script reads it. Strict: no link and no form of
 * another site brings it along.
 */
async function nameAndAttributes() {
  const secure = (await headers()).get('x-forwarded-proto') === 'https';
  return { name: `${secure ? '__Host-' : ''}rip_operator`, attributes: { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const };
}

/** The token, if it was entered. */
export async function readOperatorToken(): Promise<string | undefined> {
  const { name } = await nameAndAttributes();
  return (await cookies()).get(name)?.value || undefined;
}

/** Keeps the token until the browser closes. Only in actions. */
export async function keepOperatorToken(token: string): Promise<void> {
  const { name, attributes } = await nameAndAttributes();
  (await cookies()).set(name, token, attributes);
}

/** Forgets it. Only in actions. */
export async function forgetOperatorToken(): Promise<void> {
  const { name, attributes } = await nameAndAttributes();
  (await cookies()).set(name, '', { ...attributes, expires: new Date(0) });
}
