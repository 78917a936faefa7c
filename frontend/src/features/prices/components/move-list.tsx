import { Unfold } from '#components/unfold.tsx';
import type { PriceMove } from '#lib/api/types.ts';
import { signedPercent } from '#lib/difference.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { formatInstant } from '#lib/time.ts';
import { basisInWords } from '#lib/words.ts';
import styles from './move-list.module.css';

/** Changes of level that two sights in a row bore out; what was seen stands behind each. */
export function MoveList({ moves, timeZone }: { moves: readonly PriceMove[]; timeZone: string }) {
  if (moves.length === 0) return <p className="muted">No confirmed move yet: a price has to change and be seen at its new level twice.</p>;
  return (
    <ol className={styles.moves}>
      {moves.map((move) => (
        <li key={move.id} className={styles.move} data-way={move.new.amount_minor < move.old.amount_minor ? 'down' : 'up'}>
          <p className={styles.change}>{signedPercent(move.percent_hundredths)}</p>
          <div className={styles.what}>
            <p>
              {move.new.amount_minor < move.old.amount_minor ? 'Fell' : 'Rose'} from {formatMoney(move.old)} to <strong>{formatMoney(move.new)}</strong> on {marketName(move.market)}, {basisInWords(move.basis)}
              {move.lowest_ever ? <span className={styles.lowest}>Lowest ever then</span> : null}
            </p>
            <Evidence move={move} timeZone={timeZone} />
          </div>
          <p className={styles.when}>
            <time dateTime={move.confirmed_at}>{formatInstant(Date.parse(move.confirmed_at), timeZone)}</time>
          </p>
        </li>
      ))}
    </ol>
  );
}

function Evidence({ move: { evidence, within_band, old }, timeZone }: { move: PriceMove; timeZone: string }) {
  const at = (instant: string) => formatInstant(Date.parse(instant), timeZone);
  return (
    <Unfold title="What was seen">
      <ul>
        {evidence.before ? (
          <li>
            {at(evidence.before.at)}: {formatMoney(evidence.before.price)}, still the level before
          </li>
        ) : null}
        {evidence.sights.map((sight, index) => (
          <li key={sight.at}>
            {at(sight.at)}: {formatMoney(sight.price)}, {index === 0 && evidence.sights.length > 1 ? 'the new level' : 'which confirms it'}
          </li>
        ))}
      </ul>
      <p>
        Prices within {formatMoney({ ...old, amount_minor: evidence.band_minor })} of each other count as one level.
        {evidence.polls > 2 ? ` Asked ${evidence.polls} times in between: something odd was seen and not believed.` : ''}
        {within_band ? ' Smaller than that, and told only because it is a new low.' : ''}
      </p>
    </Unfold>
  );
}
