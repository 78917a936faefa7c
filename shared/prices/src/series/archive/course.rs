//! What is remembered of one event, and of the round under way.

use std::collections::VecDeque;

use super::teller::size;
use crate::money::Money;
use crate::observation::Observation;
use crate::price::Price;

/// How many amounts of an event are remembered.
const REMEMBERED: usize = 12;

/// One event's course so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Rows so far.
    pub rows: u64,
    /// The second of the last one.
    pub at: i64,
    /// The last price.
    pub price: Option<Price>,
    /// Which of the last 64 prices differed from theirs before, the latest in the lowest bit.
    pub moves: u64,
    /// How often the price moves, lately.
    pub restless: f64,
    /// Rows since it moved.
    pub since: u64,
    /// The last move between two amounts, in minor units.
    pub last_move: i64,
    /// Amounts seen, the latest first, each once.
    pub amounts: VecDeque<i64>,
    /// Listings, then tickets.
    pub counts: [KnownCount; 2],
}

/// The course of a count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KnownCount {
    /// The last one.
    pub last: Option<u32>,
    /// Which of the last 64 differed, the latest in the lowest bit.
    pub moves: u64,
    /// The last two changes.
    pub changes: [i64; 2],
    /// The usual size of a change, lately.
    pub swing: f64,
}

/// What the events before this one did in this round.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Company {
    pub number: u64,
    pub rows: u64,
    /// How many prices moved, and how many more of them up than down.
    pub moved: u64,
    pub up: i64,
    /// How many listing counts changed, and by how much together.
    pub counted: u64,
    pub swing: f64,
    /// Thirty-seconds of the prices of the round before that moved.
    pub last_share: u64,
    /// The row before this one: did its price move, did its counts change and by how much?
    pub before: RowBefore,
    /// The last amount of any event, in minor units.
    pub amount: i64,
}

/// The row before this one, mostly another event's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowBefore {
    pub moved: bool,
    pub counts: [CountBefore; 2],
}

/// A count of the row before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CountBefore {
    pub last: Option<u32>,
    pub change: i64,
}

impl Company {
    /// Begins a round.
    pub(super) fn begin(&mut self, number: u64) {
        if number == self.number {
            return;
        }
        let last_share = self.moved.saturating_mul(32).checked_div(self.rows).unwrap_or(0);
        *self = Self { number, last_share, before: self.before, amount: self.amount, ..Self::default() };
    }
}

impl Known {
    /// The last price, where it is an amount.
    pub(super) fn money(&self) -> Option<Money> {
        self.price.as_ref().and_then(Price::money)
    }

    /// Takes in the row just coded, and tells the company.
    pub(super) fn learn(&mut self, row: &Observation, company: &mut Company) {
        let second = row.at.timestamp();
        let first = self.rows == 0;
        let moved = !first && self.price != Some(row.price);
        let amounts = (self.money(), row.price.money());
        let change = match amounts {
            (Some(old), Some(new)) if moved => new.amount_minor.wrapping_sub(old.amount_minor),
            _ => 0,
        };
        if let Some(money) = row.price.money() {
            self.amounts.retain(|amount| *amount != money.amount_minor);
            self.amounts.push_front(money.amount_minor);
            self.amounts.truncate(REMEMBERED);
            company.amount = money.amount_minor;
        }
        if change != 0 {
            self.last_move = change;
        }
        if !first {
            self.moves = (self.moves << 1) | u64::from(moved);
            self.restless += (f64::from(u8::from(moved)) - self.restless) * 0.08;
        }
        self.since = if moved { 0 } else { self.since.saturating_add(1) };
        self.price = Some(row.price);
        company.rows = company.rows.saturating_add(1);
        company.moved = company.moved.saturating_add(u64::from(moved));
        company.up = company.up.saturating_add(change.signum());
        company.before.moved = moved;
        for (place, (known, now)) in self.counts.iter_mut().zip([row.listings, row.tickets]).enumerate() {
            let count = CountBefore { last: now, change: known.learn(now, first) };
            if let Some(before) = company.before.counts.get_mut(place) {
                *before = count;
            }
            if place == 0 && !first {
                company.counted = company.counted.saturating_add(u64::from(count.change != 0));
                company.swing += bounded(count.change);
            }
        }
        self.rows = self.rows.saturating_add(1);
        self.at = second;
    }
}

impl KnownCount {
    /// The change, where both are known.
    pub(super) fn change(&self, now: Option<u32>) -> i64 {
        i64::from(now.unwrap_or(0)).wrapping_sub(i64::from(self.last.unwrap_or(0)))
    }

    fn learn(&mut self, now: Option<u32>, first: bool) -> i64 {
        let change = self.change(now);
        if !first {
            self.moves = (self.moves << 1) | u64::from(self.last != now);
            let [last, _] = self.changes;
            self.changes = [change, last];
            self.swing += (bounded(change) - self.swing) * 0.15;
        }
        self.last = now;
        change
    }
}

/// The size of a change; one beyond a thousand says no more.
fn bounded(change: i64) -> f64 {
    f64::from(u16::try_from(change.unsigned_abs().min(1000)).unwrap_or(1000))
}

/// The size of a mean, in half powers of two from a sixteenth on.
pub(super) fn mean_size(mean: f64) -> u64 {
    let sixteenths = mean * 16.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 16000 squared")]
    let square = (sixteenths * sixteenths) as u64;
    size(square)
}
