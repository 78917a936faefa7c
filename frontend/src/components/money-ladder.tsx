import { formatMoney } from '#lib/money.ts';
import { shareOf, signedMoney, signedPoints } from '#lib/difference.ts';
import { type Explained, ladderOf } from '#lib/ladder.ts';
import { sentence } from '#lib/sentence.ts';
import styles from './money-ladder.module.css';

/** A bar is drawn in a box of this width and stretched to the column. */
const WIDE = 1_000;

/** From the price to the fair price, reason by reason; the amounts add up, and a bar beside each shows the same. */
export function MoneyLadder({ explained, names }: { explained: Explained; names: { price: string; fair: string } }) {
  const { rungs, price, fair, span, rest } = ladderOf(explained);
  return (
    <table className={styles.ladder}>
      <caption className="visually-hidden">
        {names.price}, and what each reason adds or takes away, down to {names.fair.toLowerCase()}
      </caption>
      <tbody>
        <tr className={styles.end}>
          <th scope="row">
            {names.price}
            <Bar mark={price} />
          </th>
          <td>{formatMoney(explained.price)}</td>
        </tr>
        {rungs.map(({ code, text, amount, points, share_permille: share, from, to }) => (
          <tr key={code} data-way={amount.amount_minor < 0 ? 'down' : amount.amount_minor > 0 ? 'up' : 'level'}>
            <th scope="row">
              {sentence(text)}
              {share == null ? null : <span className={styles.counts}>counts {shareOf(share)}</span>}
              <Bar from={from} to={to} />
            </th>
            <td>
              {signedMoney(amount)}
              <span className={styles.points}>{signedPoints(points)}</span>
            </td>
          </tr>
        ))}
        {rest === 0 ? null : (
          <tr data-way={rest < 0 ? 'down' : 'up'}>
            <th scope="row">Not explained above</th>
            <td>{signedMoney({ ...explained.fair, amount_minor: rest })}</td>
          </tr>
        )}
        <tr className={styles.end} data-sum>
          <th scope="row">
            {names.fair}
            <Bar mark={fair} span={span} />
          </th>
          <td>
            <span className="visually-hidden">adds up to </span>
            {formatMoney(explained.fair)}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** One row's bar: a mark where an amount stands, or the stretch by which a reason moves it. */
function Bar({ mark, from, to, span }: { mark?: number; from?: number; to?: number; span?: readonly [number, number] | undefined }) {
  const stretch = from === undefined || to === undefined ? undefined : { x: Math.min(from, to) * WIDE, width: Math.max(Math.abs(to - from) * WIDE, 3) };
  return (
    <svg className={styles.bar} viewBox={`-6 0 ${WIDE + 12} 10`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className={styles.track} x="-6" y="4.5" width={WIDE + 12} height="1" />
      {span === undefined ? null : <rect className={styles.span} x={span[0] * WIDE} y="1" width={Math.max((span[1] - span[0]) * WIDE, 3)} height="8" />}
      {stretch === undefined ? null : <rect className={styles.stretch} {...stretch} y="1" height="8" />}
      {mark === undefined ? null : <rect className={styles.mark} x={mark * WIDE - 5} y="0" width="10" height="10" />}
    </svg>
  );
}
