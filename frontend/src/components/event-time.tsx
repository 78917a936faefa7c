import { type EventTime as When, formatWhen, machineTime } from '#lib/time.ts';

/** When an event takes place, on the venue's clock; what is open says "to be announced". */
export function EventTime({ when }: { when: When }) {
  const { date, time } = formatWhen(when);
  const text = when.date_tbd ? date : `${date}, ${time === 'Time to be announced' ? 'time to be announced' : time}`;
  const machine = machineTime(when);
  return machine === undefined ? <span>{text}</span> : <time dateTime={machine}>{text}</time>;
}
