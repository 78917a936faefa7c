import table from '#components/data-table.module.css';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { SourcePlan } from '#lib/api/types.ts';
import { formatAge, secondsBetween } from '#lib/time.ts';
import { breakerInWords, windowInWords } from '../health-words.ts';
import styles from './plan-panel.module.css';

const PURPOSES: Readonly<Record<string, string>> = {
  walk: 'Walking through its whole catalogue',
  updates: 'Asking what changed',
  events: 'Reading single events anew',
  live: 'Kept for people who press “Check now”',
};

const REASONS: Readonly<Record<string, string>> = {
  catalogue: 'the whole catalogue',
  cheaper_than_events: 'cheaper than asking for each event',
  changes: 'what changed',
  soon: 'soon',
  watched: 'watched',
  moving: 'price moving',
  viewed: 'looked at',
  hint: 'the market said it changed',
  deleted: 'may be gone',
};

/** So many tasks are read at a glance; the rest are like the last of them. */
const SHOWN = 40;

/** What a source will be asked within the next hour, what for, and within which budget. */
export function PlanPanel({ plan }: { plan: SourcePlan }) {
  return (
    <div className="stack">
      <p>
        <strong className="figure">{plan.calls_planned.toLocaleString('en-US')}</strong> of the <span className="figure">{plan.calls_allowed.toLocaleString('en-US')}</span> calls its budget allows within
        the hour are planned. {breakerInWords(plan.breaker)}.
      </p>
      <ul className={styles.shares}>
        {plan.shares.map(({ purpose, calls, percent }) => (
          <li key={purpose}>
            <span>{PURPOSES[purpose] ?? purpose}</span>
            <span className="figure">
              {calls.toLocaleString('en-US')} <span className="muted">({percent} %)</span>
            </span>
          </li>
        ))}
      </ul>
      {plan.tasks.length === 0 ? null : (
        <div className={table.scroll} role="region" aria-label="Tasks" tabIndex={0}>
          <table className={table.table}>
            <caption className="visually-hidden">Tasks of the next hour</caption>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Why</th>
                <th scope="col">How often</th>
                <th scope="col">Next</th>
                <th scope="col" className={table.number}>
                  Calls
                </th>
              </tr>
            </thead>
            <tbody>
              {plan.tasks.slice(0, SHOWN).map((task) => (
                <tr key={`${task.purpose} ${task.source_event_id ?? ''} ${task.next_at}`}>
                  <th scope="row">{task.event_id ? <SiteLink href={paths.event(task.event_id)}>{task.name ?? 'An event'}</SiteLink> : (task.name ?? PURPOSES[task.purpose] ?? task.purpose)}</th>
                  <td>{task.reasons.map((reason) => REASONS[reason] ?? reason.replaceAll('_', ' ')).join(', ')}</td>
                  <td>{task.every_seconds === 0 ? 'once' : `every ${windowInWords(task.every_seconds)}`}</td>
                  <td>{nextInWords(plan.from, task.next_at)}</td>
                  <td className={`figure ${table.number}`}>{task.calls.toLocaleString('en-US')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="small muted">
        {plan.tasks.length > SHOWN ? `${(plan.tasks.length - SHOWN).toLocaleString('en-US')} more events are polled on their own. ` : ''}
        {plan.left_to_the_walk > 0 ? `${plan.left_to_the_walk.toLocaleString('en-US')} more would be worth it but do not fit the budget: they are read with the catalogue.` : ''}
      </p>
    </div>
  );
}

function nextInWords(from: string, next: string): string {
  const seconds = secondsBetween(from, next);
  return seconds < 5 ? 'now' : `in ${formatAge(seconds).replace(' ago', '')}`;
}
