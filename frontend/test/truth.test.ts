// How prices are explained: amounts that add up, chances in words, records that hide nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excessInWords, mainReason, savingInWords } from '#features/deals/deal-words.ts';
import { countsInWords, earnedInWords, keepsSpan, savedInWords, savedRange, shareInWords, skillInWords } from '#features/outlook/accuracy-words.ts';
import { aheadInWords, likelihoodInWords, marksOfTen, oddsInWords } from '#features/outlook/odds.ts';
import { hasBegun } from '#lib/time.ts';
import { countTurnouts, turnoutOf } from '#features/outlook/verdict-words.ts';
import { gapInWords, shareOfPrice, unknownInWords } from '#features/prices/score-words.ts';
import { learnedFromInWords, notScoredInWords } from '#features/seats/seat-words.ts';
import { percentOf, shareOf, signedMoney, signedPercent, signedPoints } from '#lib/difference.ts';
import { ladderOf } from '#lib/ladder.ts';
import { pastAdvice, score, seats, usd } from './answers/event.ts';
import { accuracy, deals } from './answers/lists.ts';

test('price and reasons add up to the fair price, and every rung begins where the last one ended', () => {
  const { rungs, price, fair, rest } = ladderOf({ price: score.price, fair: score.fair_price, steps: score.reasons });
  assert.equal(rest, 0);
  assert.equal(rungs[0]?.from, price);
  assert.equal(rungs.at(-1)?.to, fair);
  for (const [index, rung] of rungs.entries()) assert.equal(rung.from, rungs[index - 1]?.to ?? price);
  for (const place of rungs.flatMap(({ from, to }) => [from, to])) assert.ok(place >= 0 && place <= 1, String(place));
});

test('what reasons leave unexplained is shown, never spread over them', () => {
  const reasons = score.reasons.slice(1);
  assert.equal(ladderOf({ price: score.price, fair: score.fair_price, steps: reasons }).rest, 920);
});

test('a ladder without a step, or with the price at its fair level, divides by nothing', () => {
  const { rungs, price, fair } = ladderOf({ price: usd(5_000), fair: usd(5_000), steps: [] });
  assert.deepEqual([rungs, price, fair], [[], 0, 0]);
});

test('the span of the fair price is on the same scale', () => {
  const { span } = ladderOf({ price: usd(100), fair: usd(200), steps: [{ code: 'x', text: '', amount: usd(100), points: 1 }], span: { low: usd(0), high: usd(400) } });
  assert.deepEqual(span, [0, 1]);
});

test('differences carry their sign, in money, points and percent', () => {
  assert.deepEqual([signedMoney(usd(920)), signedMoney(usd(-250)), signedMoney(usd(0))], ['+$9.20', '−$2.50', '$0']);
  assert.deepEqual([signedPoints(1), signedPoints(-3)], ['+1 point', '−3 points']);
  assert.deepEqual([signedPercent(-1_000), signedPercent(310), percentOf(-50)], ['−10 %', '+3.1 %', '0.5 %']);
});

test('a chance is told in words that nobody takes for certainty', () => {
  assert.deepEqual([0, 9, 40, 140, 310, 499, 925, 960, 995, 1_000].map(oddsInWords), [
    'under 1 in 100', 'under 1 in 100', '4 in 100', '1 in 10', '3 in 10', '5 in 10', '9 in 10', '96 in 100', 'over 99 in 100', 'over 99 in 100',
  ]);
  assert.equal(likelihoodInWords(500), 'about even');
  assert.equal(likelihoodInWords(20), 'very unlikely');
  assert.equal(marksOfTen(310), 3);
  assert.deepEqual([24, 72, 168, 36].map(aheadInWords), ['a day', '3 days', 'a week', '36 hours']);
});

test('a longer wait is never told less likely than a shorter one', () => {
  const places = Array.from({ length: 1_001 }, (_, permille) => marksOfTen(permille));
  assert.ok(places.every((mark, index) => index === 0 || mark >= (places[index - 1] ?? 0)));
});

test('how far a price is from its fair one is said with the right word', () => {
  assert.equal(gapInWords({ price: usd(6_840), fair_price: usd(8_320) }), '$14.80 under its fair price');
  assert.equal(gapInWords({ price: usd(9_000), fair_price: usd(8_000) }), '$10 over its fair price');
  assert.equal(gapInWords({ price: usd(8_000), fair_price: usd(8_000) }), 'Exactly at its fair price');
});

test('failures count as failures, and what nobody could know yet as neither', () => {
  assert.deepEqual(countTurnouts(pastAdvice), { good: 1, bad: 2, even: 0, open: 1 });
  assert.equal(turnoutOf('paid_more').tone, 'bad');
  assert.equal(turnoutOf('missed_a_fall').tone, 'bad');
});

test('a skill below nothing is called worse, and a loss a loss', () => {
  assert.equal(skillInWords({ brier_skill: 0.093 }), '9.3 % better');
  assert.equal(skillInWords({ brier_skill: -0.01 }), '1 % worse');
  assert.equal(skillInWords({ brier_skill: 0.001 }), 'no better and no worse');
  assert.equal(skillInWords({ brier_skill: null }), 'not known yet');
  assert.equal(savedInWords({ mean_saved_minor: -140, currency: 'USD' }), 'cost $1.40 more');
  assert.equal(savedRange({ mean_saved_interval_minor: [-390, 110], currency: 'USD' }), '−$3.90 to $1.10');
  assert.match(earnedInWords({ earned: false, mean_saved_minor: 400, waited_events: 20 }), /may be luck/);
  assert.match(earnedInWords({ earned: false, mean_saved_minor: -1, waited_events: 20 }), /did not pay/);
  assert.match(earnedInWords({ earned: true, mean_saved_minor: 1, waited_events: 20 }), /more than chance/);
  assert.match(earnedInWords({ earned: false, mean_saved_minor: 50, waited_events: 4 }), /^Too few to tell/, 'a young record decides nothing');
  assert.equal(shareInWords(0.004), '0.4 %');
  assert.ok(keepsSpan({ inside_span_interval: [0.88, 0.92] }) && !keepsSpan({ inside_span_interval: [0.84, 0.88] }) && !keepsSpan({ inside_span_interval: [] }));
});

test('a record counts what is settled and what is open apart', () => {
  const horizon = accuracy('live').whole.horizons[0];
  assert.ok(horizon);
  const whole = { horizons: [{ ...horizon, answers: 107 }], money: [] };
  const young = { source: 'live' as const, said: 173, open: 173, since: '2026-11-21T08:00:00Z', whole };
  assert.equal(countsInWords(young), '173 forecasts on record since Nov 21, 2026; answers settled: 107 a day ahead. The advice of all of them is still open: it is judged after seven days or when the event begins.');
  assert.equal(countsInWords({ ...young, said: 1, open: 0, whole: { ...whole, horizons: [] } }), '1 forecast on record since Nov 21, 2026; no answer is settled yet.');
  assert.equal(countsInWords({ ...young, source: 'backtest', said: 1_686, open: 0 }), 'Advice was tried 1,686 times on prices since Nov 21, 2026; answers settled: 107 a day ahead.');
});

test('an advice that is open after the event began waits for the night only', () => {
  assert.deepEqual([turnoutOf('open').words, turnoutOf('open', true).words, turnoutOf('saved', true).words], ['Too early to tell', 'Begun: settled by tomorrow', 'Right: it got cheaper']);
});

test('a deal names what it saves and its strongest reason, and promises nothing above the fair price', () => {
  const [first] = deals;
  assert.ok(first);
  assert.equal(savingInWords(first), '$33.80 under its fair price of $83');
  assert.match(mainReason(first) ?? '', /^Its median over the last 30 days was \$84\.10: \+\$9\.20$/);
  assert.equal(savingInWords({ score: { ...score, fair_price: usd(6_000) } }), undefined);
  assert.equal(mainReason({ score: { ...score, reasons: [] } }), undefined);
});

test('a word this build does not know still says something true', () => {
  assert.match(unknownInWords('something_new' as never), /cannot name/);
  assert.equal(notScoredInWords('something_new' as never), 'No score');
  assert.equal(turnoutOf('something_new' as never).tone, 'open');
});

test('a deal that is dear says so, and its one reason never says the contrary', () => {
  const [up, down] = [score.reasons[0], score.reasons[1]];
  assert.ok(up && down);
  const dear = { score: { ...score, value: 31, price: usd(9_000), fair_price: usd(8_320) } };
  assert.equal(savingInWords(dear), undefined);
  assert.equal(excessInWords(dear), '$6.80 over its fair price of $83.20');
  assert.match(mainReason(dear) ?? '', /−\$1\.80$/, 'the reason that says most for dear');
  assert.equal(mainReason({ score: { ...dear.score, reasons: [up] } }), undefined, 'none rather than one that opposes it');
  assert.equal(mainReason({ score: { ...score, reasons: [down] } }), undefined);
  assert.equal(mainReason({ score: { ...score, fair_price: score.price } }), undefined, 'a fair price is neither');
});

test('every reason of a score says how much it counts, and the rest is the price itself', () => {
  assert.equal(shareOfPrice(score), 41);
  assert.equal(shareOfPrice({ reasons: score.reasons.map(({ share_permille: _, ...reason }) => reason) }), undefined, 'a score made before shares were told');
  assert.deepEqual([586, 60, 57, 0].map(shareOf), ['58.6 %', '6 %', '5.7 %', '0 %']);
});

test('an event begins when it starts; while its time is open, when its day is over', () => {
  const when = { starts_at: '2026-11-21T20:00:00Z' };
  assert.deepEqual(['2026-11-21T19:59:59Z', '2026-11-21T20:00:00Z'].map((now) => hasBegun(when, now)), [false, true]);
  assert.deepEqual(['2026-11-22T19:00:00Z', '2026-11-22T21:00:00Z'].map((now) => hasBegun({ ...when, time_tbd: true }, now)), [false, true]);
  assert.ok(!hasBegun({ ...when, date_tbd: true }, '2027-01-01T00:00:00Z') && !hasBegun({}, '2027-01-01T00:00:00Z'));
});

test('what seats were learned from is told in a sentence', () => {
  assert.equal(learnedFromInWords(seats.learned_from), 'Learned from 82 listings on sale now, 31 places listed here before and 540 places at 6 other events of this venue; 2 markets tell single listings.');
  assert.equal(learnedFromInWords({ listings: 1, remembered: 0, events: 0, places: 0, markets: 1 }), 'Learned from 1 listing on sale now; 1 market tells single listings.');
});
