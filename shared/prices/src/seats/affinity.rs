//! How much two listings have in common: the effects they share, and how much each moves a log price.

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

/// A row: numbers have an order, and so have single letters among themselves; a name has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Row {
    /// Rows from the front.
    Number(u32),
    /// A to Z. Which end is the front differs from house to house.
    Letter(u32),
    /// Anything else.
    Name(u32),
}

impl Row {
    /// The row's number, where it is one.
    pub(super) fn number(text: &str) -> Option<u32> {
        text.parse().ok().filter(|row| (1..=LAST_ROW).contains(row))
    }

    fn letter(text: &str) -> Option<u32> {
        let mut letters = text.chars();
        let only = letters.next().filter(|_| letters.next().is_none())?;
        only.is_ascii_alphabetic().then(|| u32::from(only.to_ascii_uppercase()))
    }

    /// How much it has in common with another row, by how far the likeness reaches: 1 for the same, fading with the
    /// rows between; nothing with a row of another kind.
    pub(super) fn near(self, other: Self, reach: f64) -> f64 {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) | (Self::Letter(one), Self::Letter(other)) => {
                (-f64::from(one.abs_diff(other)) / reach).exp()
            }
            (one, other) if one == other => 1.0,
            _ => 0.0,
        }
    }
}

/// A listing's place, as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seating {
    event: u32,
    zone: u32,
    section: u32,
    row: Row,
    quantity: u32,
}

/// The class of quantities that are priced alike.
pub(super) fn quantity_class(quantity: u32) -> u32 {
    QUANTITIES
        .iter()
        .zip(1..)
        .filter(|(most, _)| quantity > **most)
        .map(|(_, class)| class)
        .max()
        .unwrap_or(0)
}

/// What a part of a log price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Event,
    Zone,
    Section,
    Row,
    Quantity,
    ThisEvent,
}

/// An effect that listings share when they agree in a key, and the more the nearer their rows are where it reaches
/// over rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effect {
    /// Variance of the effect, log price squared.
    pub(super) variance: f64,
    /// Over how many rows it fades; `None`: rows do not matter.
    pub(super) reach: Option<f64>,
    /// What it is told as.
    pub(super) part: Part,
    key: fn(&Seating) -> Key,
}

/// What must agree.
pub(super) type Key = (u32, u32);

impl Effect {
    /// Where a listing stands in this effect.
    pub(super) fn place(&self, seating: &Seating) -> (Key, Row) {
        let row = if self.reach.is_some() { seating.row } else { Row::Name(0) };
        ((self.key)(seating), row)
    }

    const fn plain(part: Part, variance: f64, key: fn(&Seating) -> Key) -> Self {
        Self { variance, reach: None, part, key }
    }

    const fn over_rows(part: Part, variance: f64, reach: f64, key: fn(&Seating) -> Key) -> Self {
        Self { variance, reach: Some(reach), part, key }
    }
}

/// All effects: a listing's log price is their sum, and noise.
pub(super) const EFFECTS: [Effect; 12] = [
    Effect::plain(Part::Event, LEVEL, |_| (0, 0)),
    Effect::plain(Part::Event, EVENT, |at| (at.event, 0)),
    Effect::plain(Part::Zone, ZONE, |at| (at.zone, 0)),
    Effect::plain(Part::Section, IN_SECTION, |at| (at.section, 0)),
    Effect::over_rows(Part::Row, IN_ZONE, ROWS_IN_ZONE, |at| (at.zone, 0)),
    Effect::over_rows(Part::Row, IN_SECTION, ROWS_IN_SECTION, |at| (at.section, 0)),
    Effect::plain(Part::Quantity, IN_EVENT, |at| (at.quantity, 0)),
    Effect::plain(Part::Quantity, IN_ZONE, |at| (at.zone, at.quantity)),
    Effect::over_rows(Part::Quantity, IN_SECTION, ROWS_IN_SECTION, |at| (at.section, at.quantity)),
    Effect::plain(Part::ThisEvent, IN_EVENT, |at| (at.zone, at.event)),
    Effect::plain(Part::ThisEvent, IN_EVENT, |at| (at.section, at.event)),
    Effect::over_rows(Part::ThisEvent, IN_EVENT, ROWS_IN_SECTION, |at| (at.section, at.event)),
];

impl Seating {
    pub(super) const fn is_in_zone_of(&self, other: &Self) -> bool {
        self.zone == other.zone
    }

    pub(super) const fn is_in_section_of(&self, other: &Self) -> bool {
        self.section == other.section
    }

    /// The covariance of two listings' log prices, noise apart.
    pub(super) fn covariance(&self, other: &Self) -> f64 {
        let shared = EFFECTS.iter().map(|effect| {
            let ((key, row), (other_key, other_row)) = (effect.place(self), effect.place(other));
            let near = effect.reach.map_or(1.0, |reach| row.near(other_row, reach));
            if key == other_key { effect.variance * near } else { 0.0 }
        });
        shared.sum()
    }
}

/// Numbers for words. A word that was never learned has 0, which nothing else has.
#[derive(Clone, Debug, Default)]
pub(super) struct Likeness {
    words: [HashMap<String, u32>; 4],
}

impl Likeness {
    /// The place of a listing that is learned from.
    pub(super) fn learn(&mut self, seats: &Seats<'_>) -> Seating {
        for (known, word) in self.words.iter_mut().zip(words(seats)) {
            if !known.contains_key(word) {
                let next = u32::try_from(known.len()).unwrap_or(u32::MAX).saturating_add(1);
                known.insert(word.to_owned(), next);
            }
        }
        self.place(seats)
    }

    /// The place of a listing that is asked about.
    pub(super) fn place(&self, seats: &Seats<'_>) -> Seating {
        let mut numbers =
            self.words.iter().zip(words(seats)).map(|(known, word)| known.get(word).copied().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        let (event, zone, section, name) = (next(), next(), next(), next());
        let row = Row::number(seats.row)
            .map(Row::Number)
            .or_else(|| Row::letter(seats.row).map(Row::Letter))
            .unwrap_or(Row::Name(name));
        Seating { event, zone, section, row, quantity: quantity_class(seats.quantity) }
    }
}

const fn words<'a>(seats: &Seats<'a>) -> [&'a str; 4] {
    [seats.event, seats.zone, seats.section, seats.row]
}
