//! The answer of boosted trees: the past rate's log odds and what every tree adds.

use super::FALL;
use super::calibrate::log_odds;
use super::features::COUNT;
use super::forest::LEAF;

/// A question of a tree, or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branch {
    /// The number asked ([`COUNT`]: the horizon); [`LEAF`] for a leaf.
    pub feature: u16,
    /// Up to here the first child, beyond it the second.
    pub threshold: f32,
    /// The first child, the second follows it.
    pub child: u32,
    /// What a leaf adds to the log odds.
    pub value: f32,
}

/// Boosted trees for all horizons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boosted {
    /// The past rate of each horizon.
    pub rates: [f64; 3],
    /// The trees; the first branch of each is its root. None while there was too little to learn from.
    pub trees: Vec<Vec<Branch>>,
}

impl Boosted {
    /// The log odds of a fall within a horizon, `None` without trees.
    pub fn odds(&self, numbers: &[f32; COUNT], horizon: usize) -> Option<f64> {
        if self.trees.is_empty() {
            return None;
        }
        let rate = *self.rates.get(horizon)?;
        let above = f32::from(u8::try_from(horizon).unwrap_or(u8::MAX));
        let added = self.trees.iter().map(|tree| f64::from(leaf(tree, numbers, above))).sum::<f64>();
        Some(log_odds(rate) + added)
    }
}

fn leaf(tree: &[Branch], numbers: &[f32; COUNT], horizon: f32) -> f32 {
    let mut branch = tree.first();
    // A child comes after its parent: a walk ends within as many steps as there are branches.
    for _ in 0..tree.len() {
        let Some(here) = branch else { break };
        if here.feature == LEAF {
            return here.value;
        }
        let number = numbers.get(usize::from(here.feature)).copied().unwrap_or(horizon);
        let side = u32::from(number > here.threshold);
        branch = tree.get(here.child.saturating_add(side) as usize);
    }
    0.0
}

/// How many cuts there are.
pub const CUTS: usize = 4;

/// Whether a change (logarithm) is below a cut: at least the fall asked for, any fall, no rise, no rise as large.
pub fn below(cut: usize, change: f64) -> bool {
    /// Less than any change of a price by a minor unit.
    const NOTHING: f64 = 1e-6;
    let bound = match cut {
        0 => FALL.ln() + NOTHING,
        1 => -NOTHING,
        2 => NOTHING,
        _ => -FALL.ln(),
    };
    change < bound
}

/// What boosted trees tell: falls on the way, and how the change at the end is spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boosts {
    /// The probability of a fall.
    pub falls: Boosted,
    /// The probability of a change below each cut.
    pub cuts: [Boosted; CUTS],
}
