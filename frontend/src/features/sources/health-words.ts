import type { SourceHealth } from '#lib/api/types.ts';
import { basisInWords } from '#lib/words.ts';

/** Whether a source does its work, as a sentence. */
export function stateInWords({ state, consecutive_failures, last_failure }: SourceHealth): string {
  const cause = last_failure ? ` (${last_failure.replaceAll('_', ' ')})` : '';
  switch (state) {
    case 'ok':
      return 'Answers well';
    case 'degraded':
      return `Its last answer failed${cause}`;
    case 'failing':
      return `Has failed ${consecutive_failures} times in a row${cause}`;
    case 'waiting':
      return 'Not asked yet';
    case 'off':
      return 'Not set up here: enter its keys to connect it';
  }
}

/** Whether a source that failed is being asked. */
export function breakerInWords(breaker: SourceHealth['breaker']): string {
  switch (breaker) {
    case 'open':
      return 'Left alone for a while after failures';
    case 'half_open':
      return 'One call is trying whether it is well again';
    default:
      return 'Asked as planned';
  }
}

/** A length of time in the fewest words: "1 s", "24 h". */
export function windowInWords(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? 'day' : `${seconds / 86_400} days`;
  if (seconds % 3600 === 0) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
  return seconds === 1 ? 'second' : `${seconds} seconds`;
}

/** Thousandths as people read them: "0.4 %". */
export function permilleInWords(permille: number): string {
  return `${(permille / 10).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

/** What a source can do and what it cannot, each as a line. */
export function abilitiesInWords({ capabilities }: SourceHealth): { can: string[]; cannot: string[] } {
  if (!capabilities) return { can: [], cannot: [] };
  const facts: [boolean | undefined, string][] = [
    [capabilities.search, 'search its catalogue by place and date'],
    [capabilities.by_id, 'read one event anew'],
    [capabilities.updates, 'say what changed since we last asked'],
    [capabilities.listings, 'read single listings with section and row'],
    [capabilities.push !== undefined && capabilities.push !== 'none', capabilities.push === 'signed' ? 'push signed offers to us' : 'tell us by itself that something changed'],
  ];
  return { can: facts.filter(([is]) => is).map(([, text]) => text), cannot: facts.filter(([is]) => !is).map(([, text]) => text) };
}

/** Whether prices come with an ordinary key. */
export function pricesInWords(prices: string | undefined): string {
  switch (prices) {
    case 'stated':
      return 'Stated';
    case 'sometimes':
      return 'Stated for some events';
    case 'restricted':
      return 'Only with special access';
    default:
      return prices ?? 'Not known';
  }
}

/** The bases its prices come in. */
export function basesInWords(bases: readonly string[] | undefined): string {
  return bases && bases.length > 0 ? bases.map(basisInWords).join('; ') : 'Not known';
}
