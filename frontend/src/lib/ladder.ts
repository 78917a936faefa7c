import type { Money } from './money.ts';

/** One thing that leads from a price to what it is worth. */
export interface Step {
  readonly code: string;
  readonly text: string;
  readonly amount: Money;
  readonly points: number;
  /** How much it counts, thousandths of all that counts; where that is told. */
  readonly share_permille?: number | null | undefined;
}

/** A step with its place on a scale from 0 to 1: where the sum stood before it, and where it stands after. */
export interface Rung extends Step {
  readonly from: number;
  readonly to: number;
}

/** A price, the steps from it and where they lead, on one scale. */
export interface Ladder {
  readonly rungs: readonly Rung[];
  /** Places of the price and of the fair price. */
  readonly price: number;
  readonly fair: number;
  /** Place of the span in which the fair price lies, where it is told. */
  readonly span: readonly [low: number, high: number] | undefined;
  /** What the steps leave unexplained, minor units: 0 as a rule, and shown as a step of its own where it is not. */
  readonly rest: number;
}

/** What is explained: a price, a fair price, and how one becomes the other. */
export interface Explained {
  readonly price: Money;
  readonly fair: Money;
  readonly steps: readonly Step[];
  readonly span?: { readonly low: Money; readonly high: Money } | undefined;
}

/** Sets price, steps and fair price on one scale. It begins at the smallest of them, not at 0: what matters is the way between. */
export function ladderOf({ price, fair, steps, span }: Explained): Ladder {
  let sum = price.amount_minor;
  const sums = steps.map(({ amount }) => (sum += amount.amount_minor));
  const marks = [price.amount_minor, fair.amount_minor, ...sums, ...(span ? [span.low.amount_minor, span.high.amount_minor] : [])];
  const low = Math.min(...marks);
  const width = Math.max(...marks) - low || 1;
  const place = (minor: number) => (minor - low) / width;
  return {
    rungs: steps.map((step, index) => ({ ...step, from: place(sums[index - 1] ?? price.amount_minor), to: place(sums[index] ?? price.amount_minor) })),
    price: place(price.amount_minor),
    fair: place(fair.amount_minor),
    span: span && [place(span.low.amount_minor), place(span.high.amount_minor)],
    rest: fair.amount_minor - sum,
  };
}
