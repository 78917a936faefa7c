import Form from 'next/form';
import { Field } from '#components/field.tsx';
import styles from '#components/filter-form.module.css';
import { Select } from '#components/select.tsx';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import type { Facets } from '#lib/api/types.ts';
import { MARKETS, marketName } from '#lib/markets.ts';
import { dealMistakes, type DealsState, LEAST_SCORES, USUAL_LEAST_SCORE } from '../query.ts';

/** Everything that narrows the deals. A plain form: no script is needed. */
export function DealFilters({ state, facets }: { state: DealsState; facets: Facets | undefined }) {
  const wrong = dealMistakes(state);
  const named = (values: Facets['cities'] | undefined) => (values ?? []).map(({ value, label }) => ({ value, label: label.charAt(0).toUpperCase() + label.slice(1) }));
  return (
    <Form action={paths.deals()} className={styles.form} aria-label="Narrow the deals">
      {state.sort ? <input type="hidden" name="sort" value={state.sort} /> : null}
      <Select id="deal-city" name="city" label="City" any="Any city" options={named(facets?.cities)} value={state.city} />
      <Select id="deal-genre" name="genre" label="Kind" any="Any kind" options={named(facets?.genres)} value={state.genre} />
      <div className={styles.pair}>
        <Field id="deal-from" name="from" label="From" type="date" defaultValue={state.from} error={wrong.from} />
        <Field id="deal-to" name="to" label="To" type="date" defaultValue={state.to} error={wrong.to} />
      </div>
      <Field id="deal-max" name="max" label="Most you would pay, all-in ($)" inputMode="decimal" defaultValue={state.max} maxLength={12} autoComplete="off" error={wrong.max} />
      <Select id="deal-market" name="market" label="Market" any="Any market" options={MARKETS.map((market) => ({ value: market, label: marketName(market) }))} value={state.market} />
      <Select id="deal-min" name="min" label="Score" any={`Fairly priced or better (${USUAL_LEAST_SCORE})`} options={LEAST_SCORES} value={state.min} />
      <SubmitButton busy="Looking…" tone="quiet">
        Apply
      </SubmitButton>
    </Form>
  );
}
