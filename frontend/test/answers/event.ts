// Answers as the Workers give them, for pages that are looked at without any: one event with everything known of it.
import type { EventDetail, EventOutlook, Money, PastAdvice, PriceHistory, PriceMove, Score, ScoredSeats, SeatScores } from '#lib/api/types.ts';

export const NOW = Date.parse('2026-11-21T20:00:00Z');
export const EVENT = `evt_${'a'.repeat(32)}`;
export const VENUE = `ven_${'b'.repeat(32)}`;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** So long before now (ms), as the API states instants. */
export const ago = (ms: number): string => new Date(NOW - ms).toISOString();
export const usd = (amount_minor: number): Money => ({ amount_minor, currency: 'USD' });
const quoted = (amount_minor: number) => ({ kind: 'quoted', amount_minor, currency: 'USD', basis: 'all_in' }) as const;
const exact = (amount_minor: number) => ({ kind: 'exact', amount_minor, currency: 'USD', low_minor: amount_minor, high_minor: amount_minor }) as const;

export const card = {
  id: EVENT, name: 'Seattle Storm Petrels at Portland Pinecones', venue: 'Willamette Arena', city: 'Portland', genre: 'sports',
  starts_at: ago(-9 * DAY), local_start: '2026-11-30T19:30:00', date_tbd: false, time_tbd: false,
};

export const score: Score = {
  value: 72, band: 'great', market: 'seatgeek', price: usd(6_840), basis: 'all_in', fair_price: usd(8_320),
  reasons: [
    { code: 'own_course', text: 'Its median over the last 30 days was $84.10', amount: usd(920), points: 14, share_permille: 586 },
    { code: 'days_left', text: 'Over its last 9 days it was $81.03, less than over the month', amount: usd(-180), points: -3, share_permille: 586 },
    { code: 'comparable_events', text: 'Games like it cost $100 nine days before their start', amount: usd(430), points: 6, rests_on: 14, share_permille: 136 },
    { code: 'other_markets', text: 'Two other markets ask $94', amount: usd(350), points: 6, rests_on: 2, share_permille: 137 },
    { code: 'lowest_ever', text: 'Its lowest ever was $64.40', amount: usd(-40), points: -1, share_permille: 100 },
  ],
  confidence: 'high', unknown: ['fees_estimated'],
  uncertainty: { value_low: 61, value_high: 80, fair_low: usd(7_500), fair_high: usd(9_100) },
  all_in: { kind: 'converted', amount_minor: 6_840, currency: 'USD', low_minor: 6_610, high_minor: 7_020, model_count: 240, model_as_of: '2026-11-20' },
};

const offer = (market: 'seatgeek' | 'stubhub' | 'ticketmaster', amount: number, more: Partial<EventDetail['offers'][number]> = {}): EventDetail['offers'][number] => ({
  market, source_event_id: `${market}-1`, price: quoted(amount), all_in: exact(amount), listings: 41, tickets: 120, url: `https://${market}.example/e/1`,
  since: ago(5 * HOUR), checked_at: ago(4 * 60_000), age_seconds: 240, stale: false, match_confidence_permille: 995, mode: 'sandbox', ...more,
});

export const event: EventDetail = {
  ...card, status: 'onsale', markets: 3, from_price: quoted(6_840), from_all_in: exact(6_840), from_market: 'seatgeek',
  location: { id: VENUE, name: 'Willamette Arena', city: 'Portland', region: 'OR', country: 'US', timezone: 'America/Los_Angeles' },
  performers: ['Portland Pinecones', 'Seattle Storm Petrels'],
  offers: [offer('seatgeek', 6_840), offer('stubhub', 7_990, { listings_known: 5 }), offer('ticketmaster', 8_120)],
  as_of: ago(0),
};

/** Every level is seen twice, an hour apart: a poll and its confirmation. */
const course = (base: number, everyHours: number) =>
  Array.from({ length: 2 * Math.floor((34 * 24) / everyHours) }, (_, sight) => {
    const index = Math.floor(sight / 2);
    const at = 34 * DAY - index * everyHours * HOUR - (sight % 2) * HOUR;
    const swing = Math.round(600 * Math.sin(index / 6) + 250 * Math.sin(index * 1.7));
    return { at: ago(at), price: quoted(base + swing + Math.round((at / DAY) * 22) - (sight % 2)), listings: 60 };
  });

export const history: PriceHistory = {
  event_id: EVENT, resolution: 'raw',
  series: [
    { market: 'seatgeek', currency: 'USD', basis: 'all_in', points: [...course(7_300, 8), { at: ago(5 * HOUR), price: quoted(6_840), listings: 41 }], candles: [] },
    { market: 'stubhub', currency: 'USD', basis: 'all_in', points: [...course(8_100, 11), { at: ago(7 * HOUR), price: quoted(7_990), listings: 41 }], candles: [] },
    { market: 'ticketmaster', currency: 'USD', basis: 'all_in', points: [{ at: ago(30 * DAY), price: quoted(8_120), listings: 200 }], candles: [] },
  ],
  summary: { basis: 'all_in', now: usd(6_840), now_market: 'seatgeek', lowest: usd(6_600), lowest_at: ago(12 * DAY), highest: usd(9_700), median_7d: usd(7_410), change_7d_percent_hundredths: -640, observations: 412 },
  score, as_of: ago(0),
};

/** The same course as candles; of all markets where the best was asked for. */
export function candles(by: 'hour' | 'day', best: boolean): PriceHistory {
  const step = by === 'day' ? DAY : HOUR;
  const run = (base: number) => Array.from({ length: by === 'day' ? 34 : 24 * 14 }, (_, index) => {
    const start = Math.floor(NOW / step) * step - ((by === 'day' ? 33 : 24 * 14 - 1) - index) * step;
    const open = base + Math.round(500 * Math.sin(index / 5)), close = base + Math.round(500 * Math.sin((index + 1) / 5));
    return { start: new Date(start).toISOString(), open_minor: open, close_minor: close, low_minor: Math.min(open, close) - 120 - (index % 3) * 40, high_minor: Math.max(open, close) + 90 + (index % 4) * 35 };
  });
  const series = best ? [] : [{ market: 'seatgeek', currency: 'USD', basis: 'all_in', points: [], candles: run(7_300) } as const, { market: 'stubhub', currency: 'USD', basis: 'all_in', points: [], candles: run(8_100) } as const];
  return {
    ...history, resolution: by, series: series.map((one) => ({ ...one, points: [...one.points] })),
    ...(best ? { best: { currency: 'USD', basis: 'all_in', markets: ['seatgeek', 'stubhub'], left_out: [], points: [], candles: run(7_200) } } : {}),
  };
}

const evidence = (why: string, confidence: 'low' | 'medium' | 'high' = 'high') => ({ confidence, fresh_at: ago(4 * 60_000), why });

export const pastAdvice: PastAdvice[] = [
  {
    event_id: EVENT, event: card.name, genre: 'sports', said_at: ago(1 * DAY), action: 'wait', shown: true, price: usd(7_050), fall_permille: [180, 340, 420], expected_saving: usd(310),
    verdict: 'open', text: 'Said wait on Nov 20 at USD 70.50; it is too early to tell.', model: '2026-11-15',
  },
  {
    event_id: EVENT, event: card.name, genre: 'sports', said_at: ago(12 * DAY), action: 'wait', shown: true, price: usd(8_000), fall_permille: [210, 380, 470], expected_saving: usd(420),
    lowest_after: usd(7_100), paid: usd(7_400), verdict: 'saved', text: 'Said wait on Nov 9 at USD 80.00; lowest after USD 71.00; who followed paid USD 74.00.', model: '2026-11-08',
  },
  {
    event_id: EVENT, event: card.name, genre: 'sports', said_at: ago(19 * DAY), action: 'wait', shown: true, price: usd(7_600), fall_permille: [150, 300, 400], expected_saving: usd(260),
    lowest_after: usd(7_550), paid: usd(8_250), verdict: 'paid_more', text: 'Said wait on Nov 2 at USD 76.00; lowest after USD 75.50; who followed paid USD 82.50.', model: '2026-10-30',
  },
  {
    event_id: EVENT, event: card.name, genre: 'sports', said_at: ago(25 * DAY), action: 'buy', shown: false, price: usd(8_300), fall_permille: [60, 120, 170], expected_saving: usd(0),
    lowest_after: usd(7_500), paid: usd(8_300), verdict: 'missed_a_fall', text: 'Said buy on Oct 27 at USD 83.00; lowest after USD 75.00.', model: '2026-10-23',
  },
];

const horizon = (hours: number, fall_permille: number, [q05, q25, q75, q95]: [number, number, number, number]) => ({
  hours, until: ago(-hours * HOUR), fall_permille, fall_to: usd(6_498), q05: usd(q05), q25: usd(q25), q50: usd(6_840), q75: usd(q75), q95: usd(q95),
});

export const outlook: EventOutlook = {
  event: card, as_of: ago(0),
  score: { score, evidence: evidence('34 days of history and two other markets.') },
  outlook: {
    price: usd(6_840), basis: 'all_in', market: 'seatgeek',
    horizons: [horizon(24, 140, [6_300, 6_700, 6_900, 7_400]), horizon(72, 310, [5_950, 6_500, 7_050, 7_900]), horizon(168, 420, [5_500, 6_250, 7_200, 8_600])],
    absent: [],
    drivers: [
      { code: 'own_course', text: 'It fell three times in the last fortnight', permille: 64 },
      { code: 'supply', text: 'Fewer tickets are on sale than a week ago', permille: -38 },
      { code: 'other_events', text: 'Other games of the week hardly moved', permille: -6 },
    ],
    meaning: ['Of a hundred prices told like this one, about 31 fall by 5 % within three days.', 'Nine in ten end within the widest span.'],
    not_meant: ['That this price falls.', 'That the seat is a good one.'],
    model: { kind: 'trained', version: '2026-11-15', digest: '0123456789ab', fitted_at: ago(6 * DAY), data: 'invented' },
    evidence: evidence('It rests on 34 days of this event and 212 others.'),
  },
  advice: {
    advice: { action: 'wait', expected_saving: usd(320), risk: usd(1_760), ask_again_at: ago(-DAY), text: 'Waiting, and buying when it is cheapest, is expected to save about $3.20; look again tomorrow.' },
    record: {
      source: 'backtest', genre: 'sports',
      money: {
        currency: 'USD', events: 168, waited_events: 140, at_once_minor: 1_200_000, paid_minor: 1_120_000, best_minor: 980_000, mean_saved_minor: 476, mean_saved_interval_minor: [210, 742],
        saved_share_of_money: 0.36, saved_share: 0.41, paid_more_events: 31, earned: true,
      },
    },
    evidence: evidence('Tried on 168 events.'),
  },
  history: { summary: history.summary, since: ago(34 * DAY), evidence: evidence('412 observations.') },
  spread: {
    quotes: [
      { market: 'seatgeek', price: quoted(6_840), seen_at: ago(4 * 60_000), stale: false },
      { market: 'stubhub', price: quoted(7_990), seen_at: ago(4 * 60_000), stale: false },
      { market: 'ticketmaster', price: quoted(8_120), seen_at: ago(4 * 60_000), stale: false },
    ],
    lowest: usd(6_840), highest: usd(8_120), spread_percent_hundredths: 1_871, not_comparable: 0, evidence: evidence('Three markets.'),
  },
  supply: {
    listings: 82, tickets: 240, listings_1d_ago: 90, listings_7d_ago: 131, listings_compared: 82, change_7d_percent_hundredths: -3_740, trend: 'falling', few_left: true,
    text: 'Fewer than a quarter of the most ever seen are left.', markets: 2, evidence: evidence('Two markets tell.'),
  },
  risk: { level: 'medium', may_rise_by: usd(1_760), may_fall_by: usd(1_340), restless_days: 5, days_seen: 14, notes: ['It moved on 5 of the last 14 days.'], evidence: evidence('14 days.') },
  past_advice: pastAdvice,
};

export const moves: PriceMove[] = [
  {
    id: `chg_${'1'.repeat(32)}`, market: 'seatgeek', old: usd(7_600), new: usd(6_840), basis: 'all_in', percent_hundredths: -1_000, direction: 'down', lowest_ever: false, within_band: false, confirmed_at: ago(5 * HOUR),
    evidence: { before: { at: ago(8 * HOUR), price: usd(7_600) }, sights: [{ at: ago(6 * HOUR), price: usd(6_840) }, { at: ago(5 * HOUR), price: usd(6_830) }], band_minor: 100, polls: 2 },
  },
  {
    id: `chg_${'2'.repeat(32)}`, market: 'stubhub', old: usd(7_750), new: usd(7_990), basis: 'all_in', percent_hundredths: 310, direction: 'up', lowest_ever: false, within_band: false, confirmed_at: ago(2 * DAY),
    evidence: { before: null, sights: [{ at: ago(2 * DAY), price: usd(7_990) }], band_minor: 100, polls: 4 },
  },
  {
    id: `chg_${'3'.repeat(32)}`, market: 'seatgeek', old: usd(7_300), new: usd(6_600), basis: 'all_in', percent_hundredths: -959, direction: 'down', lowest_ever: true, within_band: false, confirmed_at: ago(12 * DAY),
    evidence: { before: { at: ago(12.3 * DAY), price: usd(7_300) }, sights: [{ at: ago(12.1 * DAY), price: usd(6_600) }, { at: ago(12 * DAY), price: usd(6_600) }], band_minor: 100, polls: 2 },
  },
];

const listing = (index: number, section: string | null, row: string | null, price: number, fair: number, value: number, more: Partial<ScoredSeats> = {}): ScoredSeats => ({
  market: index % 2 ? 'stubhub' : 'seatgeek', listing: `l${index}`, section, row, quantity: 4, splits: [2, 4], price: quoted(price), all_in: exact(price), zone: 'Lower bowl', checked_at: ago(9 * 60_000),
  url: 'https://stubhub.example/l/1',
  score: {
    value, band: value >= 85 ? 'amazing' : value >= 70 ? 'great' : value >= 58 ? 'good' : value >= 42 ? 'fair' : 'poor', price: usd(price), fair_price: usd(fair), fair_low: usd(fair - 900), fair_high: usd(fair + 1_100), spread_permille: 210,
    reasons: [
      { code: 'event', text: 'An ordinary seat of this event goes for $81.00', amount: usd(8_100 - price), points: 10 },
      { code: 'zone', text: 'The lower bowl costs more', amount: usd(1_900), points: value - 65 },
      { code: 'row', text: 'Row near the front of its section', amount: usd(fair - 10_000), points: 5 },
    ],
    confidence: 'medium', unknown: row === null ? ['no_row', 'fees_estimated'] : ['fees_estimated'],
  },
  ...more,
});

const speculative = listing(4, '101', 'A', 49_900, 13_200, 2);

export const seats: SeatScores = {
  event_id: EVENT, unit: { currency: 'USD', basis: 'all_in' }, matching: 46, as_of: ago(0),
  learned_from: { listings: 82, remembered: 31, events: 6, places: 540, markets: 2 },
  listings: [
    listing(1, '104', '12', 7_990, 10_400, 83), listing(2, '214', '3', 6_840, 7_900, 71), listing(3, '330', null, 6_990, 6_700, 46),
    { ...speculative, score: speculative.score ? { ...speculative.score, doubt: { code: 'speculative', text: 'It asks 3.8 times what such seats cost; nobody is meant to pay it, or the seller does not have them yet.' } } : null },
    listing(5, 'PARKING', null, 3_500, 0, 0, { score: null, not_scored: 'not_a_seat', zone: null }),
  ],
};
