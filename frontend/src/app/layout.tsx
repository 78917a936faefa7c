import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { SiteFooter } from '#components/site-footer.tsx';
import { SiteHeader } from '#components/site-header.tsx';
import { ModeBanner } from '#features/sources/components/mode-banner.tsx';
import { seemsSignedIn } from '#lib/session/cookies.ts';
import './tokens.css';
import './globals.css';

const archivo = localFont({
  src: '../../../node_modules/@fontsource-variable/archivo/files/archivo-latin-wdth-normal.woff2',
  variable: '--font-archivo',
  weight: '100 900',
  // A typeface that comes late would move the page under the reader: that visit keeps the system's, the next has ours.
  display: 'optional',
  declarations: [{ prop: 'font-stretch', value: '62% 125%' }],
});

export const metadata: Metadata = {
  title: { default: 'Rip City Ticket Dispatch', template: '%s · Rip City Ticket Dispatch' },
  description: 'What a ticket costs on every market, how good that price is, and a message when it drops.',
  icons: { icon: '/icon.svg' },
};

export const viewport: Viewport = {
  themeColor: '#171312',
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const requestId = (await headers()).get('x-request-id') ?? undefined;
  return (
    <html lang="en" className={archivo.variable} data-request-id={requestId}>
      <body>
        <SiteHeader signedIn={await seemsSignedIn()} />
        <ModeBanner />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <SiteFooter />
      </body>
    </html>
  );
}
