import { Chips } from '#components/chips.tsx';
import { paths } from '#config/paths.ts';
import { marketName } from '#lib/markets.ts';
import { formatMonth } from '#lib/time.ts';
import { changed, isNarrowed, searchParams, type SearchState } from '../query.ts';

/** What narrows the search now; each can be taken away alone. */
export function ActiveFilters({ state, venue }: { state: SearchState; venue: string | undefined }) {
  if (!isNarrowed(state)) return null;
  const { performer, venue: venueId, city, genre, month, near, km, from, to, min, max, markets } = state;
  const chips: [string | undefined, string, Parameters<typeof changed>[1]][] = [
    [performer, performer ?? '', { performer: undefined }],
    [venueId, venue ?? 'One venue', { venue: undefined }],
    [city, city ?? '', { city: undefined }],
    [near, `Within ${km ?? 50} km of you`, { near: undefined, km: undefined }],
    [genre, genre ?? '', { genre: undefined }],
    [month, formatMonth(month ?? ''), { month: undefined }],
    [from, `From ${from}`, { from: undefined }],
    [to, `Until ${to}`, { to: undefined }],
    [min ?? max, priceInWords(min, max), { min: undefined, max: undefined }],
    ...markets.map((market): [string, string, Parameters<typeof changed>[1]] => [market, marketName(market), { markets: markets.filter((one) => one !== market) }]),
  ];
  const set = chips.filter(([isSet]) => isSet).map(([, label, without]) => ({ label, href: paths.search(searchParams(changed(state, without))) }));
  return <Chips name="What narrows the search" chips={set} />;
}

function priceInWords(min: string | undefined, max: string | undefined): string {
  if (min && max) return `$${min} to $${max} all-in`;
  return min ? `$${min} and more all-in` : `Up to $${max} all-in`;
}
