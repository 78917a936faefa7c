import { Score } from '#components/score.tsx';
import type { Score as ScoreValue } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { basisInWords } from '#lib/words.ts';
import styles from './score-panel.module.css';

/** How good the cheapest price is and why, in money; the reasons add up. */
export function ScorePanel({ score }: { score: ScoreValue }) {
  const gaps = score.unknown.map(unknownInWords);
  return (
    <div className={styles.panel}>
      <Score score={score} size="large" />
      <p>
        {formatMoney(score.price)} on {marketName(score.market)} ({basisInWords(score.basis)}). The evidence puts a fair price at{' '}
        <strong className="figure">{formatMoney(score.fair_price)}</strong>.
      </p>
      {score.reasons.length === 0 ? null : (
        <ul className={styles.reasons}>
          {score.reasons.map((reason) => (
            <li key={reason.code}>
              <span className={styles.amount}>{signed(reason.amount)}</span>
              <span>
                {reason.text} <span className="muted">({signedPoints(reason.points)})</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="small muted">
        {confidenceInWords(score.confidence)}
        {gaps.length === 0 ? '' : ` Not known: ${gaps.join('; ')}.`}
      </p>
    </div>
  );
}

/** What a reason adds to (+) or takes from (−) the worth of the ticket beyond its price. */
function signed(money: { amount_minor: number; currency: string }): string {
  const text = formatMoney({ ...money, amount_minor: Math.abs(money.amount_minor) });
  return `${money.amount_minor < 0 ? '−' : '+'}${text}`;
}

function signedPoints(points: number): string {
  return `${points < 0 ? '−' : '+'}${Math.abs(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
}

function confidenceInWords(confidence: ScoreValue['confidence']): string {
  switch (confidence) {
    case 'high':
      return 'It rests on weeks of history and on other markets.';
    case 'medium':
      return 'It rests on some history or on other markets.';
    case 'low':
      return 'It rests on very little so far.';
  }
}

function unknownInWords(unknown: ScoreValue['unknown'][number]): string {
  switch (unknown) {
    case 'short_history':
      return 'how the price ran before this week';
    case 'no_other_market':
      return 'what another market asks';
    case 'other_markets_not_comparable':
      return 'what others ask on the same terms';
    case 'fees_not_included':
      return 'the fees on top';
    case 'start_time':
      return 'when it starts';
  }
}
