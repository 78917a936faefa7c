import type { Price as PriceValue } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { absenceInWords, basisInWords } from '#lib/words.ts';
import styles from './price.module.css';

/** A price as its market states it, with what it includes; or the reason why there is none. */
export function Price({ price, size = 'row' }: { price: PriceValue; size?: 'row' | 'stub' | 'headline' }) {
  if (price.kind === 'absent') return <span className={styles.absent}>{absenceInWords(price.reason)}</span>;
  return (
    <span className={styles.price} data-size={size}>
      <span className={styles.amount}>{formatMoney(price)}</span> <span className={styles.basis}>{basisInWords(price.basis)}</span>
    </span>
  );
}
