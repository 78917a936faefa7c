'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import type { Outcome, Problem } from '#lib/api/problem.ts';
import { actSignedIn } from '#lib/session/session.ts';
import { addPhone } from './api/add-phone.ts';
import { deleteChannel } from './api/delete-channel.ts';
import { verifyChannel } from './api/verify-channel.ts';

/** Adds a phone number; a code is sent to it. */
export async function addPhoneAction(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  const number = String(form.get('phone')).replaceAll(/[\s().-]/g, '');
  return settle(await actSignedIn((accessToken) => addPhone(accessToken, number)));
}

/** Proves a phone number by the code that was sent to it. */
export async function verifyPhoneAction(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  const code = String(form.get('code')).replaceAll(/\s/g, '');
  return settle(await actSignedIn((accessToken) => verifyChannel(accessToken, String(form.get('channel_id')), code)));
}

/** Forgets a phone number. */
export async function removePhoneAction(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  return settle(await actSignedIn((accessToken) => deleteChannel(accessToken, String(form.get('channel_id')))));
}

function settle(outcome: Outcome<unknown> | undefined): Problem | undefined {
  if (outcome === undefined) redirect(paths.signIn(paths.account));
  if (!outcome.ok) return outcome.problem;
  revalidatePath(paths.account);
  return undefined;
}
