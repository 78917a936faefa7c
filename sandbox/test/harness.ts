/** A sandbox on a port of its own, and a receiver for what it sends. */

import { serve, type ServerType } from "@hono/node-server";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSandbox } from "../app.ts";
import type { MarketClock } from "../clock.ts";
import type { Options } from "../options.ts";

export interface Running {
  readonly base: string;
  readonly clock: MarketClock;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  readonly command: (path: string, body?: unknown) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export const RESEND_SECRET = `whsec_${Buffer.from("a resend secret for tests").toString("base64")}`;
export const STRIPE_SECRET = "whsec_a_stripe_secret_for_tests";
export const TEVO_SECRET = "a ticketevolution secret for tests";
export const START_MS = Date.parse("2026-11-21T12:00:00Z");

/** Market time stands still at `START_MS` unless segments are given; no outliers and ghosts. */
export async function start(changes: Partial<Options> = {}): Promise<Running> {
  const options: Options = {
    port: 0,
    host: "127.0.0.1",
    seed: 7,
    replay: null,
    calm: true,
    segments: [{ realMs: Date.now(), marketMs: START_MS, scale: 0 }],
    webhookTarget: null,
    resendWebhookSecret: RESEND_SECRET,
    stripeWebhookSecret: STRIPE_SECRET,
    twilioAuthToken: null,
    ticketEvolutionSecret: TEVO_SECRET,
    ...changes,
  };
  const { app, clock } = await buildSandbox(options);
  const { server, port } = await listening(app.fetch);
  const base = `http://127.0.0.1:${port}`;
  return {
    base,
    clock,
    get: (path, headers = {}) => fetch(base + path, { headers }),
    command: (path, body) => fetch(`${base}/control${path}`, { method: "POST", body: JSON.stringify(body ?? {}) }),
    close: () => closed(server),
  };
}

function listening(fetchApp: Parameters<typeof serve>[0]["fetch"]): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: fetchApp, port: 0, hostname: "127.0.0.1" }, (info) => resolve({ server, port: info.port }));
  });
}

function closed(server: { close(done: () => void): unknown; closeAllConnections?: () => void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}

export interface Caught {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A product that takes callbacks; `answers` are the statuses it gives in turn, then 200. */
export async function receiver(answers: number[] = []): Promise<{
  readonly base: string;
  readonly caught: Caught[];
  /** Resolves when `count` callbacks have come. */
  readonly wait: (count: number) => Promise<Caught[]>;
  readonly close: () => Promise<void>;
}> {
  const caught: Caught[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      caught.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const wait = async (count: number): Promise<Caught[]> => {
    const deadline = Date.now() + 8_000;
    while (caught.length < count) {
      if (Date.now() > deadline) throw new Error(`only ${caught.length} of ${count} callbacks came`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return caught;
  };
  return { base: `http://127.0.0.1:${port}`, caught, wait, close: () => closed(server) };
}

/** JSON of an answer, typed by the caller's claim about it. */
export async function json<T>(answer: Response | Promise<Response>): Promise<T> {
  return (await (await answer).json()) as T;
}
