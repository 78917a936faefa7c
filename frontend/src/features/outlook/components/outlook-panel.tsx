import { Unfold } from '#components/unfold.tsx';
import type { EventOutlook } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { sentence } from '#lib/sentence.ts';
import { includesInWords } from '#lib/words.ts';
import { originInWords, speakerInWords } from '../speaker-words.ts';
import { AdvicePanel } from './advice-panel.tsx';
import { OddsTable } from './odds-table.tsx';
import styles from './outlook-panel.module.css';

/** Where the price may go: advice, chances, what moved them, what they mean, and who says so. */
export function OutlookPanel({ analysis: { advice, outlook, score: { score } }, timeZone }: { analysis: EventOutlook; timeZone: string }) {
  const { price, basis, market, drivers, meaning, not_meant: notMeant, model, evidence } = outlook;
  const origin = originInWords(model);
  // It is the scored price, as far as both are known: whether that is an estimate, the score says.
  const estimated = score?.all_in != null && score.all_in.kind !== 'exact' && score.price.amount_minor === price?.amount_minor;
  return (
    <div className={styles.panel}>
      <AdvicePanel part={advice} timeZone={timeZone} />
      {price ? (
        <p className={styles.about}>
          What follows is about the price of <strong>{formatMoney(price)}</strong>
          {market ? ` on ${marketName(market)}` : ''}, {includesInWords({ basis, estimated })}.
        </p>
      ) : null}
      <OddsTable outlook={outlook} timeZone={timeZone} />
      {drivers.length === 0 ? null : (
        <div>
          <h3 className={styles.title}>What makes a fall more or less likely here</h3>
          <ul className={styles.drivers}>
            {drivers.map(({ code, text, permille }) => (
              <li key={code}>
                <span className={styles.push} data-way={permille < 0 ? 'down' : 'up'}>
                  {permille < 0 ? 'Less likely' : 'More likely'}
                </span>
                {sentence(text)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className={styles.who}>
        <p>
          {speakerInWords(model)} {model.note} {sentence(evidence.why)}
        </p>
        {origin === undefined ? null : <p>{origin}</p>}
      </div>
      {meaning.length + notMeant.length === 0 ? null : (
        <Unfold title="How to read this">
          <ul className={styles.reading}>
            {meaning.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {notMeant.length === 0 ? null : (
            <>
              <p className={styles.title}>What it does not say</p>
              <ul className={styles.reading}>
                {notMeant.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </>
          )}
        </Unfold>
      )}
    </div>
  );
}
