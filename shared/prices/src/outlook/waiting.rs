//! When to buy: worked out backwards, as for an option that may be exercised once a day.
//!
//! Waiting a day costs what the price will be tomorrow over what it is now, times what tomorrow is worth at best: buying
//! (1) or waiting again. What follows a day is taken from what followed the past days that fell into the same leaves of a
//! forest; averaging never invents, so the iteration settles (Ormoneit and Sen, *Kernel-based reinforcement
//! learning*, 2002; Longstaff and Schwartz, *Valuing American options by simulation*, 2001).
#![expect(
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "fitted natively, never on a request; indices are over tables of the same length made here"
)]

use super::features::COUNT;
use super::forest::Forest;
use super::rules::Rules;

/// A past day and the day after it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Of which event.
    pub event: usize,
    /// What was known.
    pub numbers: &'a [f32; COUNT],
    /// Tomorrow's price over the day's.
    pub ratio: f64,
    /// What was known tomorrow; `None` when tomorrow was the last day to buy.
    pub next: Option<&'a [f32; COUNT]>,
}

/// What waiting comes to: for each leaf of each tree the expected payment over the price now, and the rules that decide.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    pub(super) leaves: Vec<Vec<f64>>,
    /// How much rules of when to buy are believed.
    pub rules: Rules,
}

impl Waiting {
    /// Works back `days` from buying at once.
    ///
    /// The least of several noisy estimates is too low, so two are kept, each of half the events: one tells
    /// whether to wait on, the other what that costs (van Hasselt, *Double Q-learning*, 2010).
    pub fn learn(forest: &Forest, steps: &[Step<'_>], days: usize) -> Self {
        let here: Vec<Vec<usize>> = leaves_of(forest, steps.iter().map(|step| Some(step.numbers)), 0);
        let next: Vec<Vec<usize>> = leaves_of(forest, steps.iter().map(|step| step.next), usize::MAX);
        let at_once = Self {
            leaves: forest.trees.iter().map(|tree| vec![1.0; tree.leaves.len()]).collect(),
            rules: Rules::default(),
        };
        let mut halves = [at_once.clone(), at_once];
        for _ in 0..days {
            let [even, odd] = &halves;
            halves = [(even, odd, 0), (odd, even, 1)].map(|(own, other, half)| {
                let paid = |step: &Step<'_>, next: &Vec<usize>| {
                    step.ratio * if own.mean(next) < 1.0 { other.mean(next) } else { 1.0 }
                };
                let paid: Vec<(usize, f64)> = (steps.iter().zip(&next).enumerate())
                    .filter(|(_, (step, _))| step.event % 2 == half)
                    .map(|(index, (step, next))| (index, paid(step, next)))
                    .collect();
                Self::of_leaves(forest, &here, &paid)
            });
        }
        let [mut all, odd] = halves;
        for (one, other) in all.leaves.iter_mut().flatten().zip(odd.leaves.iter().flatten()) {
            *one = f64::midpoint(*one, *other);
        }
        all
    }

    /// What was paid on average by those in each leaf, drawn towards the mean of all as if one step more had been seen.
    fn of_leaves(forest: &Forest, here: &[Vec<usize>], paid: &[(usize, f64)]) -> Self {
        let all = (1.0 + paid.iter().map(|(_, paid)| paid).sum::<f64>()) / (paid.len() as f64 + 1.0);
        let leaves = forest.trees.iter().enumerate().map(|(tree, of)| {
            let mut sums = vec![(all, 1.0); of.leaves.len()];
            for (step, paid) in paid {
                if let Some(sum) = sums.get_mut(here[*step][tree]) {
                    sum.0 += paid;
                    sum.1 += 1.0;
                }
            }
            sums.into_iter().map(|(sum, count)| sum / count).collect()
        });
        Self { leaves: leaves.collect(), rules: Rules::default() }
    }

    /// Expected payment over the price now, of one who waits: below 1 where that is advised.
    pub fn cost(&self, forest: &Forest, numbers: &[f32; COUNT]) -> f64 {
        self.rules.cost(numbers, self.worked_out(forest, numbers))
    }

    /// The same as worked out back from the deadline, of one who then buys when it is best.
    pub fn worked_out(&self, forest: &Forest, numbers: &[f32; COUNT]) -> f64 {
        let leaves: Vec<usize> = forest.trees.iter().map(|tree| tree.leaf(numbers)).collect();
        self.mean(&leaves)
    }

    fn mean(&self, leaves: &[usize]) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0_f64);
        for (tree, leaf) in self.leaves.iter().zip(leaves) {
            if let Some(value) = tree.get(*leaf) {
                sum += value;
                count += 1.0;
            }
        }
        if count > 0.0 { sum / count } else { 1.0 }
    }
}

fn leaves_of<'a>(
    forest: &Forest,
    numbers: impl Iterator<Item = Option<&'a [f32; COUNT]>>,
    none: usize,
) -> Vec<Vec<usize>> {
    numbers
        .map(|numbers| {
            forest.trees.iter().map(|tree| numbers.map_or(none, |numbers| tree.leaf(numbers))).collect()
        })
        .collect()
}
