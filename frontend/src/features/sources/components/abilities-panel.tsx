import type { SourceHealth } from '#lib/api/types.ts';
import { abilitiesInWords, basesInWords, pricesInWords } from '../health-words.ts';
import styles from './abilities-panel.module.css';

/** What a source can do, within which limits, and what we may do with what it says. */
export function AbilitiesPanel({ source }: { source: SourceHealth }) {
  const { can, cannot } = abilitiesInWords(source);
  const { capabilities } = source;
  return (
    <div className={styles.panel}>
      {can.length > 0 ? <Abilities title="It lets us" items={can} mark="✓" /> : null}
      {cannot.length > 0 ? <Abilities title="It does not let us" items={cannot} mark="–" /> : null}
      <dl className={styles.facts}>
        <Fact name="Prices" value={pricesInWords(capabilities?.prices)} />
        <Fact name="What they include" value={basesInWords(capabilities?.fee_basis)} />
        {capabilities?.limits ? <Fact name="Its limits" value={capabilities.limits} /> : null}
        <Fact name="Terms" value={source.terms} />
        {capabilities?.attribution ? <Fact name="To be named" value={capabilities.attribution} /> : null}
        {capabilities?.retention ? <Fact name="How long it may be kept" value={capabilities.retention} /> : null}
      </dl>
    </div>
  );
}

function Abilities({ title, items, mark }: { title: string; items: readonly string[]; mark: string }) {
  return (
    <div>
      <h3 className={styles.title}>{title}</h3>
      <ul>
        {items.map((item) => (
          <li key={item}>
            <span aria-hidden="true">{mark}</span> {item}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
