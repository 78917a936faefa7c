import type { PastAdvice, Verdict } from '#lib/api/types.ts';

/** How an advice turned out, in a word, and which way it counts. */
export interface Turnout {
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'even' | 'open';
}

/** What became of an advice; what is open once the event has `begun` waits for the nightly settling only. One that is new to this build is told as it stands. */
export function turnoutOf(verdict: Verdict, begun = false): Turnout {
  const turnouts: Readonly<Record<Verdict, Turnout>> = {
    open: { words: begun ? 'Begun: settled by tomorrow' : 'Too early to tell', tone: 'open' },
    saved: { words: 'Right: it got cheaper', tone: 'good' },
    nothing_gained: { words: 'Nothing gained', tone: 'even' },
    paid_more: { words: 'Wrong: waiting cost more', tone: 'bad' },
    nothing_missed: { words: 'Right: nothing was missed', tone: 'good' },
    missed_a_fall: { words: 'Wrong: it fell after', tone: 'bad' },
  };
  return turnouts[verdict] ?? { words: verdict, tone: 'open' };
}

/** How many of some advice were right, wrong, neither, and open. */
export function countTurnouts(advice: readonly Pick<PastAdvice, 'verdict'>[]): Record<Turnout['tone'], number> {
  const count = { good: 0, bad: 0, even: 0, open: 0 };
  for (const { verdict } of advice) count[turnoutOf(verdict).tone] += 1;
  return count;
}
