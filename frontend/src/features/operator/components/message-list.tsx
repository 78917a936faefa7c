import { SiteLink } from '#components/site-link.tsx';
import { paths } from '#config/paths.ts';
import type { OperatorMessage } from '#lib/api/types.ts';
import { marketName } from '#lib/markets.ts';
import styles from './message-list.module.css';

/** What the operator was told of the sources, the newest first. */
export function MessageList({ messages }: { messages: readonly (OperatorMessage & { age: string })[] }) {
  return (
    <ol className={styles.list}>
      {messages.map(({ key, market, topic, subject, text, age, handed_over_at }) => (
        <li key={key} data-topic={topic}>
          <p className={styles.subject}>{subject}</p>
          <p className={styles.text}>{text}</p>
          <p className="small muted">
            <SiteLink href={paths.source(market)}>{marketName(market)}</SiteLink> · {age}
            {handed_over_at ? '' : ' · not handed over for sending yet'}
          </p>
        </li>
      ))}
    </ol>
  );
}
