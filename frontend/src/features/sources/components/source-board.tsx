import type { SourceHealth } from '#lib/api/types.ts';
import { formatAge, secondsBetween } from '#lib/time.ts';
import { modeInWords } from '../modes.ts';
import styles from './source-board.module.css';

/** Every source: how it is read, whether it answers, how much of its budget is left. */
export function SourceBoard({ sources, asOf }: { sources: readonly SourceHealth[]; asOf: string }) {
  return (
    <ul className={styles.board}>
      {sources.map((source) => (
        <li key={source.market} className={styles.source} data-off={source.mode === 'off' || undefined}>
          <div className={styles.head}>
            <h2 className={styles.name}>{source.name}</h2>
            <p className={styles.mode} data-mode={source.mode}>
              {modeInWords(source.mode)}
            </p>
          </div>
          <p className={styles.state} data-state={source.state}>
            {stateInWords(source)}
          </p>
          {source.mode === 'off' ? null : <Facts source={source} asOf={asOf} />}
          <p className={styles.terms}>{source.terms}</p>
        </li>
      ))}
    </ul>
  );
}

function Facts({ source, asOf }: { source: SourceHealth; asOf: string }) {
  const since = (time: string | null | undefined) => (time ? formatAge(secondsBetween(time, asOf)) : 'never yet');
  return (
    <dl className={styles.facts}>
      <Fact name="Last good answer" value={since(source.last_success_at)} />
      <Fact name="Last asked" value={since(source.last_attempt_at)} />
      <Fact name="Events listed" value={source.events.toLocaleString('en-US')} />
      <Fact name="Requests" value={`${source.calls_made.toLocaleString('en-US')} made, ${source.calls_left.toLocaleString('en-US')} left`} />
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

function stateInWords({ state, consecutive_failures, last_failure }: SourceHealth): string {
  const cause = last_failure ? ` (${last_failure.replaceAll('_', ' ')})` : '';
  switch (state) {
    case 'ok':
      return 'Answers well';
    case 'degraded':
      return `Its last answer failed${cause}`;
    case 'failing':
      return `Has failed ${consecutive_failures} times in a row${cause}`;
    case 'waiting':
      return 'Not asked yet';
    case 'off':
      return 'Not set up here: enter its keys to connect it';
  }
}
