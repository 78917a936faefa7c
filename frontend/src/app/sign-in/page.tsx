import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { signInAction } from '#features/account/actions.ts';
import { CredentialsForm } from '#features/account/components/credentials-form.tsx';
import { oneOf } from '#lib/query.ts';
import { safeReturnTo } from '#lib/return-to.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const query = await searchParams;
  const returnTo = safeReturnTo(oneOf(query, 'next'));
  return (
    <div className="wrap page stack">
      <h1>Sign in</h1>
      {oneOf(query, 'verified') === undefined ? null : (
        <Notice title="Your address is confirmed" tone="good">
          <p>Sign in to go on where you were.</p>
        </Notice>
      )}
      <CredentialsForm action={signInAction} purpose="sign-in" returnTo={returnTo} />
      <p>
        New here? <SiteLink href={paths.signUp(returnTo)}>Make an account</SiteLink>
      </p>
    </div>
  );
}
