import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { signUpAction } from '#features/account/actions.ts';
import { CredentialsForm } from '#features/account/components/credentials-form.tsx';
import { oneOf } from '#lib/query.ts';
import { safeReturnTo } from '#lib/return-to.ts';

export const metadata: Metadata = { title: 'Make an account' };

export default async function SignUpPage({ searchParams }: PageProps<'/sign-up'>) {
  const returnTo = safeReturnTo(oneOf(await searchParams, 'next'));
  return (
    <div className="wrap page stack">
      <h1>Make an account</h1>
      <CredentialsForm
        action={signUpAction}
        purpose="sign-up"
        returnTo={returnTo}
        sentNotice={
          <Notice title="Look into your inbox" tone="good">
            <p>We sent you a link. Follow it to confirm your address; then you go on where you were.</p>
            <p>Nothing there after a minute? Look among the junk, or try again with the address spelled anew.</p>
          </Notice>
        }
      />
      <p>
        Been here before? <SiteLink href={paths.signIn(returnTo)}>Sign in</SiteLink>
      </p>
    </div>
  );
}
