import { MoneyLadder } from '#components/money-ladder.tsx';
import { Score } from '#components/score.tsx';
import type { Score as ScoreValue } from '#lib/api/types.ts';
import { shareOf } from '#lib/difference.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { basisInWords } from '#lib/words.ts';
import { gapInWords, shareOfPrice, unknownInWords } from '../score-words.ts';
import styles from './score-panel.module.css';

/** How good the cheapest price is and why, in money that adds up; how far it may be off, and what was not known. */
export function ScorePanel({ score }: { score: ScoreValue }) {
  const { uncertainty } = score;
  const held = shareOfPrice(score);
  const isEstimate = score.all_in != null && score.all_in.kind !== 'exact';
  return (
    <div className={styles.panel}>
      <div className={styles.verdict}>
        <Score score={score} size="large" />
        <p className={styles.gap}>{gapInWords(score)}</p>
        <p className="muted">
          The cheapest ticket is on {marketName(score.market)} for {isEstimate ? 'about ' : ''}
          {formatMoney(score.price)}, {isEstimate ? 'fees estimated' : basisInWords(score.basis)}.
        </p>
        {uncertainty ? (
          <p>
            Four times in five the fair price lies between <strong>{formatMoney(uncertainty.fair_low)}</strong> and <strong>{formatMoney(uncertainty.fair_high)}</strong>: a score of{' '}
            {uncertainty.value_low === uncertainty.value_high ? uncertainty.value_low : `${uncertainty.value_low} to ${uncertainty.value_high}`}.
          </p>
        ) : null}
      </div>
      <MoneyLadder
        explained={{ price: score.price, fair: score.fair_price, steps: score.reasons, span: uncertainty ? { low: uncertainty.fair_low, high: uncertainty.fair_high } : undefined }}
        names={{ price: 'Price now', fair: 'Fair price' }}
      />
      <div className={styles.limits}>
        {held === undefined ? null : (
          <p>
            How the sum goes: each reason moves the price towards the amount it names, by the share it counts of the way there. The price as it stands counts {shareOf(held)}, so that little
            evidence moves little.
          </p>
        )}
        <p>{confidenceInWords(score.confidence)}</p>
        {score.unknown.length === 0 ? null : (
          <>
            <p>What it did not know:</p>
            <ul>
              {score.unknown.map((unknown) => (
                <li key={unknown}>{unknownInWords(unknown)}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

function confidenceInWords(confidence: ScoreValue['confidence']): string {
  switch (confidence) {
    case 'high':
      return 'What it rests on is plenty and agrees.';
    case 'medium':
      return 'It rests on some history, other markets or events like it.';
    case 'low':
      return 'What it is compared with is little, or disagrees: take it as a first guess.';
  }
}
