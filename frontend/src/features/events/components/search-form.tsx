import Form from 'next/form';
import { SubmitButton } from '#components/submit-button.tsx';
import { paths } from '#config/paths.ts';
import styles from './search-form.module.css';

/** Finds events by name, performer, venue or city. A plain GET form: it works before and without any script. */
export function SearchForm({ query, id = 'search' }: { query?: string | undefined; id?: string }) {
  return (
    <Form action={paths.search()} role="search" className={styles.form}>
      <label htmlFor={id} className={styles.label}>
        Find an event
      </label>
      <input
        id={id}
        className={styles.input}
        type="search"
        name="q"
        key={query}
        defaultValue={query}
        placeholder="Artist, team or venue"
        autoComplete="off"
        maxLength={100}
      />
      <SubmitButton busy="Searching…">Search</SubmitButton>
    </Form>
  );
}
