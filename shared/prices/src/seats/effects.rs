//! Sums over what listings share, in time that grows with the listings and not with their pairs.
//!
//! The covariance of all listings is a sum of a few effects; of each, a listing has part in one cell (a zone, a
//! section's row). Multiplying by it is: sum up each cell, let the sums reach over to the rows beside, hand each
//! listing its cell's. An exponential likeness of rows needs one walk there and one back (the Ornstein-Uhlenbeck
//! process is a Markov chain; Rasmussen and Williams 2006, appendix B).

use super::affinity::{EFFECTS, Effect, Key, Part, Row, Seating};

/// One effect over the listings that are learned from.
#[derive(Clone, Debug)]
struct Cells {
    effect: Effect,
    /// What each cell stands for, ascending.
    places: Vec<(Key, Row)>,
    /// How much of a cell reaches the next one: 0 where another key or kind of row begins.
    links: Vec<f64>,
    /// Each listing's cell.
    cell_of: Vec<usize>,
}

impl Cells {
    fn of(effect: Effect, points: &[Seating]) -> Self {
        let mut places: Vec<(Key, Row)> = points.iter().map(|point| effect.place(point)).collect();
        places.sort_unstable();
        places.dedup();
        let cell_of =
            points.iter().map(|point| places.partition_point(|place| *place < effect.place(point))).collect();
        let nexts = places.iter().skip(1).map(Some).chain([None]);
        let links = places.iter().zip(nexts).map(|(place, next)| reaches(&effect, *place, next)).collect();
        Self { effect, places, links, cell_of }
    }

    /// What reaches each cell from itself and those before it, and from itself and those behind it.
    fn walks(&self, values: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut sums = vec![0.0; self.places.len()];
        for (cell, value) in self.cell_of.iter().zip(values) {
            if let Some(sum) = sums.get_mut(*cell) {
                *sum += value;
            }
        }
        if self.effect.reach.is_none() {
            return (sums.clone(), sums);
        }
        let mut carried = 0.0;
        let ahead: Vec<f64> = sums
            .iter()
            .zip(&self.links)
            .map(|(sum, link)| {
                let here = sum + carried;
                carried = here * link;
                here
            })
            .collect();
        let mut behind = 0.0;
        for (sum, link) in sums.iter_mut().zip(&self.links).rev() {
            *sum += behind * link;
            behind = *sum;
        }
        (ahead, sums)
    }

    /// Adds this effect's covariance times `values` to `out`.
    fn add(&self, values: &[f64], out: &mut [f64]) {
        let mut sums = vec![0.0; self.places.len()];
        for (cell, value) in self.cell_of.iter().zip(values) {
            if let Some(sum) = sums.get_mut(*cell) {
                *sum += value;
            }
        }
        if self.effect.reach.is_some() {
            // There and back in place: what comes from behind is added to what came from before.
            let mut carried = 0.0;
            let mut before = Vec::with_capacity(sums.len());
            for (sum, link) in sums.iter().zip(&self.links) {
                before.push(carried);
                carried = (carried + sum) * link;
            }
            let mut behind = 0.0;
            for ((sum, before), link) in sums.iter_mut().zip(before).zip(&self.links).rev() {
                let own = *sum;
                let from_behind = behind * link;
                *sum = before + own + from_behind;
                behind = own + from_behind;
            }
        }
        for (cell, out) in self.cell_of.iter().zip(out) {
            *out += self.effect.variance * sums.get(*cell).copied().unwrap_or(0.0);
        }
    }
}

fn reaches(effect: &Effect, place: (Key, Row), next: Option<&(Key, Row)>) -> f64 {
    match (effect.reach, next) {
        (Some(reach), Some((key, row))) if *key == place.0 => place.1.near(*row, reach),
        _ => 0.0,
    }
}

/// All effects over the listings that are learned from.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    effects: Vec<Cells>,
}

impl Shared {
    /// What `points` have in common.
    pub(super) fn of(points: &[Seating]) -> Self {
        Self { effects: EFFECTS.iter().map(|effect| Cells::of(*effect, points)).collect() }
    }

    /// The covariance of all points times `values`.
    pub(super) fn times(&self, values: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; values.len()];
        for cells in &self.effects {
            cells.add(values, &mut out);
        }
        out
    }

    /// What each place is expected to add, by what was found out of the points.
    pub(super) fn learned(self, pulls: &[f64]) -> Learned {
        let effects = self
            .effects
            .into_iter()
            .map(|cells| {
                let (ahead, behind) = cells.walks(pulls);
                let Cells { effect, places, links, .. } = cells;
                LearnedEffect { effect, places, links, ahead, behind }
            })
            .collect();
        Learned { effects }
    }
}

/// The expected size of every effect in every place.
#[derive(Clone, Debug)]
pub(super) struct Learned {
    effects: Vec<LearnedEffect>,
}

#[derive(Clone, Debug)]
struct LearnedEffect {
    effect: Effect,
    places: Vec<(Key, Row)>,
    links: Vec<f64>,
    ahead: Vec<f64>,
    behind: Vec<f64>,
}

impl Learned {
    /// What each effect adds to the log price of `seating`.
    pub(super) fn parts(&self, seating: Seating) -> impl Iterator<Item = (Part, f64)> {
        self.effects.iter().map(move |learned| (learned.effect.part, learned.at(&seating)))
    }
}

impl LearnedEffect {
    fn at(&self, seating: &Seating) -> f64 {
        let place = self.effect.place(seating);
        let next = self.places.partition_point(|known| *known < place);
        let from = |cell: Option<usize>, walk: &[f64]| {
            let Some(cell) = cell else { return 0.0 };
            match (self.places.get(cell), walk.get(cell)) {
                (Some((key, row)), Some(sum)) if *key == place.0 => {
                    sum * self
                        .effect
                        .reach
                        .map_or(f64::from(u8::from(*row == place.1)), |reach| row.near(place.1, reach))
                }
                _ => 0.0,
            }
        };
        let before = from(next.checked_sub(1), &self.ahead);
        let sum = if self.places.get(next) == Some(&place) {
            // The cell itself: what came from before ends in it, what comes from behind is told by the walk back.
            let link = next.checked_sub(1).and_then(|before| self.links.get(before)).copied().unwrap_or(0.0);
            let carried =
                next.checked_sub(1).and_then(|before| self.ahead.get(before)).copied().unwrap_or(0.0);
            self.behind.get(next).copied().unwrap_or(0.0) + carried * link
        } else {
            before + from(Some(next), &self.behind)
        };
        self.effect.variance * sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Seats;
    use super::super::affinity::Likeness;
    use super::*;

    type Told = (usize, usize, usize, usize, u32);

    fn told() -> impl Strategy<Value = Told> {
        (0..3_usize, 0..3_usize, 0..4_usize, 0..9_usize, 1..10_u32)
    }

    fn seats((event, zone, section, row, quantity): &Told) -> Seats<'static> {
        const WORDS: [&str; 4] = ["a", "b", "c", "d"];
        const ROWS: [&str; 9] = ["1", "2", "5", "40", "41", "B", "F", "AA", ""];
        Seats {
            event: WORDS[*event],
            zone: WORDS[*zone],
            section: WORDS[*section],
            row: ROWS[*row],
            quantity: *quantity,
        }
    }

    proptest! {
        /// Cell by cell comes to the same as pair by pair, for what was learned from and for what was not.
        #[test]
        fn sums_are_those_over_all_pairs(
            known in prop::collection::vec((told(), -1.0..1.0_f64), 1..30),
            asked in told(),
        ) {
            let mut likeness = Likeness::default();
            let points: Vec<Seating> = known.iter().map(|(told, _)| likeness.learn(&seats(told))).collect();
            let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
            let over_pairs = |at: &Seating| -> f64 {
                points.iter().zip(&values).map(|(point, value)| point.covariance(at) * value).sum()
            };
            let shared = Shared::of(&points);
            for (point, product) in points.iter().zip(shared.times(&values)) {
                prop_assert!((over_pairs(point) - product).abs() < 1e-9);
            }
            let learned = shared.learned(&values);
            for at in points.iter().copied().chain([likeness.place(&seats(&asked))]) {
                let sum: f64 = learned.parts(at).map(|(_, part)| part).sum();
                prop_assert!((over_pairs(&at) - sum).abs() < 1e-9);
            }
        }
    }
}
