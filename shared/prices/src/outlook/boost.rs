//! Boosted trees for the probability of a fall: each tree corrects what those before it told (Friedman, *Greedy
//! function approximation*, 2001; second-order steps as in Chen and Guestrin, *A scalable tree boosting system*, 2016). One model tells all
//! horizons, each from its own past rate: what a fall within a day teaches serves the three days too.
#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "runs natively, never on a request; indices are over tables of the same length made here"
)]

use super::boosted::{Boosted, Boosts, Branch, below};
use super::calibrate::log_odds;
use super::course::Outcome;
use super::features::COUNT;
use super::forest::LEAF;
use super::grow::{Crowd, Random, thresholds};
use super::model::Horizon;
use super::moments::Moment;
use super::{HORIZONS, HOUR};

/// A past question of one horizon and how it turned out.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What was known.
    pub numbers: &'a [f32; COUNT],
    /// Of which event.
    pub event: usize,
    /// Of which horizon.
    pub horizon: usize,
    /// Whether it came: the fall, or whatever is asked.
    pub fell: bool,
}

/// How trees are boosted.
#[derive(Clone, Copy, Debug)]
pub struct Boosting {
    /// How many trees.
    pub trees: usize,
    /// Questions on the way to a leaf.
    pub depth: usize,
    /// The part of each correction that is made.
    pub pace: f64,
    /// How much a leaf's correction is held back: as by so much more evidence (`p (1 - p)` a row) that none is needed.
    pub caution: f64,
    /// One in so many numbers is tried for a tree.
    pub part: usize,
}

impl Default for Boosting {
    fn default() -> Self {
        Self { trees: 100, depth: 4, pace: 0.05, caution: 20.0, part: 3 }
    }
}

/// Numbers known, and the horizon.
const WIDTH: usize = COUNT + 1;

struct Ground {
    thresholds: Vec<Vec<f32>>,
    bins: Vec<[u8; WIDTH]>,
}

/// Boosted trees of what came of the moments whose horizons were over by `now`; of horizons without a forest there is too
/// little to learn from.
pub(super) fn fit(moments: &[Moment], horizons: &[Horizon; 3], now: i64, boosting: Boosting) -> Boosts {
    let mut asked: Vec<(Question<'_>, Outcome)> = Vec::new();
    for (place, (hours, horizon)) in HORIZONS.iter().zip(horizons).enumerate() {
        let over = |moment: &&Moment| moment.origin.saturating_add(hours.saturating_mul(HOUR)) <= now;
        let daily =
            moments.iter().take_while(over).filter(|moment| moment.daily && !horizon.forest.trees.is_empty());
        asked.extend(daily.filter_map(|moment| {
            let outcome = moment.outcomes[place]?;
            let (numbers, event) = (&moment.numbers, moment.course);
            Some((Question { numbers, event, horizon: place, fell: outcome.fell }, outcome))
        }));
    }
    let of = |came: &dyn Fn(&Outcome) -> bool| {
        let questions: Vec<Question<'_>> =
            asked.iter().map(|(question, outcome)| Question { fell: came(outcome), ..*question }).collect();
        boost(&questions, boosting, now.unsigned_abs())
    };
    let falls = of(&|outcome| outcome.fell);
    Boosts { falls, cuts: std::array::from_fn(|cut| of(&|outcome| below(cut, outcome.change))) }
}

/// Boosted trees of these questions: of the same ones and seed always the same.
pub fn boost(questions: &[Question<'_>], boosting: Boosting, seed: u64) -> Boosted {
    if questions.is_empty() {
        return Boosted::default();
    }
    let rates = std::array::from_fn(|horizon| {
        let of = questions.iter().filter(|question| question.horizon == horizon);
        let (fell, all) = of
            .fold((0.5, 1.0), |(fell, all), question| (fell + f64::from(u8::from(question.fell)), all + 1.0));
        fell / all
    });
    let mut columns: Vec<Vec<f32>> = (0..COUNT)
        .map(|number| thresholds(questions.iter().map(|question| question.numbers[number])))
        .collect();
    columns.push(vec![0.0, 1.0]);
    let bins = questions
        .iter()
        .map(|question| {
            std::array::from_fn(|number| {
                let value = question.numbers.get(number).copied().unwrap_or(question.horizon as f32);
                columns[number].partition_point(|threshold| *threshold < value) as u8
            })
        })
        .collect();
    let ground = Ground { thresholds: columns, bins };
    let mut odds: Vec<f64> = questions.iter().map(|question| log_odds(rates[question.horizon])).collect();
    let mut random = Random::new(seed);
    let events = Crowd::of(questions.iter().map(|question| question.event));
    let mut boosted = Boosted { rates, trees: Vec::new() };
    for _ in 0..boosting.trees {
        let drawn = events.draw(&mut random);
        let mut rows: Vec<u32> =
            (0..questions.len() as u32).filter(|row| drawn[questions[*row as usize].event] > 0.0).collect();
        let slopes: Vec<(f64, f64)> = questions
            .iter()
            .zip(&odds)
            .map(|(question, odds)| {
                let told = 1.0 / (1.0 + (-odds).exp());
                let weight = WEIGHTS[question.horizon];
                (weight * (f64::from(u8::from(question.fell)) - told), weight * told * (1.0 - told))
            })
            .collect();
        let tried: Vec<usize> =
            (0..WIDTH).filter(|number| *number == COUNT || random.below(boosting.part) == 0).collect();
        let mut tree = vec![Branch { feature: LEAF, threshold: 0.0, child: 0, value: 0.0 }];
        ground.split(&mut tree, 0, &mut rows, &slopes, &tried, boosting, boosting.depth);
        for (row, odds) in odds.iter_mut().enumerate() {
            *odds += f64::from(ground.value(&tree, row));
        }
        boosted.trees.push(tree);
    }
    boosted
}

/// Questions whose horizons overlap tell the same story, the more so the longer they are.
const WEIGHTS: [f64; 3] = [1.0, 0.6, 0.4];

impl Ground {
    fn value(&self, tree: &[Branch], row: usize) -> f32 {
        let mut at = 0;
        while tree[at].feature != LEAF {
            let branch = &tree[at];
            let threshold = &self.thresholds[usize::from(branch.feature)];
            let bin = usize::from(self.bins[row][usize::from(branch.feature)]);
            // In bin b lies what is above threshold b - 1 and at most threshold b.
            let above = threshold.get(bin).is_none_or(|upper| *upper > branch.threshold);
            at = branch.child as usize + usize::from(above);
        }
        tree[at].value
    }

    #[expect(clippy::too_many_arguments, reason = "a recursion over the same tables")]
    fn split(
        &self,
        tree: &mut Vec<Branch>,
        at: usize,
        rows: &mut [u32],
        slopes: &[(f64, f64)],
        tried: &[usize],
        boosting: Boosting,
        depth: usize,
    ) {
        let mut total = (0.0, 0.0);
        for row in rows.iter() {
            let (slope, bend) = slopes[*row as usize];
            total = (total.0 + slope, total.1 + bend);
        }
        let gain = |(slope, bend): (f64, f64)| slope * slope / (bend + boosting.caution);
        let mut best: Option<(f64, usize, u8)> = None;
        if depth > 0 {
            for number in tried {
                let mut sums = [(0.0, 0.0); 256];
                for row in rows.iter() {
                    let row = *row as usize;
                    let sum = &mut sums[usize::from(self.bins[row][*number])];
                    sum.0 += slopes[row].0;
                    sum.1 += slopes[row].1;
                }
                let mut left = (0.0, 0.0);
                for (bin, sum) in sums.iter().enumerate().take(self.thresholds[*number].len()) {
                    left = (left.0 + sum.0, left.1 + sum.1);
                    let right = (total.0 - left.0, total.1 - left.1);
                    if left.1 < 1.0 || right.1 < 1.0 {
                        continue;
                    }
                    let gain = gain(left) + gain(right) - gain(total);
                    if gain > best.map_or(1e-9, |(gain, ..)| gain) {
                        best = Some((gain, *number, bin as u8));
                    }
                }
            }
        }
        let Some((_, number, bin)) = best else {
            tree[at].value = (boosting.pace * total.0 / (total.1 + boosting.caution)) as f32;
            return;
        };
        let mut middle = 0;
        for index in 0..rows.len() {
            if self.bins[rows[index] as usize][number] <= bin {
                rows.swap(index, middle);
                middle += 1;
            }
        }
        let child = tree.len();
        let threshold = self.thresholds[number][usize::from(bin)];
        tree[at] = Branch { feature: number as u16, threshold, child: child as u32, value: 0.0 };
        tree.extend([Branch { feature: LEAF, threshold: 0.0, child: 0, value: 0.0 }; 2]);
        let (first, second) = rows.split_at_mut(middle);
        self.split(tree, child, first, slopes, tried, boosting, depth - 1);
        self.split(tree, child + 1, second, slopes, tried, boosting, depth - 1);
    }
}
