/** What a stated price includes, in words short enough to stand beside it. */
export function basisInWords(basis: string): string {
  switch (basis) {
    case 'all_in':
      return 'all-in, fees included';
    case 'before_fees':
      return 'before fees';
    default:
      return 'as quoted, fees not stated';
  }
}

/** What amounts include, as an answer tells of them; one of an older Worker may not. */
export interface Includes {
  readonly basis?: string | null | undefined;
  /** Some are worked out from what a market stated without all fees. */
  readonly estimated?: boolean | undefined;
}

/** The same in words. */
export function includesInWords({ basis, estimated }: Includes): string {
  if (!basis) return 'as quoted, with or without fees';
  return basis === 'all_in' && estimated ? 'all-in, fees estimated' : basisInWords(basis);
}

/** Why a market states no price, in words. */
export function absenceInWords(reason: string): string {
  switch (reason) {
    case 'restricted':
      return 'Shown only to its own customers';
    case 'not_on_sale':
      return 'Not on sale';
    case 'sold_out':
      return 'Sold out';
    case 'free':
      return 'Free or by donation';
    default:
      return 'No price stated';
  }
}

/** A deal score's band, in words. */
export function bandInWords(band: string): string {
  switch (band) {
    case 'amazing':
      return 'Amazing price';
    case 'great':
      return 'Great price';
    case 'good':
      return 'Good price';
    case 'fair':
      return 'Fair price';
    case 'poor':
      return 'Dear: wait if you can';
    default:
      return 'out of a hundred';
  }
}

/** Where an event stands, when that is worth saying. */
export function statusInWords(status: string): string | undefined {
  const words: Readonly<Record<string, string>> = {
    scheduled: 'Not on sale yet',
    offsale: 'Sales closed',
    postponed: 'Postponed',
    rescheduled: 'New date',
    cancelled: 'Cancelled',
    contingent: 'If necessary',
    relocated: 'New venue',
    ended: 'Over',
  };
  return words[status];
}
