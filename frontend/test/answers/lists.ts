// Answers as the Workers give them, for pages that are looked at without any: deals, the record, a watchlist.
import type { Accuracy, Deal, DealForMe, HorizonAccuracy, MoneyRecord, Watchlist } from '#lib/api/types.ts';
import { ago, card, EVENT, event, outlook, pastAdvice, score, usd, VENUE } from './event.ts';

const deal = (index: number, name: string, value: number, price: number, fair: number, market: Deal['market']): Deal => ({
  event: { ...card, id: `evt_${String(index).padStart(32, '0')}`, name, ...(index % 2 ? {} : { venue: 'The Old Mill', city: 'Seattle', genre: 'music' }) },
  market, price: { kind: 'quoted', amount_minor: price, currency: 'USD', basis: 'before_fees' },
  score: { ...score, value, band: value >= 85 ? 'amazing' : value >= 70 ? 'great' : 'good', market, price: usd(Math.round(price * 1.2)), fair_price: usd(fair) },
  observed_at: ago(3 * 60_000), url: 'https://market.example/e',
});

export const deals: Deal[] = [
  deal(1, card.name, 91, 4_100, 8_300, 'stubhub'), deal(2, 'Velvet Barometer', 84, 5_200, 8_900, 'seatgeek'), deal(3, 'The Paper Herons with a very long list of guests and friends', 72, 6_100, 8_700, 'ticketmaster'),
  deal(4, 'Halden Pryce', 66, 2_900, 4_000, 'eventbrite'), deal(5, 'Night Ferry Choir', 61, 7_700, 10_200, 'seatgeek'),
];

export const forMe: DealForMe[] = [
  { ...deal(6, 'Boise Lanterns at Portland Pinecones', 78, 4_900, 7_700, 'seatgeek'), why: [{ code: 'watched_performer', text: 'You watch Portland Pinecones' }, { code: 'same_venue', text: 'Same venue as Seattle Storm Petrels at Portland Pinecones, which you watch', event_id: EVENT }] },
];

const horizon = (hours: number, brier_skill: number, inside_span: number): HorizonAccuracy => ({
  hours, answers: 1_840, events: 168, fell: 541, brier: 0.188, brier_skill, calibration_error: 0.024, inside_span, inside_span_interval: [inside_span - 0.02, inside_span + 0.02], pinball_skill: 0.21,
  reliability: [0.04, 0.11, 0.24, 0.31, 0.46, 0.52, 0.61, 0.7].map((came, index) => ({
    from_permille: index * 100, to_permille: index * 100 + 100, answers: Math.round(500 / (index + 1)), told: index / 10 + 0.05, came, low: Math.max(0, came - 0.02 * (index + 1)), high: Math.min(1, came + 0.02 * (index + 1)),
  })),
});

const money = (mean: number, genre: string): MoneyRecord & { genre: string } => ({
  genre, currency: 'USD', events: 168, waited_events: 120, at_once_minor: 1_200_000, paid_minor: 1_200_000 - mean * 168, best_minor: 980_000, mean_saved_minor: mean, mean_saved_interval_minor: [mean - 250, mean + 250],
  saved_share_of_money: 0.36, saved_share: 0.41, paid_more_events: 31, earned: mean > 250,
});

export const accuracy = (source: 'live' | 'backtest'): Accuracy => ({
  source, model: outlook.outlook.model,
  whole: { horizons: [horizon(24, 0.056, 0.891), horizon(72, 0.093, 0.901), horizon(168, 0.11, 0.862)], money: [money(476, '')] },
  groups: [
    { genre: 'sports', horizons: [horizon(24, 0.05, 0.9), horizon(72, 0.09, 0.91), horizon(168, 0.1, 0.87)], money: [money(520, 'sports')] },
    { genre: 'music', horizons: [horizon(24, -0.01, 0.93), horizon(72, 0.02, 0.88)], money: [money(-140, 'music')] },
  ],
  said: 5_900, open: 380, since: ago(60 * 86_400_000), summed_at: ago(9 * 3_600_000),
  advice: pastAdvice, next_cursor: 'bmV4dA', limits: ['Sixty days of one simulated market.', 'Answers of one event on successive days are not independent.'], as_of: ago(0),
});

export const nothingSaid = (source: 'live' | 'backtest'): Accuracy => ({
  source, model: { kind: 'none' }, whole: { horizons: [], money: [] }, groups: [], said: 0, open: 0, advice: [], limits: [], as_of: ago(0),
});

export const watchlist: Watchlist = {
  events: [{ event_id: EVENT, added_at: ago(3_600_000) }], performers: [{ name: 'Portland Pinecones', added_at: ago(3_600_000) }], venues: [{ venue_id: VENUE, added_at: ago(7_200_000) }],
};

export const eventList = { events: [event], next_cursor: null };
