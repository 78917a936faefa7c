import type { AllIn, Price as PriceValue } from '#lib/api/types.ts';
import { estimateInWords, estimateSource, rangeInWords } from '#lib/all-in.ts';
import { formatMoney } from '#lib/money.ts';
import { absenceInWords, basisInWords } from '#lib/words.ts';
import styles from './price.module.css';
import { Unfold } from './unfold.tsx';

type Size = 'row' | 'stub' | 'headline';

/**
 * What a ticket comes to with fees, first and largest; an estimate is marked and says how it came about. What the market
 * quotes stands beside it. Without an all-in price the quote stands alone and says what it includes.
 */
export function Price({ allIn, price, size = 'row', explain = false }: { allIn: AllIn | null | undefined; price: PriceValue; size?: Size; explain?: boolean }) {
  if (price.kind === 'absent') return <span className={styles.absent}>{absenceInWords(price.reason)}</span>;
  if (!allIn) return <Figure amount={formatMoney(price)} words={basisInWords(price.basis)} size={size} />;
  const isExact = allIn.kind === 'exact';
  const quoted = price.amount_minor === allIn.amount_minor ? undefined : `${formatMoney(price)} ${basisInWords(price.basis)}`;
  return (
    <span className={styles.price} data-size={size} data-kind={allIn.kind}>
      <span className={styles.amount}>
        {isExact ? null : <abbr title="estimated">≈</abbr>}
        {formatMoney(allIn)}
      </span>{' '}
      <span className={styles.words}>{estimateInWords(allIn)}</span>
      {quoted === undefined ? null : <span className={styles.quoted}>{quoted}</span>}
      {isExact || !explain ? null : (
        <Unfold title="How sure?">
          <span className={styles.explanation}>
            {rangeInWords(allIn)} {estimateSource(allIn)}
          </span>
        </Unfold>
      )}
    </span>
  );
}

function Figure({ amount, words, size }: { amount: string; words: string; size: Size }) {
  return (
    <span className={styles.price} data-size={size}>
      <span className={styles.amount}>{amount}</span> <span className={styles.words}>{words}</span>
    </span>
  );
}
