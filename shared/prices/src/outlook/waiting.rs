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

/// A past day and the day after it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What was known.
    pub numbers: &'a [f32; COUNT],
    /// Tomorrow's price over the day's.
    pub ratio: f64,
    /// What was known tomorrow; `None` when tomorrow was the last day to buy.
    pub next: Option<&'a [f32; COUNT]>,
}

/// What waiting comes to, for each leaf of each tree: expected payment over the price now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    pub(super) leaves: Vec<Vec<f64>>,
}

impl Waiting {
    /// Works back `days` from buying at once.
    pub fn learn(forest: &Forest, steps: &[Step<'_>], days: usize) -> Self {
        let here: Vec<Vec<usize>> = leaves_of(forest, steps.iter().map(|step| Some(step.numbers)), 0);
        let next: Vec<Vec<usize>> = leaves_of(forest, steps.iter().map(|step| step.next), usize::MAX);
        let mut waiting =
            Self { leaves: forest.trees.iter().map(|tree| vec![1.0; tree.leaves.len()]).collect() };
        for _ in 0..days {
            let paid: Vec<f64> = steps
                .iter()
                .zip(&next)
                .map(|(step, next)| step.ratio * waiting.mean(next).min(1.0))
                .collect();
            let all = paid.iter().sum::<f64>() / paid.len().max(1) as f64;
            let mut leaves = Vec::with_capacity(forest.trees.len());
            for (tree, of) in forest.trees.iter().enumerate() {
                // Drawn towards the mean of all, as if one step more had been seen.
                let mut sums = vec![(all, 1.0); of.leaves.len()];
                for (paid, here) in paid.iter().zip(&here) {
                    if let Some(sum) = sums.get_mut(here[tree]) {
                        sum.0 += paid;
                        sum.1 += 1.0;
                    }
                }
                leaves.push(sums.into_iter().map(|(sum, count)| sum / count).collect());
            }
            waiting = Self { leaves };
        }
        waiting
    }

    /// Expected payment over the price now, of one who waits and then buys when it is best.
    pub fn cost(&self, forest: &Forest, numbers: &[f32; COUNT]) -> f64 {
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
