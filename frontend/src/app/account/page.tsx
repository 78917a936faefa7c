import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { paths } from '#config/paths.ts';
import { getMe } from '#features/account/api/get-me.ts';
import { SignOutForm } from '#features/account/components/sign-out-form.tsx';
import { getBilling } from '#features/billing/api/get-billing.ts';
import { PlanPanel } from '#features/billing/components/plan-panel.tsx';
import { listChannels } from '#features/channels/api/list-channels.ts';
import { PhonePanel } from '#features/channels/components/phone-panel.tsx';
import type { Billing } from '#lib/api/types.ts';
import { oneOf } from '#lib/query.ts';
import { RENEWED_PARAMETER } from '#lib/session/renewed.ts';
import { readSignedIn } from '#lib/session/session.ts';
import styles from './account.module.css';

export const metadata: Metadata = { title: 'Account' };

export default async function AccountPage({ searchParams }: PageProps<'/account'>) {
  const query = await searchParams;
  const way = { returnTo: paths.account, renewed: oneOf(query, RENEWED_PARAMETER) !== undefined };
  const [me, billing, channels] = await Promise.all([readSignedIn(getMe, way), readSignedIn(getBilling, way), readSignedIn(listChannels, way)]);
  return (
    <div className={`wrap page ${styles.account}`}>
      <h1>Account</h1>
      {billing.ok ? <CheckoutNotice outcome={oneOf(query, 'checkout')} plan={billing.data.plan} /> : null}
      <section aria-labelledby="who" className="stack">
        <h2 id="who">Who you are</h2>
        {me.ok ? (
          <p>
            <strong>{me.data.email}</strong> {me.data.email_verified ? '(confirmed)' : '(not confirmed yet: follow the link we sent you)'}
          </p>
        ) : (
          <ProblemNotice title="Your account did not load" problem={me.problem} />
        )}
        <SignOutForm />
      </section>
      <section aria-labelledby="plan" className="stack">
        <h2 id="plan">Plan</h2>
        {billing.ok ? <PlanPanel billing={billing.data} /> : <ProblemNotice title="Your plan did not load" problem={billing.problem} />}
      </section>
      <section aria-labelledby="phone-heading" className="stack">
        <h2 id="phone-heading">Text messages</h2>
        {me.ok && !me.data.entitlements.sms ? <p className="muted">Alerts by text message come with Premium. You can confirm a number now.</p> : null}
        {channels.ok ? <PhonePanel channels={channels.data.channels} /> : <ProblemNotice title="Your numbers did not load" problem={channels.problem} />}
      </section>
    </div>
  );
}

/** What to say to someone who comes back from the payment page; the payment itself is reported to us apart from them. */
function CheckoutNotice({ outcome, plan }: { outcome: string | undefined; plan: Billing['plan'] }) {
  if (outcome === 'cancelled') {
    return (
      <Notice title="Nothing was paid">
        <p>You left the payment page; your plan is as it was.</p>
      </Notice>
    );
  }
  if (outcome !== 'done') return null;
  return plan === 'premium' ? (
    <Notice title="Premium is on. Thank you!" tone="good" />
  ) : (
    <Notice title="Your payment is being confirmed">
      <p>This takes a few seconds. Reload this page to see your new plan.</p>
    </Notice>
  );
}
