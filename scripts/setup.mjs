// npm run setup: checks what the other commands need and installs what is missing. --browser: also a Chromium.
import { setUp } from './lib/setup.mjs';
import { main } from './lib/term.mjs';

await main(async () => {
  await setUp({ browser: process.argv.includes('--browser') });
});
