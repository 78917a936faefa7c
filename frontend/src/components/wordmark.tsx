import styles from './wordmark.module.css';

/** The sign of the house: a ticket ripped in two, and the name. */
export function Wordmark() {
  return (
    <span className={styles.wordmark}>
      <TornTicket />
      <span className={styles.name}>
        Rip City <span className={styles.dispatch}>Ticket Dispatch</span>
      </span>
    </span>
  );
}

function TornTicket() {
  return (
    <svg className={styles.mark} viewBox="0 0 40 28" aria-hidden="true" focusable="false">
      <g transform="rotate(-7 20 14)">
        <path className={styles.body} d="M3 5h19l-2 3.6 2.6 3.2-2.9 3.8 2.4 3.5L20 23H3v-5.2a3.8 3.8 0 0 0 0-7.6z" />
        <path className={styles.stub} d="M26 3.6h11v5.2a3.8 3.8 0 0 0 0 7.6v5.2H24l2.1-3.9-2.4-3.5 2.9-3.8-2.6-3.2z" />
      </g>
    </svg>
  );
}
