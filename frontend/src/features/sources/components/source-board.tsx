import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { SourceHealth } from '#lib/api/types.ts';
import { formatAge, secondsBetween } from '#lib/time.ts';
import { breakerInWords, permilleInWords, stateInWords } from '../health-words.ts';
import { modeInWords } from '../modes.ts';
import { BudgetMeter } from './budget-meter.tsx';
import styles from './source-board.module.css';

/** Every source: how it is read, whether it answers, how much of its budget is left; each leads to its own page. */
export function SourceBoard({ sources, asOf }: { sources: readonly SourceHealth[]; asOf: string }) {
  return (
    <ul className={styles.board}>
      {sources.map((source) => (
        <li key={source.market} className={styles.source} data-off={source.mode === 'off' || undefined}>
          <div className={styles.head}>
            <h2 className={styles.name}>
              <SiteLink href={paths.source(source.market)}>{source.name}</SiteLink>
            </h2>
            <p className={styles.mode} data-mode={source.mode}>
              {modeInWords(source.mode)}
            </p>
          </div>
          <p className={styles.state} data-state={source.state}>
            {stateInWords(source)}
          </p>
          {source.mode === 'off' ? null : <SourceFacts source={source} asOf={asOf} />}
          <p className={styles.more}>
            <SiteLink href={paths.source(source.market)}>
              {source.mode === 'off' ? 'What it can do, and its fees' : 'Plan for the next hour, fees, what it can do'}
              <span className="visually-hidden"> ({source.name})</span>
            </SiteLink>
          </p>
          <p className={styles.terms}>{source.terms}</p>
        </li>
      ))}
    </ul>
  );
}

/** How a source has been doing: freshness, failures, budget. */
export function SourceFacts({ source, asOf }: { source: SourceHealth; asOf: string }) {
  const since = (time: string | null | undefined) => (time ? formatAge(secondsBetween(time, asOf)) : 'never yet');
  const { answers = 0, failed_permille = 0, odd_permille = 0, unmatched = 0, doubtful = 0 } = source;
  return (
    <dl className={styles.facts}>
      <Fact name="Last good answer" value={since(source.last_success_at)} />
      <Fact name="Last asked" value={since(source.last_attempt_at)} />
      <Fact name="Events listed" value={source.events.toLocaleString('en-US')} />
      <Fact name="Failed answers, last hour" value={answers === 0 ? 'none asked' : `${permilleInWords(failed_permille)} of ${answers.toLocaleString('en-US')}`} />
      {odd_permille > 0 ? <Fact name="Odd answers, last hour" value={permilleInWords(odd_permille)} /> : null}
      {source.breaker && source.breaker !== 'closed' ? <Fact name="Breaker" value={breakerInWords(source.breaker)} /> : null}
      {source.budget && source.budget.length > 0 ? (
        source.budget.map((window) => <BudgetMeter key={window.seconds} window={window} />)
      ) : (
        <Fact name="Requests" value={`${source.calls_made.toLocaleString('en-US')} made, ${source.calls_left.toLocaleString('en-US')} left`} />
      )}
      {unmatched > 0 ? <Fact name="Listed by nobody else" value={unmatched.toLocaleString('en-US')} /> : null}
      {doubtful > 0 ? <Fact name="Doubtful pairs" value={doubtful.toLocaleString('en-US')} /> : null}
      {source.rejected > 0 ? <Fact name="Entries we could not read" value={source.rejected.toLocaleString('en-US')} /> : null}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure">{value}</dd>
    </div>
  );
}
