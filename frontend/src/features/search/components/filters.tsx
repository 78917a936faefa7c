import Form from 'next/form';
import { Field } from '#components/field.tsx';
import form from '#components/filter-form.module.css';
import { SiteLink } from '#components/site-link.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import type { Facets } from '#lib/api/types.ts';
import { MARKETS, marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { formatMonth } from '#lib/time.ts';
import { bandAmounts, changed, mistakes, searchParams, type SearchState } from '../query.ts';
import { NearMe } from './near-me.tsx';
import styles from './filters.module.css';

/** Everything that narrows a search: a form for what is typed, links with counts for what is chosen. No script is needed. */
export function Filters({ state, facets }: { state: SearchState; facets: Facets | undefined }) {
  const wrong = mistakes(state);
  const typed = ['city', 'from', 'to', 'max', 'min', 'markets'];
  const rest = searchParams(changed(state, {})).filter(([name]) => !typed.includes(name));
  const count = new Map(facets?.markets.map(({ value, count }) => [value, count]));
  return (
    <div className={styles.filters}>
      <Form action={paths.search()} className={form.form} aria-label="Narrow the search">
        {rest.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <Field id="filter-city" name="city" label="City" defaultValue={state.city} maxLength={100} autoComplete="off" />
        <div className={form.pair}>
          <Field id="filter-from" name="from" label="From" type="date" defaultValue={state.from} error={wrong.from} />
          <Field id="filter-to" name="to" label="To" type="date" defaultValue={state.to} error={wrong.to} />
        </div>
        <Field id="filter-max" name="max" label="Most you would pay, all-in ($)" inputMode="decimal" defaultValue={state.max} maxLength={12} autoComplete="off" error={wrong.max} />
        <fieldset className={form.markets}>
          <legend>Markets</legend>
          {MARKETS.map((market) => (
            <label key={market}>
              <input type="checkbox" name="markets" value={market} defaultChecked={state.markets.includes(market)} />
              <span>{marketName(market)}</span>
              {count.has(market) ? <span className={styles.count}>{count.get(market)?.toLocaleString('en-US')}</span> : null}
            </label>
          ))}
        </fieldset>
        <SubmitButton busy="Searching…" tone="quiet">
          Apply
        </SubmitButton>
      </Form>
      <NearMe keep={searchParams(changed(state, { near: undefined, km: undefined, city: undefined }))} />
      {facets === undefined ? null : <FacetLinks state={state} facets={facets} />}
    </div>
  );
}

function FacetLinks({ state, facets }: { state: SearchState; facets: Facets }) {
  const link = (change: Parameters<typeof changed>[1]) => paths.search(searchParams(changed(state, change)));
  const groups = [
    { title: 'City', isSet: state.city, values: facets.cities.map(({ value, label, count }) => ({ key: value, label, count, href: link({ city: value }) })) },
    { title: 'Kind', isSet: state.genre, values: facets.genres.map(({ value, label, count }) => ({ key: value, label: capital(label), count, href: link({ genre: value }) })) },
    { title: 'Month', isSet: state.month, values: facets.months.map(({ value, count }) => ({ key: value, label: formatMonth(value), count, href: link({ month: value }) })) },
    {
      title: 'All-in price from',
      isSet: state.max ?? state.min,
      values: facets.prices.map((band) => ({ key: String(band.from_minor), label: bandInWords(band), count: band.count, href: link(bandAmounts(band)) })),
    },
  ].filter(({ isSet, values }) => !isSet && values.length > 1);
  if (groups.length === 0) return null;
  return (
    <nav aria-label="Narrow by" className={styles.groups}>
      {groups.map(({ title, values }) => (
        <details key={title} className={styles.group} open={title === 'City' || title === 'Kind'}>
          <summary>{title}</summary>
          <ul>
            {values.slice(0, 12).map(({ key, label, count, href }) => (
              <li key={key}>
                <SiteLink href={href}>
                  <span>{label}</span> <span className={styles.count}>{count.toLocaleString('en-US')}</span>
                </SiteLink>
              </li>
            ))}
          </ul>
        </details>
      ))}
      {facets.complete ? null : <p className={styles.hint}>Counted over the first {facets.facets_of.toLocaleString('en-US')} events.</p>}
    </nav>
  );
}

function bandInWords({ from_minor, to_minor, currency }: Facets['prices'][number]): string {
  const from = formatMoney({ amount_minor: from_minor, currency });
  if (to_minor == null) return `${from} and more`;
  return from_minor === 0 ? `Up to ${formatMoney({ amount_minor: to_minor, currency })}` : `${from} to ${formatMoney({ amount_minor: to_minor, currency })}`;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
