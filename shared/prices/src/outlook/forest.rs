//! A random forest whose leaves keep what they saw, so that one forest answers a probability and a distribution
//! (Breiman, *Random forests*, 2001; Meinshausen, *Quantile regression forests*, 2006).

use super::features::COUNT;
use super::sample::Sample;

/// Points of a leaf's distribution.
pub const SKETCH: usize = 33;

/// A question: which side of a threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// The number asked; [`LEAF`] for a leaf.
    pub feature: u16,
    /// Up to here the first child, beyond it the second.
    pub threshold: f32,
    /// The first child, the second follows it; or the leaf.
    pub child: u32,
}

/// Marks a node without a question.
pub const LEAF: u16 = u16::MAX;

/// What a leaf saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The share that fell.
    pub fell: f32,
    /// Evenly spaced quantiles of the change, ascending.
    pub changes: [f32; SKETCH],
}

/// One tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Questions; the first is the root.
    pub nodes: Vec<Node>,
    /// What the leaves saw.
    pub leaves: Vec<Leaf>,
}

/// Many trees, each grown on other events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    /// The trees.
    pub trees: Vec<Tree>,
}

impl Tree {
    /// The leaf that these numbers fall into.
    pub fn leaf(&self, numbers: &[f32; COUNT]) -> usize {
        let mut node = self.nodes.first();
        // A child comes after its parent: a walk ends within as many steps as there are nodes.
        for _ in 0..self.nodes.len() {
            let Some(here) = node else { break };
            if here.feature == LEAF {
                return here.child as usize;
            }
            let number = numbers.get(usize::from(here.feature)).copied().unwrap_or(0.0);
            let side = u32::from(number > here.threshold);
            node = self.nodes.get(here.child.saturating_add(side) as usize);
        }
        0
    }
}

impl Forest {
    /// The probability of a fall, and the distribution of the change.
    pub fn answer(&self, numbers: &[f32; COUNT]) -> (f64, Sample) {
        let mut fell = 0.0;
        let mut count = 0.0_f64;
        let mut changes = Vec::with_capacity(self.trees.len().saturating_mul(SKETCH));
        for leaf in self.trees.iter().filter_map(|tree| tree.leaves.get(tree.leaf(numbers))) {
            fell += f64::from(leaf.fell);
            count += 1.0;
            changes.extend_from_slice(&leaf.changes);
        }
        (fell / count.max(1.0), Sample::of(changes))
    }
}
