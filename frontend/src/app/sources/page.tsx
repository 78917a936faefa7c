import type { Metadata } from 'next';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { listSources } from '#features/sources/api/list-sources.ts';
import { SourceBoard } from '#features/sources/components/source-board.tsx';

export const metadata: Metadata = { title: 'Sources' };

export default async function SourcesPage() {
  const sources = await listSources();
  return (
    <div className="wrap page stack">
      <h1>Sources</h1>
      <p className="muted">
        Where the prices come from, and how fresh they are. A source that fails changes no price: it only makes what we know older.
      </p>
      {sources.ok ? (
        <SourceBoard sources={sources.data.sources} asOf={sources.data.as_of} />
      ) : (
        <ProblemNotice title="The sources did not load" problem={sources.problem} />
      )}
    </div>
  );
}
