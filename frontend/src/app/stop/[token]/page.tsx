import type { Metadata } from 'next';
import { StopForm } from '#features/alerts/components/stop-form.tsx';

export const metadata: Metadata = { title: 'Stop an alert', referrer: 'no-referrer', robots: 'noindex' };

export default async function StopPage({ params }: PageProps<'/stop/[token]'>) {
  const { token } = await params;
  return (
    <div className="wrap page stack">
      <h1>Stop an alert</h1>
      <p>One press, and this alert sends nothing more. Your other alerts stay as they are.</p>
      <StopForm token={decodeURIComponent(token)} />
    </div>
  );
}
