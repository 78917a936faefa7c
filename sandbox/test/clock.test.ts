import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { instantOf, localText, offsetText } from "../calendar.ts";
import { ClockFormatError, MarketClock, parseSegments } from "../clock.ts";
import { readOptions, UsageError } from "../options.ts";

test("without segments market time is real time", () => {
  const clock = new MarketClock([], () => 1_700_000_000_000);
  assert.equal(clock.market(), 1_700_000_000_000);
  assert.equal(clock.scale(), 1);
});

test("the last segment whose real start has come applies", () => {
  let real = 500;
  const clock = new MarketClock(parseSegments("1000:50000:10,2000:90000:1"), () => real);
  assert.equal(clock.market(), 500);
  real = 1_000;
  assert.equal(clock.market(), 50_000);
  real = 1_999;
  assert.equal(clock.market(), 59_990);
  real = 2_000;
  assert.equal(clock.market(), 90_000);
  real = 2_500;
  assert.equal(clock.market(), 90_500);
  assert.equal(clock.marketStart(), 50_000);
  assert.equal(clock.slowest(), 1);
});

test("a malformed clock is refused with a sentence that names the part", () => {
  for (const text of ["", "1:2", "1:2:x", "1:2:3,", "2000:1:1,1000:1:1", "5:0:1,5:0:1", "1:2:0", "1:2:0.5"]) {
    assert.throws(() => parseSegments(text), ClockFormatError, text);
  }
});

test("local time and UTC agree on both sides of a clock change", () => {
  const zone = "America/Los_Angeles";
  assert.equal(instantOf("2026-10-31T19:00:00", zone), Date.parse("2026-11-01T02:00:00Z"));
  assert.equal(instantOf("2026-11-01T19:00:00", zone), Date.parse("2026-11-02T03:00:00Z"));
  assert.equal(localText(Date.parse("2026-11-02T03:00:00Z"), zone), "2026-11-01T19:00:00");
  assert.equal(offsetText(Date.parse("2026-07-01T02:00:00Z"), zone), "2026-06-30T19:00:00-07:00");
});

test("the sandbox refuses production and wrong flags in one sentence", () => {
  assert.throws(() => readOptions([], { NODE_ENV: "production" }, 0), UsageError);
  for (const args of [["--port", "x"], ["--seed", "-1"], ["--speed", "0"], ["--mode", "live"], ["--unknown"], ["--mode", "replay"]]) {
    assert.throws(() => readOptions(args, {}, 0), UsageError, args.join(" "));
  }
});

test("MARKET_CLOCK wins over --speed, because the Workers know only the former", () => {
  const options = readOptions(["--replay", "x", "--speed", "50"], { MARKET_CLOCK: "1:2:3" }, 0);
  assert.deepEqual(options.segments, [{ realMs: 1, marketMs: 2, scale: 3 }]);
});

test("there is no wrangler file: the sandbox cannot be deployed", () => {
  const files = readdirSync(new URL("..", import.meta.url));
  assert.deepEqual(files.filter((name) => name.startsWith("wrangler")), []);
});
