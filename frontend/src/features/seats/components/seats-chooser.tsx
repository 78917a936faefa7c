import { Choice } from '#components/choice.tsx';
import { paths } from '#config/paths.ts';
import { type EventView, eventViewParams } from '#lib/event-view.ts';
import { SEATS, seatsInWords } from '#lib/seats.ts';

/** How many seats together. */
export function SeatsChooser({ eventId, view }: { eventId: string; view: EventView }) {
  const href = (seats: number | undefined) => paths.event(eventId, eventViewParams({ ...view, seats }));
  return (
    <Choice
      name="Seats together"
      title="Seats together"
      options={[
        { key: 'any', label: 'Any', name: 'Any number of seats', href: href(undefined), chosen: view.seats === undefined },
        ...SEATS.map((seats) => ({ key: String(seats), label: String(seats), name: seatsInWords(seats), href: href(seats), chosen: seats === view.seats })),
      ]}
    />
  );
}
