import type { Metadata } from 'next';
import { Chips } from '#components/chips.tsx';
import { Choice } from '#components/choice.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import { getEvent } from '#features/events/api/get-event.ts';
import { countsInWords, LEAST_WAITED, shareInWords, skillInWords } from '#features/outlook/accuracy-words.ts';
import { getAccuracy } from '#features/outlook/api/get-accuracy.ts';
import { GroupTable, HorizonTable } from '#features/outlook/components/accuracy-tables.tsx';
import { type Advised, AdviceRecord } from '#features/outlook/components/advice-record.tsx';
import { MoneyPanel } from '#features/outlook/components/money-panel.tsx';
import { ReliabilityDiagram } from '#features/outlook/components/reliability-diagram.tsx';
import { aheadInWords } from '#features/outlook/odds.ts';
import { changedRecord, HORIZONS, readRecord, recordParams, type RecordState } from '#features/outlook/record-query.ts';
import { originInWords, speakerInWords } from '#features/outlook/speaker-words.ts';
import type { Accuracy } from '#lib/api/types.ts';
import { hasBegun, knownZone } from '#lib/time.ts';
import styles from './accuracy.module.css';

export const metadata: Metadata = { title: 'How right we have been' };

export default async function AccuracyPage({ searchParams }: PageProps<'/accuracy'>) {
  const state = readRecord(await searchParams);
  const record = await getAccuracy(state);
  const href = (change: Parameters<typeof changedRecord>[1]) => paths.accuracy(recordParams(changedRecord(state, change)));
  return (
    <div className="wrap page stack">
      <h1>How right we have been</h1>
      <p className={styles.lead}>
        Every day we write down, for every event, how likely its price is to fall and whether we would buy or wait. When the days are over we look at what came. Nothing is edited
        afterwards, and what went wrong stays.
      </p>
      <Choice
        name="Which record"
        options={[
          { key: 'live', label: 'Live record', href: href({ source: 'live' }), chosen: state.source === 'live' },
          { key: 'backtest', label: 'Backtest', href: href({ source: 'backtest' }), chosen: state.source === 'backtest' },
        ]}
      />
      <p className={styles.source} data-source={state.source}>
        {state.source === 'live' ? (
          <>
            <strong>Live record:</strong> what was said in public, settled by what came.
          </>
        ) : (
          <>
            <strong>Backtest:</strong> the model tried on the past, each answer made only from what was known by then. Nobody saw these answers, and a backtest is always kinder than
            life.
          </>
        )}
      </p>
      {state.genre ? <Chips name="What narrows the record" chips={[{ label: state.genre, href: href({ genre: undefined }) }]} /> : null}
      {record.ok ? <Record record={record.data} events={await advisedEvents(record.data)} state={state} /> : record.problem.status === 404 ? <NothingYet state={state} /> : <ProblemNotice title="The record did not load" problem={record.problem} />}
    </div>
  );
}

/** The events that past advice was about, as far as they are still listed: a read each, all at once. */
async function advisedEvents({ advice, as_of }: Accuracy): Promise<ReadonlyMap<string, Advised>> {
  const ids = [...new Set(advice.flatMap(({ event_id }) => event_id ?? []))];
  const found = await Promise.all(ids.map(async (id) => [id, await getEvent(id, undefined)] as const));
  return new Map(found.flatMap(([id, event]) => (event.ok ? [[id, { when: event.data, timeZone: knownZone(event.data.location.timezone), begun: hasBegun(event.data, as_of) }] as const] : [])));
}

function Record({ record, events, state }: { record: Accuracy; events: ReadonlyMap<string, Advised>; state: RecordState }) {
  const { whole, groups, model, limits } = record;
  const href = (change: Parameters<typeof changedRecord>[1]) => paths.accuracy(recordParams(changedRecord(state, change)));
  const told = whole.horizons.find(({ hours }) => hours === state.hours) ?? whole.horizons[0];
  const origin = originInWords(model);
  return (
    <>
      <p className="muted">
        {countsInWords(record)} {speakerInWords(model)}{' '}
        {state.source === 'backtest' && model.fitted_at ? 'What it says of days after that is of prices it had not learned from; of every day before, it said what could be learned by then. ' : ''}
        {origin}
      </p>
      {told === undefined && whole.money.length === 0 ? <NothingYet state={state} /> : null}
      {told === undefined ? null : (
        <section aria-labelledby="chances" className="stack">
          <h2 id="chances">Did what we told come?</h2>
          <Choice
            name="How far ahead"
            options={HORIZONS.filter((hours) => whole.horizons.some((one) => one.hours === hours)).map((hours) => ({
              key: String(hours), label: `${aheadInWords(hours)} ahead`, href: href({ hours }), chosen: hours === told.hours,
            }))}
          />
          <div className={styles.beside}>
            <ul className={styles.plain}>
              <li>
                <strong>{shareInWords(told.fell / Math.max(1, told.answers))}</strong> of {told.answers.toLocaleString('en-US')} prices fell by 5 % or more within {aheadInWords(told.hours)}.
              </li>
              <li>
                What we told and what came were <strong>{shareInWords(told.calibration_error)}</strong> apart on average: told 30 in 100, about {around(30, told.calibration_error)} came.
              </li>
              <li>
                Our chances were <strong>{skillInWords(told)}</strong> than always telling the average. Prices are hard to foretell: a small gain is all we claim.
              </li>
              <li>
                <strong>{shareInWords(told.inside_span)}</strong> of prices ended inside the span that was to hold nine in ten.
              </li>
            </ul>
            <ReliabilityDiagram accuracy={told} />
          </div>
          <HorizonTable horizons={whole.horizons} />
        </section>
      )}

      {told === undefined && whole.money.length === 0 ? null : (
        <>
          <section aria-labelledby="money" className="stack">
            <h2 id="money">What the advice came to in money</h2>
            <p className={styles.lead}>
              Whether advice is shown goes by kind of event: by the live record of that kind once it has {LEAST_WAITED} events with waiting, until then by its backtest, else by the same of
              all events. Where that did not earn money, none is shown.
            </p>
            {whole.money.length === 0 ? <p className="muted">Nothing has been bought as advised and settled yet.</p> : [...whole.money].sort((a, b) => b.events - a.events).map((one) => <MoneyPanel key={one.currency} record={one} />)}
          </section>

          {groups.length === 0 ? null : (
            <section aria-labelledby="groups" className="stack">
              <h2 id="groups">By kind of event</h2>
              <GroupTable groups={groups} hrefFor={(genre) => href({ genre })} />
            </section>
          )}
        </>
      )}

      <section aria-labelledby="record" className="stack">
        <h2 id="record">Every advice, right or wrong</h2>
        <Choice
          name="Order of the record"
          options={[
            { key: 'newest', label: 'Newest first', href: `${href({ order: 'newest' })}#record`, chosen: state.order === 'newest' },
            { key: 'failures', label: 'Failures first', href: `${href({ order: 'failures' })}#record`, chosen: state.order === 'failures' },
          ]}
        />
        {record.advice.length === 0 ? <p className="muted">No advice is on record{state.genre ? ' for this kind' : ''} yet.</p> : <AdviceRecord advice={record.advice} events={(one) => (one.event_id ? events.get(one.event_id) : undefined)} named tried={state.source === 'backtest'} />}
        {record.next_cursor ? (
          <p>
            <SiteLink className={styles.more} href={`${paths.accuracy(recordParams({ ...state, cursor: record.next_cursor }))}#record`}>
              More advice
            </SiteLink>
          </p>
        ) : null}
      </section>

      {limits.length === 0 ? null : (
        <section aria-labelledby="limits" className="stack">
          <h2 id="limits">What these numbers do not say</h2>
          <ul className={styles.limits}>
            {limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Nothing is settled: said, with the way to what there is. */
function NothingYet({ state: { source } }: { state: RecordState }) {
  return (
    <Notice title={source === 'live' ? 'Nothing is settled yet' : 'There is no backtest yet'}>
      {source === 'live' ? (
        <p>
          The first forecasts are settled a day after they were made. Until then, <SiteLink href={paths.accuracy([['source', 'backtest']])}>see how the model did on the past</SiteLink>.
        </p>
      ) : (
        <p>A backtest comes with the first trained model.</p>
      )}
    </Notice>
  );
}

/** The neighbourhood of a told chance, whole numbers in a hundred. */
function around(told: number, error: number): string {
  const off = Math.round(error * 100);
  return off === 0 ? String(told) : `${told - off} to ${told + off}`;
}
