import styles from './field.module.css';

/** A labelled choice from a list, the first of which asks for nothing. */
export function Select({ id, name, label, any, options, value }: { id: string; name: string; label: string; any: string; options: readonly { readonly value: string; readonly label: string }[]; value: string | undefined }) {
  const given = value === undefined || options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} defaultValue={value ?? ''}>
        <option value="">{any}</option>
        {given.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
