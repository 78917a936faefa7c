import type { Metadata } from 'next';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { listAlerts } from '#features/alerts/api/list-alerts.ts';
import { AlertList } from '#features/alerts/components/alert-list.tsx';
import { oneOf } from '#lib/query.ts';
import { RENEWED_PARAMETER } from '#lib/session/renewed.ts';
import { readSignedIn } from '#lib/session/session.ts';

export const metadata: Metadata = { title: 'My alerts' };

export default async function AlertsPage({ searchParams }: PageProps<'/alerts'>) {
  const renewed = oneOf(await searchParams, RENEWED_PARAMETER) !== undefined;
  const alerts = await readSignedIn(listAlerts, { returnTo: paths.alerts, renewed });
  return (
    <div className="wrap page stack">
      <h1>My alerts</h1>
      <p>
        <SiteLink href={paths.watchlist}>What you watch</SiteLink>
      </p>
      {!alerts.ok ? (
        <ProblemNotice title="Your alerts did not load" problem={alerts.problem} />
      ) : alerts.data.alerts.length === 0 ? (
        <Notice title="No alerts yet">
          <p>Find an event and say what you would pay. You hear from us the moment somebody asks for less.</p>
          <p>
            <SiteLink href={paths.search()}>Find an event</SiteLink>
          </p>
        </Notice>
      ) : (
        <>
          <p className="muted">
            Up to {alerts.data.max_alerts} at a time on your plan.
          </p>
          <AlertList alerts={alerts.data.alerts} />
        </>
      )}
    </div>
  );
}
