/** Seats together that can be chosen; more are rare enough to ask the market itself. */
export const SEATS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Reads the number of seats out of the address; nothing if it is none that can be chosen. */
export function readSeats(text: string | undefined): number | undefined {
  return SEATS.find((seats) => String(seats) === text);
}

/** "Seat 1", "2 seats together". */
export function seatsInWords(seats: number): string {
  return seats === 1 ? '1 seat' : `${seats} seats together`;
}

/** How many of a listing may be bought: "4 seats, 2 or 4 together". */
export function splitsInWords(quantity: number, splits: readonly number[]): string {
  const choices = splits.filter((split) => split !== quantity);
  const seats = quantity === 1 ? '1 seat' : `${quantity} seats`;
  return choices.length === 0 ? seats : `${seats}, sold by ${[...choices, ...(splits.includes(quantity) ? [quantity] : [])].join(', ')}`;
}
