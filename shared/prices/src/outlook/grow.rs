//! Grows the forest. Each tree sees a bootstrap of the events (not of the rows: the rows of one event tell the same
//! story) and half of their rows, and splits so that falls, changes and their size are told apart together. A
//! leaf's share of falls leans on the nodes above it (Agarwal et al., *Hierarchical shrinkage*, 2022).
#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "runs natively, never on a request; indices are over tables of the same length made here"
)]

use super::features::COUNT;
use super::forest::{Forest, LEAF, Leaf, Node, SKETCH, Tree};

/// A past question and how it turned out.
#[derive(Clone, Debug)]
pub struct Example<'a> {
    /// What was known.
    pub numbers: &'a [f32; COUNT],
    /// Of which event.
    pub event: usize,
    /// Logarithm of the price at the horizon over the price then.
    pub change: f64,
    /// Whether it fell.
    pub fell: bool,
}

/// How trees are grown.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// How many.
    pub trees: usize,
    /// Rows a leaf has at least.
    pub leaf: usize,
    /// Questions on the way to a leaf at most.
    pub depth: usize,
    /// Numbers tried for a question.
    pub tries: usize,
    /// A leaf's share of falls leans on what is above it as on so many rows more.
    pub lean: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { trees: 120, leaf: 10, depth: 8, tries: 10, lean: 100.0 }
    }
}

/// Thresholds tried for a number.
const BINS: usize = 32;
/// What a question tells apart: falls, changes, sizes of changes; the last two count a little less.
const OUTPUTS: usize = 3;
const SHARE: f64 = 0.7;
/// Changes beyond do not steer the trees.
const MOST: f64 = 0.4;

/// A forest of these examples: of the same ones and seed always the same.
pub fn grow(examples: &[Example<'_>], growth: Growth, seed: u64) -> Forest {
    if examples.is_empty() {
        return Forest::default();
    }
    let ground = Ground::prepare(examples);
    let mut random = Random::new(seed);
    let events = Crowd::of(examples.iter().map(|example| example.event));
    let trees = (0..growth.trees)
        .map(|_| {
            let drawn = events.draw(&mut random);
            let weights: Vec<f64> = examples.iter().map(|example| drawn[example.event]).collect();
            let mut rows: Vec<u32> = (0..examples.len() as u32)
                .filter(|row| weights[*row as usize] > 0.0 && random.below(2) == 0)
                .collect();
            if rows.is_empty() {
                rows = (0..examples.len() as u32).filter(|row| weights[*row as usize] > 0.0).collect();
            }
            let mut tree =
                Tree { nodes: vec![Node { feature: LEAF, threshold: 0.0, child: 0 }], leaves: Vec::new() };
            let fell = ground.fell(&rows, &weights);
            ground.split(&mut tree, 0, &mut rows, &weights, growth, growth.depth, fell, &mut random);
            tree
        })
        .collect();
    Forest { trees }
}

/// What is drawn from, with replacement.
pub(super) struct Crowd(Vec<usize>);

impl Crowd {
    pub(super) fn of(members: impl Iterator<Item = usize>) -> Self {
        let mut members: Vec<usize> = members.collect();
        members.sort_unstable();
        members.dedup();
        Self(members)
    }

    /// How often each was drawn.
    pub(super) fn draw(&self, random: &mut Random) -> Vec<f64> {
        let mut drawn = vec![0.0; self.0.last().map_or(0, |most| most + 1)];
        for _ in &self.0 {
            drawn[self.0[random.below(self.0.len())]] += 1.0;
        }
        drawn
    }
}

/// The examples, made ready: every number replaced by the bin it falls into.
struct Ground<'a> {
    examples: &'a [Example<'a>],
    thresholds: Vec<Vec<f32>>,
    bins: Vec<[u8; COUNT]>,
    outputs: Vec<[f64; OUTPUTS]>,
}

impl<'a> Ground<'a> {
    fn prepare(examples: &'a [Example<'a>]) -> Self {
        let thresholds: Vec<Vec<f32>> = (0..COUNT)
            .map(|feature| thresholds(examples.iter().map(|example| example.numbers[feature])))
            .collect();
        let bins = examples
            .iter()
            .map(|example| {
                std::array::from_fn(|feature| {
                    let number = example.numbers[feature];
                    thresholds[feature].partition_point(|threshold| *threshold < number) as u8
                })
            })
            .collect();
        let raw: Vec<[f64; OUTPUTS]> = examples
            .iter()
            .map(|example| {
                let change = example.change.clamp(-MOST, MOST);
                [f64::from(u8::from(example.fell)), change, change.abs()]
            })
            .collect();
        let scale: [f64; OUTPUTS] = std::array::from_fn(|output| {
            let count = raw.len() as f64;
            let mean = raw.iter().map(|row| row[output]).sum::<f64>() / count;
            let variance = raw.iter().map(|row| (row[output] - mean).powi(2)).sum::<f64>() / count;
            (if output == 0 { 1.0 } else { SHARE }) / variance.sqrt().max(1e-6)
        });
        let outputs =
            raw.iter().map(|row| std::array::from_fn(|output| row[output] * scale[output])).collect();
        Self { examples, thresholds, bins, outputs }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one recursion")]
    fn split(
        &self,
        tree: &mut Tree,
        at: usize,
        rows: &mut [u32],
        weights: &[f64],
        growth: Growth,
        depth: usize,
        told: f64,
        random: &mut Random,
    ) {
        let question = if depth > 0 && rows.len() >= 2 * growth.leaf {
            self.best_question(rows, weights, growth, random)
        } else {
            None
        };
        let Some((feature, bin)) = question else {
            tree.nodes[at] = Node { feature: LEAF, threshold: 0.0, child: tree.leaves.len() as u32 };
            tree.leaves.push(Leaf { fell: told as f32, changes: self.changes(rows, weights) });
            return;
        };
        let here = self.fell(rows, weights);
        let trust = 1.0 / (1.0 + growth.lean / rows.len() as f64);
        let mut middle = 0;
        for index in 0..rows.len() {
            if self.bins[rows[index] as usize][feature] <= bin {
                rows.swap(index, middle);
                middle += 1;
            }
        }
        let child = tree.nodes.len();
        let threshold = self.thresholds[feature][usize::from(bin)];
        tree.nodes[at] = Node { feature: feature as u16, threshold, child: child as u32 };
        tree.nodes.extend([Node { feature: LEAF, threshold: 0.0, child: 0 }; 2]);
        let (first, second) = rows.split_at_mut(middle);
        for (child, rows) in [(child, first), (child + 1, second)] {
            let told = told + (self.fell(rows, weights) - here) * trust;
            self.split(tree, child, rows, weights, growth, depth - 1, told, random);
        }
    }

    /// The question that lowers the variance of the outputs most, of `tries` numbers drawn.
    fn best_question(
        &self,
        rows: &[u32],
        weights: &[f64],
        growth: Growth,
        random: &mut Random,
    ) -> Option<(usize, u8)> {
        let mut total = [0.0; OUTPUTS + 1];
        for row in rows {
            add(&mut total, &self.outputs[*row as usize], weights[*row as usize]);
        }
        let base = explained(&total);
        let mut best: Option<(f64, usize, u8)> = None;
        for _ in 0..growth.tries {
            let feature = random.below(COUNT);
            let mut sums = [([0.0; OUTPUTS + 1], 0_usize); BINS + 1];
            for row in rows {
                let row = *row as usize;
                let (sum, count) = &mut sums[usize::from(self.bins[row][feature])];
                add(sum, &self.outputs[row], weights[row]);
                *count += 1;
            }
            let (mut left, mut count) = ([0.0; OUTPUTS + 1], 0);
            for (bin, (sum, more)) in sums.iter().enumerate().take(self.thresholds[feature].len()) {
                for (left, sum) in left.iter_mut().zip(sum) {
                    *left += sum;
                }
                count += more;
                if count < growth.leaf || rows.len() - count < growth.leaf {
                    continue;
                }
                let right = std::array::from_fn(|part| total[part] - left[part]);
                let gain = explained(&left) + explained(&right) - base;
                if gain > best.map_or(1e-9, |(gain, ..)| gain) {
                    best = Some((gain, feature, bin as u8));
                }
            }
        }
        best.map(|(_, feature, bin)| (feature, bin))
    }

    /// The share of rows that fell.
    fn fell(&self, rows: &[u32], weights: &[f64]) -> f64 {
        let (mut fell, mut total) = (0.0, 0.0);
        for row in rows {
            let weight = weights[*row as usize];
            total += weight;
            fell += if self.examples[*row as usize].fell { weight } else { 0.0 };
        }
        fell / f64::max(total, f64::MIN_POSITIVE)
    }

    /// Evenly spaced quantiles of the changes.
    fn changes(&self, rows: &[u32], weights: &[f64]) -> [f32; SKETCH] {
        let mut seen: Vec<(f64, f64)> =
            rows.iter().map(|row| (self.examples[*row as usize].change, weights[*row as usize])).collect();
        seen.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let total: f64 = seen.iter().map(|(_, weight)| weight).sum();
        let (mut index, mut sum) = (0, seen.first().map_or(0.0, |first| first.1));
        std::array::from_fn(|point| {
            let until = (point as f64 + 0.5) / SKETCH as f64 * total;
            while index + 1 < seen.len() && sum < until {
                index += 1;
                sum += seen[index].1;
            }
            seen.get(index).map_or(0.0, |seen| seen.0 as f32)
        })
    }
}

/// Up to [`BINS`] thresholds between the numbers that occur.
pub(super) fn thresholds(numbers: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut numbers: Vec<f32> = numbers.collect();
    numbers.sort_unstable_by(f32::total_cmp);
    numbers.dedup();
    if numbers.len() > BINS {
        numbers = (1..=BINS).map(|bin| numbers[numbers.len() * bin / (BINS + 1)]).collect();
    }
    numbers
}

fn add(sum: &mut [f64; OUTPUTS + 1], outputs: &[f64; OUTPUTS], weight: f64) {
    for (sum, output) in sum.iter_mut().zip(outputs) {
        *sum += weight * output;
    }
    sum[OUTPUTS] += weight;
}

fn explained(sum: &[f64; OUTPUTS + 1]) -> f64 {
    sum[..OUTPUTS].iter().map(|part| part * part).sum::<f64>() / sum[OUTPUTS].max(f64::MIN_POSITIVE)
}

/// Marsaglia's xorshift (*Xorshift RNGs*, 2003): the same seed grows the same trees on every machine.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 11) as usize % limit
    }
}
