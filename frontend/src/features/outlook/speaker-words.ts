import type { Speaker } from '#lib/api/types.ts';
import { formatDate } from '#lib/time.ts';

/** Who made the outlook, in a sentence. */
export function speakerInWords({ kind, version, fitted_at }: Speaker): string {
  const learned = fitted_at ? `, learned from prices up to ${formatDate(fitted_at.slice(0, 10))}` : '';
  switch (kind) {
    case 'trained':
      return `Told by our trained model${version ? ` ${version}` : ''}${learned}.`;
    case 'previous':
      return `Told by the model that was in service before${version ? ` (${version})` : ''}${learned}.`;
    case 'past_rates':
      return 'Told by how often our own prices fell in the past: no trained model could speak.';
    case 'none':
      return 'No model spoke.';
  }
}

/** Where what it learned from comes from, when that matters. */
export function originInWords({ data }: Speaker): string | undefined {
  return data === 'invented' ? 'It learned from invented prices of the simulated market, so it says nothing of real markets.' : undefined;
}
