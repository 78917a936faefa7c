import type { SourceFees } from '#lib/api/types.ts';
import { formatDate } from '#lib/time.ts';
import { feesInWords, modelInWords } from '../fee-words.ts';
import styles from './plan-panel.module.css';

const SHOWN = 20;

/** What a source's fees come to, with error bar, number and date; venues that differ on their own. */
export function FeesPanel({ fees }: { fees: SourceFees }) {
  return (
    <div className="stack">
      <p>{feesInWords(fees)}</p>
      {fees.venues.length === 0 ? null : (
        <div className={styles.scroll} role="region" aria-label="Fees by venue" tabIndex={0}>
          <table className={styles.table}>
            <caption className="visually-hidden">Fees by venue</caption>
            <thead>
              <tr>
                <th scope="col">Venue</th>
                <th scope="col">Fees on top</th>
                <th scope="col" className={styles.number}>
                  Tickets
                </th>
                <th scope="col" className={styles.number}>
                  Up to
                </th>
              </tr>
            </thead>
            <tbody>
              {fees.venues.slice(0, SHOWN).map(({ venue_id, name, model }) => (
                <tr key={venue_id}>
                  <th scope="row">{name}</th>
                  <td className="figure">{modelInWords(model)}</td>
                  <td className={`figure ${styles.number}`}>{model.count.toLocaleString('en-US')}</td>
                  <td className={`figure ${styles.number}`}>{formatDate(model.as_of)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
