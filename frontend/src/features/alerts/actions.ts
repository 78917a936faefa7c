'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import type { Problem } from '#lib/api/problem.ts';
import type { Alert, EventCard } from '#lib/api/types.ts';
import { actSignedIn } from '#lib/session/session.ts';
import { createAlert } from './api/create-alert.ts';
import { deleteAlert } from './api/delete-alert.ts';
import { stopAlert } from './api/stop-alert.ts';
import { type AlertIntent, type IntentErrors, intentQuery, readIntent, ruleOf, suggestedIntent } from './intent.ts';

/** What the alert form shows after it was sent. */
export interface AlertFormState {
  readonly intent: AlertIntent;
  readonly errors?: IntentErrors;
  readonly problem?: Problem;
  readonly created?: Alert;
}

/** Sets an alert from the form; whoever is not signed in is asked to, and comes back to the form as it was. */
export async function setAlert(_: AlertFormState, form: FormData): Promise<AlertFormState> {
  const intent = readIntent((name) => form.getAll(name).map(String), suggestedIntent(undefined));
  const eventId = String(form.get('event_id'));
  const wanted = ruleOf(intent, currencyOf(form));
  if ('errors' in wanted) return { intent, errors: wanted.errors };

  const outcome = await actSignedIn((accessToken) => createAlert(accessToken, { event_id: eventId, ...wanted }));
  if (outcome === undefined) redirect(paths.signIn(`${paths.event(eventId)}?${intentQuery(intent)}#alert`));
  return outcome.ok ? { intent, created: outcome.data } : { intent, problem: outcome.problem };
}

function currencyOf(form: FormData): string {
  const currency = String(form.get('currency'));
  return /^[A-Z]{3}$/.test(currency) ? currency : 'USD';
}

/** Deletes an alert; one that is gone already is as good as deleted. */
export async function removeAlert(_: Problem | undefined, form: FormData): Promise<Problem | undefined> {
  const outcome = await actSignedIn((accessToken) => deleteAlert(accessToken, String(form.get('alert_id'))));
  if (outcome === undefined) redirect(paths.signIn(paths.alerts));
  if (!outcome.ok && outcome.problem.status !== 404) return outcome.problem;
  revalidatePath(paths.alerts);
  return undefined;
}

/** What the stop page shows after its button was pressed. */
export type StopState = { readonly stopped: EventCard } | { readonly problem: Problem } | undefined;

/** Stops the alert whose message carried this token. */
export async function stopByToken(_: StopState, form: FormData): Promise<StopState> {
  const outcome = await stopAlert(String(form.get('token')));
  return outcome.ok ? { stopped: outcome.data.event } : { problem: outcome.problem };
}
