//! How much two listings have in common, as the covariance of their log prices.

use std::collections::HashMap;

use super::Seats;

/// What rows and quantities move within a zone: a standard deviation of 0.2 is some 20 %. These three hardly matter
/// between half and double of what they are (docs/PRICING.md).
const IN_ZONE: f64 = 0.2 * 0.2;
/// What sections move, and rows and quantities within them.
const IN_SECTION: f64 = 0.15 * 0.15;
/// What one event changes in all that, and what a quantity is worth anywhere.
const IN_EVENT: f64 = 0.1 * 0.1;
/// Events of a venue differ by a factor of e, its zones by half of that, before anything is known.
const EVENT: f64 = 1.0;
const ZONE: f64 = 0.5 * 0.5;
/// The level of all prices: as good as free.
const LEVEL: f64 = 4.0;
/// What rows have in common fades over this many rows across a zone, and over this many within a section.
const ROWS_IN_ZONE: f64 = 5.0;
const ROWS_IN_SECTION: f64 = 0.5;
/// Rows are counted from the front up to here; a higher number is a name.
const LAST_ROW: u32 = 40;
/// Larger groups are priced alike.
const QUANTITIES: [u32; 5] = [1, 2, 3, 4, 8];

/// A row: a number has an order, a name has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Rows from the front.
    Number(u32),
    /// Anything else.
    Name(u32),
}

impl Row {
    /// The row's number, where it is one.
    pub(super) fn number(text: &str) -> Option<u32> {
        text.parse().ok().filter(|row| (1..=LAST_ROW).contains(row))
    }
}

/// A listing's place, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seating {
    event: u32,
    zone: u32,
    section: u32,
    row: Row,
    quantity: usize,
}

impl Seating {
    /// The covariance of two listings' log prices, noise apart.
    pub(super) fn covariance(&self, other: &Self) -> f64 {
        let mut sum = LEVEL;
        let same_event = factor(self.event == other.event);
        let same_quantity = factor(self.quantity == other.quantity);
        sum += EVENT * same_event + IN_EVENT * same_quantity;
        if self.zone == other.zone {
            let row = near(self.row, other.row, ROWS_IN_ZONE);
            sum += ZONE + IN_ZONE * (row + same_quantity) + IN_EVENT * same_event;
        }
        if self.section == other.section {
            let row = near(self.row, other.row, ROWS_IN_SECTION);
            sum += IN_SECTION * (1.0 + row + row * same_quantity) + IN_EVENT * (1.0 + row) * same_event;
        }
        sum
    }
}

fn factor(same: bool) -> f64 {
    f64::from(u8::from(same))
}

/// How much two rows have in common: 1 for the same, fading with the rows between.
fn near(one: Row, other: Row, reach: f64) -> f64 {
    match (one, other) {
        (Row::Number(one), Row::Number(other)) => (-f64::from(one.abs_diff(other)) / reach).exp(),
        (Row::Name(one), Row::Name(other)) if one == other => 1.0,
        _ => 0.0,
    }
}

/// Numbers for words. A word that was never learned has 0, which nothing else has.
#[derive(Clone, Debug, Default)]
pub(super) struct Likeness {
    words: HashMap<(Kind, String), u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Event,
    Zone,
    Section,
    Row,
}

impl Likeness {
    /// The place of a listing that is learned from.
    pub(super) fn learn(&mut self, seats: &Seats<'_>) -> Seating {
        for (kind, word) in words(seats) {
            let next = u32::try_from(self.words.len()).unwrap_or(u32::MAX).saturating_add(1);
            self.words.entry((kind, word.to_owned())).or_insert(next);
        }
        self.place(seats)
    }

    /// The place of a listing that is asked about.
    pub(super) fn place(&self, seats: &Seats<'_>) -> Seating {
        let [event, zone, section, row] = words(seats)
            .map(|(kind, word)| self.words.get(&(kind, word.to_owned())).copied().unwrap_or_default());
        Seating {
            event,
            zone,
            section,
            row: Row::number(seats.row).map_or(Row::Name(row), Row::Number),
            quantity: QUANTITIES.iter().filter(|most| seats.quantity > **most).count(),
        }
    }
}

const fn words<'a>(seats: &Seats<'a>) -> [(Kind, &'a str); 4] {
    [
        (Kind::Event, seats.event),
        (Kind::Zone, seats.zone),
        (Kind::Section, seats.section),
        (Kind::Row, seats.row),
    ]
}
