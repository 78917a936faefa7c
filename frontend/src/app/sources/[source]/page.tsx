import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { getFees } from '#features/sources/api/get-fees.ts';
import { getPlan } from '#features/sources/api/get-plan.ts';
import { listSources } from '#features/sources/api/list-sources.ts';
import { AbilitiesPanel } from '#features/sources/components/abilities-panel.tsx';
import { FeesPanel } from '#features/sources/components/fees-panel.tsx';
import { PlanPanel } from '#features/sources/components/plan-panel.tsx';
import { SourceFacts } from '#features/sources/components/source-board.tsx';
import { stateInWords } from '#features/sources/health-words.ts';
import { modeInWords } from '#features/sources/modes.ts';
import { marketName } from '#lib/markets.ts';
import styles from './source.module.css';

export async function generateMetadata({ params }: PageProps<'/sources/[source]'>): Promise<Metadata> {
  return { title: marketName((await params).source) };
}

export default async function SourcePage({ params }: PageProps<'/sources/[source]'>) {
  const { source: market } = await params;
  const sources = await listSources();
  if (!sources.ok) {
    return (
      <div className="wrap page stack">
        <h1>{marketName(market)}</h1>
        <ProblemNotice title="This source did not load" problem={sources.problem} />
      </div>
    );
  }
  const source = sources.data.sources.find((one) => one.market === market);
  if (source === undefined) notFound();
  const isOn = source.mode !== 'off';
  const [plan, fees] = await Promise.all([isOn ? getPlan(source.market) : undefined, getFees(source.market)]);
  return (
    <div className={`wrap page ${styles.source}`}>
      <header className="stack">
        <p>
          <SiteLink href={paths.sources}>All sources</SiteLink>
        </p>
        <h1>{source.name}</h1>
        <p className={styles.state}>
          {modeInWords(source.mode)}. {stateInWords(source)}.
        </p>
      </header>
      {isOn ? (
        <section aria-labelledby="health" className={styles.narrow}>
          <h2 id="health">How it is doing</h2>
          <SourceFacts source={source} asOf={sources.data.as_of} />
        </section>
      ) : null}
      {plan === undefined ? null : (
        <section aria-labelledby="plan" className="stack">
          <h2 id="plan">The next hour</h2>
          {plan.ok ? <PlanPanel plan={plan.data} /> : <ProblemNotice title="The plan did not load" problem={plan.problem} />}
        </section>
      )}
      <section aria-labelledby="fees" className="stack">
        <h2 id="fees">Fees</h2>
        {fees.ok ? <FeesPanel fees={fees.data} /> : <ProblemNotice title="The fees did not load" problem={fees.problem} />}
      </section>
      <section aria-labelledby="abilities" className="stack">
        <h2 id="abilities">What it can do</h2>
        <AbilitiesPanel source={source} />
      </section>
    </div>
  );
}
