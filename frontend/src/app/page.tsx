import { FallingPrice } from '#components/falling-price.tsx';
import { Notice } from '#components/notice.tsx';
import { ProblemNotice } from '#components/problem-notice.tsx';
import { SiteLink } from '#components/site-link.tsx';
import { TornEdge } from '#components/torn-edge.tsx';
import { paths } from '#config/paths.ts';
import { listDeals } from '#features/deals/api/list-deals.ts';
import { DealTickets } from '#features/deals/components/deal-tickets.tsx';
import { listEvents } from '#features/events/api/list-events.ts';
import { EventList } from '#features/events/components/event-list.tsx';
import { SearchBox } from '#features/search/components/search-box.tsx';
import styles from './home.module.css';

export default async function HomePage() {
  const [deals, events] = await Promise.all([listDeals({}, 6), listEvents({ limit: 10 })]);
  return (
    <>
      <div className={styles.band}>
        <div className={`wrap ${styles.hero}`}>
          <h1 className={styles.headline}>Wait for the drop.</h1>
          <p className={styles.lead}>
            One event, every market, what it really costs. Say what you would pay; we write the moment somebody asks for less.
          </p>
          <SearchBox />
          <FallingPrice />
        </div>
        <TornEdge />
      </div>

      <div className={`wrap page ${styles.sections}`}>
        <section aria-labelledby="deals" className="stack">
          <h2 id="deals">Best deals right now</h2>
          {!deals.ok ? (
            <ProblemNotice title="The deals did not load" problem={deals.problem} />
          ) : deals.data.deals.length === 0 ? (
            <Notice title="No deal stands out yet">
              <p>A deal needs some history to compare with. Look at an event and set an alert: you hear from us before it shows up here.</p>
            </Notice>
          ) : (
            <>
              <DealTickets deals={deals.data.deals} />
              <p>
                <SiteLink href={paths.deals()}>All deals</SiteLink>
              </p>
            </>
          )}
        </section>

        <section aria-labelledby="soonest" className="stack">
          <h2 id="soonest">Soonest events</h2>
          {!events.ok ? (
            <ProblemNotice title="The events did not load" problem={events.problem} />
          ) : events.data.events.length === 0 ? (
            <Notice title="No events yet">
              <p>
                The markets have just been asked and answer within a minute. <SiteLink href={paths.sources}>See how the sources are doing</SiteLink>.
              </p>
            </Notice>
          ) : (
            <>
              <EventList events={events.data.events} />
              <p>
                <SiteLink href={paths.search()}>All events</SiteLink>
              </p>
            </>
          )}
        </section>
      </div>
    </>
  );
}
