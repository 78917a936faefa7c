import styles from './torn-edge.module.css';

/** Where the black band was ripped off: paper over a red underlayer. Two tears of one hand, drawn once. */
export function TornEdge() {
  return (
    <svg className={styles.edge} viewBox="0 0 1200 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path
        className={styles.red}
        d="M0 8l38 5 30-4 44 9 52-6 36 4 58-9 41 8 63-3 34 7 57-8 46 3 39-6 61 11 44-5 52 4 33-8 66 6 41-4 55 9 37-6 62 3 48-9 45 7 53-5 65 4V40H0z"
      />
      <path
        className={styles.paper}
        d="M0 19l27 4 41-6 33 9 62-7 29 8 54-9 48 10 51-8 47 5 43-9 58 6 37-4 52 10 61-9 39 6 55-5 44 8 50-10 60 7 33-4 57 8 49-9 46 5 61-6 63 8V40H0z"
      />
    </svg>
  );
}
