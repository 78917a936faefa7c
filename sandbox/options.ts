/** The command line and the environment, read once; what is wrong is said in one sentence. */

import { parseArgs } from "node:util";
import { ClockFormatError, parseSegments, type Segment } from "./clock.ts";

export class UsageError extends Error {}

export interface Options {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly replay: string | null;
  readonly calm: boolean;
  readonly segments: readonly Segment[];
  /** Base address of the product: callbacks go to `<target>/hooks/...`; null sends none. */
  readonly webhookTarget: string | null;
  readonly resendWebhookSecret: string;
  readonly stripeWebhookSecret: string;
  readonly twilioAuthToken: string | null;
  /** What requests to TicketEvolution are signed with; null checks only that there is a signature. */
  readonly ticketEvolutionSecret: string | null;
}

/** Used when no secret was given: 24 zero bytes, which nobody should mistake for a secret. */
const NO_SECRET = `whsec_${"A".repeat(32)}`;

const USAGE = "node sandbox/server.ts [--port 8790] [--host 127.0.0.1] [--seed 7] [--mode simulated] [--calm] [--replay DIR --speed N]";

export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv, now: number): Options {
  if (env["NODE_ENV"] === "production") {
    throw new UsageError("The sandbox is for development only and does not start with NODE_ENV=production.");
  }
  const flags = parse(args);
  const replay = flags.replay ?? null;
  const mode = flags.mode ?? (replay === null ? "simulated" : "replay");
  if (mode !== "simulated" && mode !== "replay") throw new UsageError(`--mode is simulated or replay, not ${mode}.`);
  if ((mode === "replay") !== (replay !== null)) throw new UsageError("--replay DIR is what turns replay on; it does not go with --mode simulated.");
  return {
    port: number("--port", flags.port ?? "8790", 0, 65_535),
    host: flags.host ?? "127.0.0.1",
    seed: number("--seed", flags.seed ?? "7", 0, 2 ** 31),
    replay,
    calm: flags.calm ?? false,
    segments: segmentsOf(env["MARKET_CLOCK"], flags.speed, now),
    webhookTarget: env["WEBHOOK_TARGET"]?.replace(/\/+$/, "") || null,
    resendWebhookSecret: env["RESEND_WEBHOOK_SECRET"] || NO_SECRET,
    stripeWebhookSecret: env["STRIPE_WEBHOOK_SECRET"] || NO_SECRET,
    twilioAuthToken: env["TWILIO_AUTH_TOKEN"] || null,
    ticketEvolutionSecret: env["TICKETEVOLUTION_SECRET"] || null,
  };
}

function parse(args: readonly string[]): { port?: string; host?: string; seed?: string; mode?: string; replay?: string; speed?: string; calm?: boolean } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        host: { type: "string" },
        seed: { type: "string" },
        mode: { type: "string" },
        replay: { type: "string" },
        speed: { type: "string" },
        calm: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} Usage: ${USAGE}`);
  }
}

function number(name: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= low && value <= high)) throw new UsageError(`${name} must be a whole number from ${low} to ${high}, not ${text}.`);
  return value;
}

/** `MARKET_CLOCK` wins over `--speed`, because the Workers know only the former. */
function segmentsOf(clock: string | undefined, speed: string | undefined, now: number): Segment[] {
  if (clock) {
    try {
      return parseSegments(clock);
    } catch (error) {
      if (error instanceof ClockFormatError) throw new UsageError(error.message);
      throw error;
    }
  }
  if (speed === undefined) return [];
  const scale = Number(speed);
  if (!(scale >= 1 && scale <= 10_000_000)) throw new UsageError(`--speed must be a number from 1 to 10000000, not ${speed}.`);
  return [{ realMs: now, marketMs: now, scale }];
}
