import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { AdvicePart } from '#lib/api/types.ts';
import { formatMoney } from '#lib/money.ts';
import { formatInstant, zoneName } from '#lib/time.ts';
import { sentence } from '#lib/sentence.ts';
import styles from './advice-panel.module.css';

/** Buy or wait, what that is expected to bring and may cost; or why we say neither. */
export function AdvicePanel({ part: { advice, withheld, record }, timeZone }: { part: AdvicePart; timeZone: string }) {
  if (!advice) {
    return (
      <div className={styles.panel} data-action="none">
        <p className={styles.action}>No advice</p>
        <p>{sentence(withheld?.text ?? 'There is not enough to go by to say buy or wait.')}</p>
        <RecordLink record={record} />
      </div>
    );
  }
  return (
    <div className={styles.panel} data-action={advice.action}>
      <p className={styles.action}>{advice.action === 'wait' ? 'Wait' : 'Buy now'}</p>
      <p>{sentence(advice.text)}</p>
      <dl className={styles.stakes}>
        <div>
          <dt>Who waited paid less, on average</dt>
          <dd>{advice.expected_saving.amount_minor > 0 ? `by ${formatMoney(advice.expected_saving)}` : 'not seen'}</dd>
        </div>
        <div>
          <dt>One time in twenty it costs</dt>
          <dd>{advice.risk ? `${formatMoney(advice.risk)} more` : 'not known'}</dd>
        </div>
        {advice.buy_by ? (
          <div>
            <dt>Buy at the latest</dt>
            <dd>
              <Moment at={advice.buy_by} timeZone={timeZone} />
            </dd>
          </div>
        ) : null}
        <div>
          <dt>Look again by</dt>
          <dd>
            <Moment at={advice.ask_again_at} timeZone={timeZone} />
          </dd>
        </div>
      </dl>
      <RecordLink record={record} />
    </div>
  );
}

function Moment({ at, timeZone }: { at: string; timeZone: string }) {
  const atMs = Date.parse(at);
  return (
    <time dateTime={at}>
      {formatInstant(atMs, timeZone)} {zoneName(atMs, timeZone)}
    </time>
  );
}

/** What such advice came to so far, in money, and the way to all of it. */
function RecordLink({ record }: { record: AdvicePart['record'] }) {
  return (
    <p className={styles.record}>
      {record ? `${recordInWords(record)} ` : ''}
      <SiteLink href={paths.accuracy()}>How right we have been</SiteLink>
    </p>
  );
}

function recordInWords({ source, genre, money }: NonNullable<AdvicePart['record']>): string {
  const kind = genre ? ` ${genre}` : '';
  const tested = source === 'live' ? `followed at ${events(money.events, kind)}` : `tried on the past, at ${events(money.events, kind)}`;
  const mean = formatMoney({ amount_minor: Math.abs(money.mean_saved_minor), currency: money.currency });
  if (money.mean_saved_minor === 0) return `Such advice, ${tested}, neither saved nor cost money.`;
  return `Such advice, ${tested}, ${money.mean_saved_minor > 0 ? 'saved' : 'cost'} ${mean} a ticket on average.`;
}

const events = (count: number, kind: string) => `${count.toLocaleString('en-US')}${kind} ${count === 1 ? 'event' : 'events'}`;
