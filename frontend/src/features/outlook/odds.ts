/** A chance in the fewest honest words: "3 in 10", "1 in 20", "under 1 in 100". Thousandths in. */
export function oddsInWords(permille: number): string {
  if (permille < 10) return 'under 1 in 100';
  if (permille > 990) return 'over 99 in 100';
  if (permille < 75) return `${Math.round(permille / 10)} in 100`;
  if (permille > 925) return `${Math.round(permille / 10)} in 100`;
  return `${Math.round(permille / 100)} in 10`;
}

/** What such a chance is called. */
export function likelihoodInWords(permille: number): string {
  if (permille < 75) return 'very unlikely';
  if (permille < 250) return 'unlikely';
  if (permille < 450) return 'possible, but more likely not';
  if (permille <= 550) return 'about even';
  if (permille <= 750) return 'more likely than not';
  if (permille <= 925) return 'likely';
  return 'very likely';
}

/** How many of ten marks are filled for a chance. */
export function marksOfTen(permille: number): number {
  return Math.round(permille / 100);
}

/** A span of hours as people say it: "a day", "3 days", "a week". */
export function aheadInWords(hours: number): string {
  switch (hours) {
    case 24:
      return 'a day';
    case 168:
      return 'a week';
    default:
      return hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`;
  }
}
