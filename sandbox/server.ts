/** Starts the sandbox: markets, mail, SMS and Stripe stand-ins for development. It has no wrangler file and refuses production. */

import { serve } from "@hono/node-server";
import { buildSandbox } from "./app.ts";
import { readOptions, UsageError } from "./options.ts";
import { ReplayFolderError } from "./replay/replay.ts";

const USAGE_EXIT = 2;

try {
  const options = readOptions(process.argv.slice(2), process.env, Date.now());
  const { app, clock } = await buildSandbox(options);
  const server = serve({ fetch: app.fetch, port: options.port, hostname: options.host }, (info) => {
    const mode = options.replay === null ? `simulated market, seed ${options.seed}` : `replay of ${options.replay}`;
    const time = new Date(clock.market()).toISOString();
    process.stdout.write(`sandbox: http://localhost:${info.port} (${mode}; market time ${time}, ${clock.scale()}x; inbox at /inbox)\n`);
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    const reason = error.code === "EADDRINUSE" ? `port ${options.port} is in use; choose another with --port.` : error.message;
    process.stderr.write(`sandbox: ${reason}\n`);
    process.exit(1);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => process.exit(0));
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof ReplayFolderError)) throw error;
  process.stderr.write(`sandbox: ${error.message}\n`);
  process.exitCode = USAGE_EXIT;
}
