import type { RiskPart, SpreadPart, SupplyPart } from '#lib/api/types.ts';
import { percentOf, signedPercent } from '#lib/difference.ts';
import { marketName } from '#lib/markets.ts';
import { formatMoney } from '#lib/money.ts';
import { sentence } from '#lib/sentence.ts';
import styles from './market-facts.module.css';

const RISKS: Readonly<Record<RiskPart['level'], string>> = { low: 'Low', medium: 'Medium', high: 'High', unknown: 'Not known' };

/** How much is left, how far the markets are apart and how restless the price is. */
export function MarketFacts({ supply, spread, risk }: { supply: SupplyPart; spread: SpreadPart; risk: RiskPart }) {
  return (
    <dl className={styles.facts}>
      <div data-few={supply.few_left || undefined}>
        <dt>On sale</dt>
        <dd className={styles.headline}>{supplyHeadline(supply)}</dd>
        <dd>{sentence(supply.text)}</dd>
        {weekInWords(supply) === '' ? null : <dd className={styles.detail}>{weekInWords(supply)}</dd>}
      </div>
      <div>
        <dt>Markets apart by</dt>
        <dd className={styles.headline}>{spread.spread_percent_hundredths == null ? 'Not known' : percentOf(spread.spread_percent_hundredths)}</dd>
        <dd>{spreadInWords(spread)}</dd>
        {spread.not_comparable > 0 ? <dd className={styles.detail}>{spread.not_comparable} left out: another currency, or other fees.</dd> : null}
      </div>
      <div>
        <dt>Risk of a rise</dt>
        <dd className={styles.headline}>{RISKS[risk.level] ?? risk.level}</dd>
        {risk.notes.map((note) => (
          <dd key={note}>{sentence(note)}</dd>
        ))}
      </div>
    </dl>
  );
}

function supplyHeadline({ few_left, trend, tickets, listings }: SupplyPart): string {
  const count = tickets != null ? `${tickets.toLocaleString('en-US')} tickets` : listings != null ? `${listings.toLocaleString('en-US')} listings` : undefined;
  if (few_left) return count === undefined ? 'Few left' : `Few left: ${count}`;
  if (count === undefined) return 'Not known';
  return trend === 'falling' ? `${count}, getting fewer` : trend === 'rising' ? `${count}, getting more` : count;
}

/** How the listings changed, of the markets that told a week ago and tell now. */
function weekInWords({ change_7d_percent_hundredths: change, markets }: SupplyPart): string {
  if (markets === 0) return '';
  return `${change == null ? '' : `${signedPercent(change)} listings in a week. `}Told by ${markets} ${markets === 1 ? 'market' : 'markets'}.`;
}

function spreadInWords({ quotes, lowest, highest, spread_percent_hundredths: apart }: SpreadPart): string {
  const fresh = quotes.filter(({ price, stale }) => price.kind === 'quoted' && !stale);
  if (!lowest || !highest || apart == null) return 'Fewer than two markets ask a price that can be compared.';
  const at = (minor: number) => fresh.find(({ price, all_in }) => (all_in ?? (price.kind === 'quoted' ? price : undefined))?.amount_minor === minor)?.market;
  const [cheap, dear] = [at(lowest.amount_minor), at(highest.amount_minor)];
  return `${formatMoney(lowest)}${cheap ? ` on ${marketName(cheap)}` : ''} to ${formatMoney(highest)}${dear ? ` on ${marketName(dear)}` : ''}${fresh[0]?.all_in ? ', fees included' : ', as quoted'}.`;
}
