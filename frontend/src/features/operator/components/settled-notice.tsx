import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import type { Settled } from '../actions.ts';

/** What a form came to. */
export function SettledNotice({ settled, failed }: { settled: Settled; failed: string }) {
  if (settled === undefined) return null;
  return 'problem' in settled ? <ProblemNotice title={failed} problem={settled.problem} /> : <Notice title={settled.done} tone="good" />;
}
