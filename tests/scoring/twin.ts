/** The twin of src/lib.rs in TypeScript: the same answers to the same questions. The bench compares before it times. */
import { type Event, scoreEvent } from "./events.js";
import { type Listed, scoreSeats } from "./seats.js";

interface Input { events: Event[]; seats: Listed[] }

const answers = (part: string, input: Input): unknown[] => (part === "events" ? input.events.map(scoreEvent) : input.seats.map(scoreSeats));

function run(part: string, input: Input, times: number): number {
  let scores = 0;
  for (let i = 0; i < times; i += 1) {
    const done = answers(part, input);
    scores += part === "events" ? done.length : input.seats.reduce((sum, { listings }) => sum + listings.length, 0);
  }
  return scores;
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (request.method !== "POST") return new Response(null, { status: 404 });
    const part = searchParams.get("part") ?? "";
    const input = (await request.json()) as Input;
    if (pathname === "/answers") return Response.json(answers(part, input));
    return Response.json({ scores: run(part, input, Number(searchParams.get("times") ?? 1)) });
  },
};
