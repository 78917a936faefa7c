import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { VerifyForm } from '#features/account/components/verify-form.tsx';
import { oneOf } from '#lib/query.ts';

export const metadata: Metadata = { title: 'Confirm your address', referrer: 'no-referrer', robots: 'noindex' };

export default async function VerifyPage({ searchParams }: PageProps<'/verify'>) {
  const token = oneOf(await searchParams, 'token');
  return (
    <div className="wrap page stack">
      <h1>Confirm your address</h1>
      {token === undefined ? (
        <Notice title="The link is not complete">
          <p>
            Copy the whole address from the mail, or <SiteLink href={paths.signUp()}>sign up again</SiteLink> for a new one.
          </p>
        </Notice>
      ) : (
        <VerifyForm token={token} />
      )}
    </div>
  );
}
