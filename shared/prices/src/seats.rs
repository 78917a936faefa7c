//! What a seat is worth among the others: a fair price from section, zone, row and quantity, learned from what is
//! listed for the same event and for other events of the same venue.
//!
//! A listing's log price is the sum of effects, each shared by the listings that have something in common (zone,
//! section, row, quantity, event, and their combinations), plus noise. The effects are estimated together as one
//! Gaussian process, so that a thin section leans on its zone, a new event on its venue, and each as much as its
//! neighbours' number says (Rasmussen and Williams, *Gaussian Processes for Machine Learning*, 2006, chapter 2).
//! Heavy-tailed noise keeps a speculative listing from pulling its section along (Lange, Little and Taylor, *Robust
//! statistical modeling using the t distribution*, 1989). What the numbers mean: docs/PRICING.md.

mod affinity;
mod order;
mod regression;
mod verdict;

use std::collections::BTreeMap;

use self::affinity::{Likeness, Seating};
use self::regression::Regression;
pub use self::verdict::{SeatDoubt, SeatDoubtCode, SeatReason, SeatReasonCode, SeatScore, SeatUnknown};

/// Where a listing's seats are. Words are compared as given: trim and fold them before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seats<'a> {
    /// The event.
    pub event: &'a str,
    /// The part of the house ("Lower Center"); empty where unknown.
    pub zone: &'a str,
    /// The section.
    pub section: &'a str,
    /// The row; only plain numbers have an order.
    pub row: &'a str,
    /// Seats sold together.
    pub quantity: u32,
}

/// A listing to learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked<'a> {
    /// Its seats.
    pub seats: Seats<'a>,
    /// The price of one seat, in any unit: the same for all.
    pub price: f64,
}

/// What a seat is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FairPrice {
    /// The fair price of one seat, in the unit learned from.
    pub price: f64,
    /// How far what people ask is from it, as a rule: standard deviation of the log price.
    pub spread: f64,
}

impl FairPrice {
    /// 0-100: of a hundred such listings, how many ask more than `price`. Falls as the price rises.
    pub fn score(&self, price: f64) -> f64 {
        100.0 / (1.0 + ((price / self.price).ln() * LOGISTIC / self.spread).exp())
    }
}

/// A logistic curve of this steepness a standard deviation is a normal distribution to within a hundredth
/// (Bowling et al., *A logistic approximation to the cumulative normal distribution*, 2009).
const LOGISTIC: f64 = 1.702;

/// The fair prices of one venue's seats.
#[derive(Clone, Debug)]
pub struct SeatPrices {
    likeness: Likeness,
    regression: Regression,
    /// What is added to the logarithm of an event known by its median price alone.
    levels: BTreeMap<String, f64>,
}

impl SeatPrices {
    /// Learns from listings of one or more events of a venue. Prices that are not positive are left out; `None` when
    /// nothing is left.
    ///
    /// Costs the cube of the number of listings: 600 take a tenth of a second at the edge, 3,000 some seconds
    /// natively. Give a sample of more.
    pub fn learn(listings: &[Asked<'_>]) -> Option<Self> {
        let usable = listings.iter().filter(|listing| listing.price.is_finite() && listing.price > 0.0);
        let mut likeness = Likeness::default();
        let (seatings, logs): (Vec<Seating>, Vec<f64>) =
            usable.map(|listing| (likeness.learn(&listing.seats), listing.price.ln())).unzip();
        let regression = Regression::fit(seatings, &logs)?;
        Some(Self { likeness, regression, levels: BTreeMap::new() })
    }

    /// Tells the median price of an event nothing else is known of: the fair prices of `seats`, a fair sample of what
    /// is listed there, are moved so that their median is it.
    pub fn anchor(&mut self, event: &str, median: f64, seats: &[Seats<'_>]) {
        let mut logs = self.log_prices(seats);
        logs.sort_by(f64::total_cmp);
        let middle = logs.len().checked_div(2).and_then(|middle| logs.get(middle));
        if let Some(middle) = middle.filter(|_| median.is_finite() && median > 0.0) {
            *self.levels.entry(event.to_owned()).or_default() += median.ln() - middle;
        }
    }

    /// The fair price of each of `seats`, in their order.
    pub fn fair(&self, seats: &[Seats<'_>]) -> Vec<FairPrice> {
        self.prices(&self.log_prices(seats))
    }

    /// The same, held to the obvious order: within an event, section and quantity no row is worth more than one in
    /// front of it among `seats`. For scores: what is cheaper and nearer must never score lower.
    pub fn fair_in_order(&self, seats: &[Seats<'_>]) -> Vec<FairPrice> {
        self.prices(&order::by_row(seats, &self.log_prices(seats)))
    }

    fn prices(&self, logs: &[f64]) -> Vec<FairPrice> {
        let spread = self.regression.spread();
        logs.iter().map(|log| FairPrice { price: log.exp(), spread }).collect()
    }

    fn log_prices(&self, seats: &[Seats<'_>]) -> Vec<f64> {
        seats.iter().map(|seats| self.log_price(seats)).collect()
    }

    fn log_price(&self, seats: &Seats<'_>) -> f64 {
        let level = self.levels.get(seats.event).copied().unwrap_or_default();
        self.regression.expect(&self.likeness.place(seats)) + level
    }
}
