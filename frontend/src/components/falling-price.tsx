import styles from './falling-price.module.css';

/** The drop that people wait for: a course in steps, and the ticket at its end. Only for the eye. */
export function FallingPrice() {
  return (
    <svg className={styles.drawing} viewBox="0 0 480 260" aria-hidden="true" focusable="false">
      <g className={styles.rules}>
        <path d="M0 40H480M0 100H480M0 160H480M0 220H480" />
      </g>
      <path className={styles.course} d="M0 62H58V44H112V66H150V52H206V84H262V74H300V150H344V141H372V206H398" />
      <g transform="translate(400 184) rotate(-8 30 22)">
        <path className={styles.body} d="M0 0h38l-4 8 5 7-6 8 5 7-4 14H0V31a9 9 0 0 0 0-18z" />
        <path className={styles.stub} d="M46-3h26v13a9 9 0 0 0 0 18v13H42l4-13-5-7 6-8-5-8z" />
      </g>
    </svg>
  );
}
