'use server';

import { revalidatePath } from 'next/cache';
import { paths } from '#config/paths.ts';
import type { FreshRead } from '#lib/api/types.ts';
import type { Problem } from '#lib/api/problem.ts';
import { checkEvent } from './api/check-event.ts';

/** What came of asking the markets at once. */
export type Checked = { readonly read: FreshRead | undefined } | { readonly problem: Problem };

/** Asks the markets now and shows the page anew with what they said. */
export async function checkNowAction(_: Checked | undefined, form: FormData): Promise<Checked> {
  const eventId = String(form.get('event_id'));
  const answer = await checkEvent(eventId);
  if (!answer.ok) return { problem: answer.problem };
  revalidatePath(paths.event(eventId));
  return { read: answer.data.fresh ?? undefined };
}
