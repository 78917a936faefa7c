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
mod assess;
mod effects;
pub mod house;
pub mod memory;
mod order;
mod regression;
mod uncertainty;
mod verdict;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use self::affinity::{Likeness, Part};
pub use self::assess::{Assessment, SeatContext, SeatOffer};
pub use self::house::House;
pub use self::memory::Memory;
use self::regression::{NOISE, Point, Regression};
use self::uncertainty::NINE_IN_TEN;
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
    /// How many listings it stands for: 1 for a listing.
    pub weight: f64,
}

impl Asked<'_> {
    /// Whether there is anything to learn from it.
    fn is_usable(&self) -> bool {
        [self.price, self.weight].iter().all(|number| number.is_finite() && *number > 0.0)
    }
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
    /// Standard deviations on either side that hold nine in ten asks.
    nine_in_ten: f64,
}

/// Where asks for some seats lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Nine in ten lie between the fair price divided by it and times it.
    pub factor: f64,
    /// How unsure the fair price itself is: standard deviation of its logarithm.
    pub unsure: f64,
}

impl SeatPrices {
    /// Learns what an event's seats are worth from its listings, from what is remembered of it, and from what is
    /// remembered of other events of the venue: what the product does, and what `lab` measures.
    pub fn learn_event(
        event: &str,
        listings: &[Asked<'_>],
        memory: Option<&Memory>,
        others: &[(String, Memory)],
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let own = memory.map(|memory| memory.remembered(event, listings, now)).unwrap_or_default();
        let others = others.iter().flat_map(|(id, memory)| memory.places.iter().map(|place| place.asked(id)));
        let all: Vec<Asked<'_>> = listings.iter().cloned().chain(own).chain(others).collect();
        let mut learned = Self::learn(&all)?;
        let usable = listings.iter().filter(|listing| listing.is_usable()).count();
        learned.nine_in_ten = learned.regression.nine_in_ten(usable);
        Some(learned)
    }

    /// Learns from listings of one or more events of a venue. Prices that are not positive are left out; `None` when
    /// nothing is left.
    ///
    pub fn learn(listings: &[Asked<'_>]) -> Option<Self> {
        let usable = listings.iter().filter(|listing| listing.is_usable());
        let mut likeness = Likeness::default();
        let points: Vec<Point> = usable
            .map(|listing| Point {
                seating: likeness.learn(&listing.seats),
                value: listing.price.ln(),
                weight: listing.weight,
            })
            .collect();
        let regression = Regression::fit(&points)?;
        Some(Self { likeness, regression, levels: BTreeMap::new(), nine_in_ten: NINE_IN_TEN })
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
        self.parts(seats).map(|(_, part)| part).sum()
    }

    /// What each effect adds to the log price.
    fn parts(&self, seats: &Seats<'_>) -> impl Iterator<Item = (Part, f64)> {
        let level = self.levels.get(seats.event).copied().unwrap_or_default();
        [(Part::Event, level)].into_iter().chain(self.regression.parts(self.likeness.place(seats)))
    }

    /// How far asks for `seats` lie from their fair price: the factor that nine in ten of them stay within, either way.
    pub fn span(&self, seats: &Seats<'_>) -> Span {
        let unsure = self.regression.uncertainty(&self.likeness.place(seats));
        let reach = self.nine_in_ten * (unsure * unsure + NOISE).sqrt();
        Span { factor: reach.exp(), unsure: unsure * self.nine_in_ten / NINE_IN_TEN }
    }

    /// How many listings were learned from in the section, at this and other events.
    fn weight_in_section(&self, seats: &Seats<'_>) -> f64 {
        self.regression.weight_in_section(&self.likeness.place(seats))
    }
}
