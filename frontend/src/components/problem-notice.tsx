import type { ReactNode } from 'react';
import type { Problem } from '#lib/api/problem.ts';
import { Notice } from './notice.tsx';

/** What went wrong, in the API's words, with the id to quote when asking for help. */
export function ProblemNotice({ title, problem, children }: { title: string; problem: Problem; children?: ReactNode }) {
  return (
    <Notice title={title} tone="problem">
      <p>{problem.detail}</p>
      {children}
      {problem.requestId === undefined ? null : (
        <p className="small muted">
          If you ask for help, quote <code>{problem.requestId}</code>
        </p>
      )}
    </Notice>
  );
}
