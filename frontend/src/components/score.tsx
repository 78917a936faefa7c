import type { Score as ScoreValue } from '#lib/api/types.ts';
import { bandInWords } from '#lib/words.ts';
import styles from './score.module.css';

const SEGMENTS = [0, 20, 40, 60, 80];

/** A deal score: the number, what it says in words, and five marks that only repeat it. */
export function Score({ score: { value, band }, size = 'small' }: { score: Pick<ScoreValue, 'value' | 'band'>; size?: 'small' | 'large' }) {
  return (
    <span className={styles.score} data-size={size}>
      <span className={styles.number}>
        <span className="visually-hidden">Deal score </span>
        {value}
        <span className={styles.outOf}>/100</span>
      </span>
      <span className={styles.words}>{bandInWords(band)}</span>
      <svg className={styles.marks} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {SEGMENTS.map((from) => (
          <rect key={from} className={value > from ? styles.on : styles.off} x={from} width="18.5" height="6" />
        ))}
      </svg>
    </span>
  );
}
