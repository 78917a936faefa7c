import { Unfold } from '#components/unfold.tsx';
import type { HorizonAccuracy } from '#lib/api/types.ts';
import { shareInWords } from '../accuracy-words.ts';
import { aheadInWords } from '../odds.ts';
import styles from './reliability-diagram.module.css';

/** The square in which told (across) meets came (up), with room for names. */
const SIDE = 300;
const LEFT = 46;
const TOP = 12;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
/** Dots grow with the number of answers, by area. */
const LARGEST = 11;
const SMALLEST = 3;

/** What was told against what came: on the slope both agree. The same as a table stands behind it. */
export function ReliabilityDiagram({ accuracy: { hours, reliability } }: { accuracy: HorizonAccuracy }) {
  const most = Math.max(1, ...reliability.map(({ answers }) => answers));
  const across = (share: number) => LEFT + share * SIDE;
  const up = (share: number) => TOP + (1 - share) * SIDE;
  return (
    <figure className={styles.figure}>
      <svg className={styles.diagram} viewBox={`0 0 ${LEFT + SIDE + 16} ${TOP + SIDE + 48}`} role="img" aria-label={`Told against came, ${aheadInWords(hours)} ahead; the table below has the figures`}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line className={styles.rule} x1={LEFT} x2={LEFT + SIDE} y1={up(tick)} y2={up(tick)} />
            <text className={styles.tick} x={LEFT - 8} y={up(tick) + 4} textAnchor="end">
              {tick * 100}
            </text>
            <text className={styles.tick} x={across(tick)} y={TOP + SIDE + 18} textAnchor="middle">
              {tick * 100}
            </text>
          </g>
        ))}
        <text className={styles.name} x={LEFT + SIDE / 2} y={TOP + SIDE + 40} textAnchor="middle">
          Told: falls in 100
        </text>
        <text className={styles.name} transform={`rotate(-90 12 ${TOP + SIDE / 2})`} x="12" y={TOP + SIDE / 2} textAnchor="middle">
          Came: falls in 100
        </text>
        <line className={styles.ideal} x1={LEFT} y1={up(0)} x2={LEFT + SIDE} y2={up(1)} />
        {reliability.map(({ from_permille, told, came, low, high, answers }) => (
          <g key={from_permille}>
            <line className={styles.interval} x1={across(told)} x2={across(told)} y1={up(low)} y2={up(high)} />
            <circle className={styles.dot} cx={across(told)} cy={up(came)} r={Math.max(SMALLEST, LARGEST * Math.sqrt(answers / most))} />
          </g>
        ))}
      </svg>
      <figcaption className={styles.caption}>
        On the dashed line, what we told is what came. Above it falls came more often than told, below it less often. Larger dots stand for more answers; the bars show what chance
        alone may do.
      </figcaption>
      <Unfold title="The same as a table">
        <table className={styles.behind}>
          <caption className="visually-hidden">Reliability, {aheadInWords(hours)} ahead</caption>
          <thead>
            <tr>
              <th scope="col">Told between</th>
              <th scope="col">Answers</th>
              <th scope="col">Told</th>
              <th scope="col">Came</th>
              <th scope="col">By chance</th>
            </tr>
          </thead>
          <tbody>
            {reliability.map(({ from_permille, to_permille, answers, told, came, low, high }) => (
              <tr key={from_permille}>
                <th scope="row">
                  {from_permille / 10} to {to_permille / 10} %
                </th>
                <td>{answers.toLocaleString('en-US')}</td>
                <td>{shareInWords(told)}</td>
                <td>{shareInWords(came)}</td>
                <td>
                  {shareInWords(low)} to {shareInWords(high)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Unfold>
    </figure>
  );
}
