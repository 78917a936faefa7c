//! What is remembered of an event's listings: a filter that learns as they come and forgets as time goes by, small
//! enough to keep for every event of a venue (fading memory: Sorenson and Sacks, *Recursive fading memory filtering*,
//! 1971).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::affinity::quantity_class;
use super::{Asked, Seats};

/// What is not listed any more counts half after so many days: prices of a season move by some percent a week.
const HALF_LIFE_DAYS: f64 = 3.0;
/// What counts less is forgotten.
const LEAST_WEIGHT: f64 = 0.1;
/// Places kept of an event: about 50 bytes each.
pub const KEPT_PLACES: usize = 800;

/// What is remembered of one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// When it last learned (market time).
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The places it knows of.
    pub places: Vec<Place>,
}

/// What was asked in one section, row and class of quantities. Names are short because a stored value holds hundreds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The part of the house; not stored, because the section's name tells it.
    #[serde(skip)]
    pub zone: String,
    /// The section.
    #[serde(rename = "s")]
    pub section: String,
    /// The row.
    #[serde(rename = "r")]
    pub row: String,
    /// Seats sold together, as the first of those that are priced alike told it.
    #[serde(rename = "q")]
    pub quantity: u32,
    /// How many listings it counts for, hundredths.
    #[serde(rename = "w")]
    weight: u32,
    /// The middle of what they asked: logarithm of the price, thousandths.
    #[serde(rename = "p")]
    price: i32,
}

impl Place {
    fn weight(&self) -> f64 {
        f64::from(self.weight) / 100.0
    }

    fn log(&self) -> f64 {
        f64::from(self.price) / 1000.0
    }

    fn key(&self) -> PlaceKey<'_> {
        (&self.section, &self.row, quantity_class(self.quantity))
    }

    /// The place as one listing that stands for as many as it counts for.
    pub fn asked<'a>(&'a self, event: &'a str) -> Asked<'a> {
        let Self { zone, section, row, quantity, .. } = self;
        let seats = Seats { event, zone, section, row, quantity: *quantity };
        Asked { seats, price: self.log().exp(), weight: self.weight() }
    }
}

type PlaceKey<'a> = (&'a str, &'a str, u32);

/// What stands in one place now.
struct Standing<'a> {
    seats: &'a Seats<'a>,
    logs: Vec<f64>,
}

impl Standing<'_> {
    fn count(&self) -> f64 {
        self.logs.iter().map(|_| 1.0).sum()
    }

    /// The median: one odd listing does not move it.
    fn middle(&mut self) -> f64 {
        self.logs.sort_by(f64::total_cmp);
        let nth = |nth: usize| self.logs.get(nth).copied().unwrap_or_default();
        let half = self.logs.len() / 2;
        if self.logs.len().is_multiple_of(2) {
            f64::midpoint(nth(half.saturating_sub(1)), nth(half))
        } else {
            nth(half)
        }
    }
}

fn standing<'a>(listings: &'a [Asked<'a>]) -> BTreeMap<PlaceKey<'a>, Standing<'a>> {
    let mut places: BTreeMap<PlaceKey<'a>, Standing<'a>> = BTreeMap::new();
    for listing in listings.iter().filter(|listing| listing.price.is_finite() && listing.price > 0.0) {
        let key = (listing.seats.section, listing.seats.row, quantity_class(listing.seats.quantity));
        let place = places.entry(key).or_insert_with(|| Standing { seats: &listing.seats, logs: Vec::new() });
        place.logs.push(listing.price.ln());
    }
    places
}

impl Memory {
    /// The memory after `listings` are what is on sale at `at`. What stands counts once for each listing, however often
    /// it is told; what stood before and is gone fades. Learning the same twice changes nothing.
    pub fn after(before: Option<&Self>, listings: &[Asked<'_>], at: DateTime<Utc>) -> Self {
        let mut places: Vec<Place> = Vec::new();
        let mut old = before.map(|before| before.gone(listings, at)).unwrap_or_default();
        for (key, mut stands) in standing(listings) {
            let (count, middle) = (stands.count(), stands.middle());
            let (weight, log) = match old.remove(&key) {
                Some((place, extra)) => {
                    let weight = count + extra;
                    (weight, (count * middle + extra * place.log()) / weight)
                }
                None => (count, middle),
            };
            let Seats { zone, section, row, quantity, .. } = stands.seats;
            let [zone, section, row] = [zone, section, row].map(|word| (*word).to_owned());
            places.push(Place {
                zone,
                section,
                row,
                quantity: *quantity,
                weight: hundredths(weight),
                price: thousandths(log),
            });
        }
        places.extend(
            old.into_values().map(|(place, extra)| Place { weight: hundredths(extra), ..place.clone() }),
        );
        Self { at, places: fair_choice(places) }
    }

    /// What is remembered beyond what stands now, with what it still counts for.
    fn gone(&self, listings: &[Asked<'_>], at: DateTime<Utc>) -> HashMap<PlaceKey<'_>, (&Place, f64)> {
        let now = standing(listings);
        #[expect(clippy::cast_precision_loss, reason = "hours are far below 2^52")]
        let days = at.signed_duration_since(self.at).num_minutes().max(0) as f64 / 1_440.0;
        let left = (-days / HALF_LIFE_DAYS).exp2();
        let extra =
            |place: &Place| place.weight() * left - now.get(&place.key()).map_or(0.0, Standing::count);
        let gone = self.places.iter().map(|place| (place.key(), (place, extra(place))));
        gone.filter(|(_, (_, extra))| *extra >= LEAST_WEIGHT).collect()
    }

    /// The same as listings to learn from, each place counting for what it still does.
    pub fn remembered<'a>(
        &'a self,
        event: &'a str,
        listings: &[Asked<'_>],
        at: DateTime<Utc>,
    ) -> Vec<Asked<'a>> {
        let gone = self.gone(listings, at);
        let counted = self.places.iter().filter_map(|place| Some((place, gone.get(&place.key())?.1)));
        counted.map(|(place, weight)| Asked { weight, ..place.asked(event) }).collect()
    }
}

/// At most [`KEPT_PLACES`], of every section in turn those that count for most.
fn fair_choice(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by(|one, other| {
        (&one.section, other.weight, &one.row, one.quantity).cmp(&(
            &other.section,
            one.weight,
            &other.row,
            other.quantity,
        ))
    });
    let mut turn = 0_usize;
    let mut section = String::new();
    let mut turns: Vec<(usize, Place)> = Vec::with_capacity(places.len());
    for place in places {
        turn = if place.section == section { turn.saturating_add(1) } else { 0 };
        section.clone_from(&place.section);
        turns.push((turn, place));
    }
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().take(KEPT_PLACES).map(|(_, place)| place).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, and casts from floats saturate"
)]
fn hundredths(weight: f64) -> u32 {
    (weight * 100.0).round() as u32
}

#[expect(clippy::cast_possible_truncation, reason = "a logarithm of an i64 is below 44")]
fn thousandths(log: f64) -> i32 {
    (log * 1000.0).round() as i32
}
