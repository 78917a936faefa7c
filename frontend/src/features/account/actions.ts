'use server';

import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import type { Problem } from '#lib/api/problem.ts';
import { safeReturnTo } from '#lib/return-to.ts';
import { forgetTokens, keepReturnTo, keepTokens, takeReturnTo } from '#lib/session/cookies.ts';
import { actSignedIn } from '#lib/session/session.ts';
import { register } from './api/register.ts';
import { signIn } from './api/sign-in.ts';
import { signOut } from './api/sign-out.ts';
import { verifyEmail } from './api/verify-email.ts';

/** What a form for address and password shows after it was sent. Passwords never come back. */
export interface CredentialsState {
  readonly email: string;
  readonly problem?: Problem;
  /** A mail is on its way to the address. */
  readonly sent?: boolean;
}

function credentialsOf(form: FormData): { email: string; password: string } {
  return { email: String(form.get('email')).trim(), password: String(form.get('password')) };
}

/** Registers and remembers where the newcomer wanted to go, over the detour to the inbox. */
export async function signUpAction(_: CredentialsState, form: FormData): Promise<CredentialsState> {
  const credentials = credentialsOf(form);
  const outcome = await register(credentials);
  if (!outcome.ok) return { email: credentials.email, problem: outcome.problem };
  await keepReturnTo(safeReturnTo(form.get('next')));
  return { email: credentials.email, sent: true };
}

/** Signs in and goes on to where the person came from. */
export async function signInAction(_: CredentialsState, form: FormData): Promise<CredentialsState> {
  const credentials = credentialsOf(form);
  const outcome = await signIn(credentials);
  if (!outcome.ok) return { email: credentials.email, problem: outcome.problem };
  await keepTokens(outcome.data);
  redirect(safeReturnTo(form.get('next')));
}

/** Proves an address, then asks to sign in on the way to where the newcomer wanted to go. */
export async function verifyAction(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  const outcome = await verifyEmail(String(form.get('token')));
  if (!outcome.ok) return outcome.problem;
  redirect(paths.signInVerified(safeReturnTo(await takeReturnTo())));
}

/** Ends the session. The cookies go even if auth cannot be reached: the person asked to be signed out here. */
export async function signOutAction(): Promise<void> {
  await actSignedIn((accessToken) => signOut(accessToken));
  await forgetTokens();
  redirect(paths.home);
}
