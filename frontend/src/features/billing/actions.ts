'use server';

import { redirect } from 'next/navigation';
import { paths } from '#config/paths.ts';
import type { Outcome, Problem } from '#lib/api/problem.ts';
import { actSignedIn } from '#lib/session/session.ts';
import { beginCheckout } from './api/begin-checkout.ts';
import { openPortal } from './api/open-portal.ts';

/** Sends the person to the payment page of a subscription. */
export async function checkoutAction(): Promise<Problem | undefined> {
  return goThere(await actSignedIn(beginCheckout));
}

/** Sends the person to the page on which the subscription is changed or ended. */
export async function portalAction(): Promise<Problem | undefined> {
  return goThere(await actSignedIn(openPortal));
}

function goThere(outcome: Outcome<{ url: string }> | undefined): Problem {
  if (outcome === undefined) redirect(paths.signIn(paths.account));
  if (!outcome.ok) return outcome.problem;
  redirect(outcome.data.url);
}
