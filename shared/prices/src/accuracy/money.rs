//! What following the advice came to in money, against buying at once.

use serde::{Deserialize, Serialize};

use super::{NINE_IN_TEN, rounded};
use crate::money::Currency;

/// An event bought as advised, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The price of the first day.
    pub at_once: i64,
    /// The price of the day the advice said buy, or of the last day.
    pub paid: i64,
    /// The lowest price of all days.
    pub best: i64,
    /// Days waited.
    pub waited: u32,
}

/// Follows the advice of successive days, `(price, wait)`, until it says buy or the days end; `None` for less than two
/// days, where there was nothing to decide.
pub fn follow(days: &[(i64, bool)]) -> Option<Followed> {
    let ((first, _), (last, _)) = (days.first()?, days.last()?);
    if days.len() < 2 || *first <= 0 {
        return None;
    }
    let bought = days.iter().position(|(_, wait)| !wait);
    let paid = bought.and_then(|day| days.get(day)).map_or(*last, |(price, _)| *price);
    let best = days.iter().map(|(price, _)| *price).min()?;
    let waited = bought.unwrap_or(days.len().saturating_sub(1));
    Some(Followed { at_once: *first, paid, best, waited: u32::try_from(waited).unwrap_or(u32::MAX) })
}

/// Sums over events bought as advised, in one currency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MoneyTally {
    events: u32,
    waited: u32,
    at_once: i64,
    paid: i64,
    best: i64,
    dearer: u32,
    saved_squares: f64,
    saved_parts: f64,
    best_parts: f64,
}

/// What following the advice came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoneyRecord {
    /// Of all amounts.
    pub currency: Currency,
    /// Events bought as advised, one ticket each.
    pub events: u32,
    /// Events at which the first advice was to wait.
    pub waited_events: u32,
    /// What buying at once would have cost, minor units.
    pub at_once_minor: i64,
    /// What was paid.
    pub paid_minor: i64,
    /// What one who knows the future would have paid.
    pub best_minor: i64,
    /// Mean saving of a ticket, minor units; below 0 the advice cost money.
    pub mean_saved_minor: i64,
    /// 90 % interval of that mean, over events.
    pub mean_saved_interval_minor: [i64; 2],
    /// What was saved of what one who knows the future would have saved, in money.
    pub saved_share_of_money: Option<f64>,
    /// The same of relative prices, in which a cheap ticket counts as much as a dear one.
    pub saved_share: Option<f64>,
    /// Events at which more than 5 % more than at once was paid.
    pub paid_more_events: u32,
    /// Whether the advice earned money: the mean saving is above 0 by its standard error, over at least 20 events at which
    /// it said to wait. Where it did not, advice is not shown.
    pub earned: bool,
}

/// Fewer events than this show nothing.
const LEAST_EVENTS: u32 = 20;

impl MoneyTally {
    /// Adds one event.
    pub fn add(&mut self, followed: &Followed) {
        let saved = followed.at_once.saturating_sub(followed.paid);
        self.events = self.events.saturating_add(1);
        self.waited = self.waited.saturating_add(u32::from(followed.waited > 0));
        self.at_once = self.at_once.saturating_add(followed.at_once);
        self.paid = self.paid.saturating_add(followed.paid);
        self.best = self.best.saturating_add(followed.best);
        let more = followed.paid.saturating_mul(100) > followed.at_once.saturating_mul(105);
        self.dearer = self.dearer.saturating_add(u32::from(more));
        self.saved_squares += float(saved).powi(2);
        let at_once = float(followed.at_once).max(1.0);
        self.saved_parts += float(saved) / at_once;
        self.best_parts += float(followed.at_once.saturating_sub(followed.best)) / at_once;
    }

    /// Adds the sums of others.
    pub fn merge(&mut self, other: &Self) {
        self.events = self.events.saturating_add(other.events);
        self.waited = self.waited.saturating_add(other.waited);
        self.at_once = self.at_once.saturating_add(other.at_once);
        self.paid = self.paid.saturating_add(other.paid);
        self.best = self.best.saturating_add(other.best);
        self.dearer = self.dearer.saturating_add(other.dearer);
        self.saved_squares += other.saved_squares;
        self.saved_parts += other.saved_parts;
        self.best_parts += other.best_parts;
    }

    /// What they come to.
    pub fn summary(&self, currency: Currency) -> Option<MoneyRecord> {
        if self.events == 0 {
            return None;
        }
        let events = f64::from(self.events);
        let saved = self.at_once.saturating_sub(self.paid);
        let mean = float(saved) / events;
        let variance = (self.saved_squares / events - mean * mean).max(0.0);
        let error = (variance / (events - 1.0).max(1.0)).sqrt();
        let possible = self.at_once.saturating_sub(self.best);
        Some(MoneyRecord {
            currency,
            events: self.events,
            waited_events: self.waited,
            at_once_minor: self.at_once,
            paid_minor: self.paid,
            best_minor: self.best,
            mean_saved_minor: whole(mean),
            mean_saved_interval_minor: [whole(mean - NINE_IN_TEN * error), whole(mean + NINE_IN_TEN * error)],
            saved_share_of_money: (possible > 0).then(|| rounded(float(saved) / float(possible))),
            saved_share: (self.best_parts > 0.0).then(|| rounded(self.saved_parts / self.best_parts)),
            paid_more_events: self.dearer,
            earned: self.waited >= LEAST_EVENTS && mean > error,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics of amounts far below 2^52")]
fn float(amount: i64) -> f64 {
    amount as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of amounts; the cast saturates")]
fn whole(amount: f64) -> i64 {
    amount.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_followed_until_it_says_buy_or_the_days_end() {
        let days = [(100, true), (90, true), (95, false), (70, true)];
        assert_eq!(follow(&days), Some(Followed { at_once: 100, paid: 95, best: 70, waited: 2 }));
        let never = [(100, true), (90, true), (120, true)];
        assert_eq!(follow(&never).map(|one| one.paid), Some(120));
        assert_eq!(follow(&[(100, false)]), None);
    }

    #[test]
    fn advice_earns_only_beyond_its_error_and_after_enough_events() {
        let record = |saved: &[i64]| {
            let mut tally = MoneyTally::default();
            for amount in saved {
                tally.add(&Followed { at_once: 1_000, paid: 1_000 - amount, best: 800, waited: 1 });
            }
            tally.summary(Currency::USD).unwrap()
        };
        assert!(record(&[50; 20]).earned);
        assert!(!record(&[50; 19]).earned, "too few");
        assert!(!record(&[-50; 40]).earned, "it lost");
        let mut wild = [0_i64; 30];
        wild[0] = 200;
        let luck = record(&wild);
        assert!(!luck.earned && luck.mean_saved_minor == 7, "one lucky event is no record: {luck:?}");
        assert_eq!(record(&[50; 20]).saved_share, Some(0.25));
        assert_eq!(record(&[-60, 0]).paid_more_events, 1);
    }
}
