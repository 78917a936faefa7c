//! The stored form of an outlook, to be shipped and loaded elsewhere.
//!
//! `"RO" version fitted_at horizon*3 boosts waiting crc`: little-endian; changes in ten-thousandths of a logarithm (16 bits),
//! probabilities and rates in single precision. `crc` is the CRC-32 (big endian) of everything before it. Another
//! version, a damaged or a shortened file are errors; lengths are believed only as far as there are bytes.

use super::boosted::{Boosted, Boosts, Branch};
use super::calibrate::Calibration;
use super::features::COUNT;
use super::forest::{Forest, LEAF, Leaf, Node, SKETCH, Tree};
use super::model::{Horizon, Outlook};
use super::rules::Rules;
use super::sample::Sample;
use super::waiting::Waiting;
use crate::series::crc::crc32;

/// The version written and read. Raise it with every change of the layout, of the features or of their order.
pub const VERSION: u8 = 4;
const MAGIC: [u8; 2] = *b"RO";
/// Marks a leaf of a boosted tree.
const SHORT_LEAF: u8 = u8::MAX;
/// Steps of a logarithm that are kept apart.
const STEPS: f32 = 10_000.0;

/// Why bytes are no outlook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArtefactError {
    /// They do not begin as one.
    Foreign,
    /// They are of this other version.
    Version(u8),
    /// They end too early or go on too long.
    Length,
    /// The checksum does not fit.
    Damaged,
    /// A tree leads nowhere, or a number is none.
    Malformed,
}

impl std::fmt::Display for ArtefactError {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign => to.write_str("not an outlook"),
            Self::Version(version) => write!(to, "an outlook of version {version}, not {VERSION}"),
            Self::Length => to.write_str("the outlook ends too early or too late"),
            Self::Damaged => to.write_str("the outlook's checksum does not fit"),
            Self::Malformed => to.write_str("the outlook's trees lead nowhere"),
        }
    }
}

impl std::error::Error for ArtefactError {}

/// The stored form.
pub fn encode(outlook: &Outlook) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    bytes.extend(outlook.fitted_at.to_le_bytes());
    for horizon in &outlook.horizons {
        single(&mut bytes, horizon.rate);
        length(&mut bytes, horizon.changes.points().len());
        steps(&mut bytes, horizon.changes.points());
        let Calibration { ranks, falls, trust } = horizon.correction;
        for number in ranks.into_iter().chain([falls, trust]) {
            bytes.extend(number.to_le_bytes());
        }
        length(&mut bytes, horizon.forest.trees.len());
        for tree in &horizon.forest.trees {
            length(&mut bytes, tree.nodes.len());
            for node in &tree.nodes {
                bytes.extend(node.feature.to_le_bytes());
                bytes.extend(node.threshold.to_le_bytes());
                bytes.extend(node.child.to_le_bytes());
            }
            length(&mut bytes, tree.leaves.len());
            for leaf in &tree.leaves {
                bytes.extend(leaf.fell.to_le_bytes());
                steps(&mut bytes, &leaf.changes);
            }
        }
    }
    for boosted in std::iter::once(&outlook.boosts.falls).chain(&outlook.boosts.cuts) {
        write_boosted(&mut bytes, boosted);
    }
    length(&mut bytes, outlook.waiting.leaves.len());
    for tree in &outlook.waiting.leaves {
        length(&mut bytes, tree.len());
        for cost in tree {
            single(&mut bytes, *cost);
        }
    }
    let Rules { weights, paid } = outlook.waiting.rules;
    for number in weights.into_iter().chain(paid) {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(crc32(&bytes).to_be_bytes());
    bytes
}

/// The outlook of a stored form.
pub fn decode(bytes: &[u8]) -> Result<Outlook, ArtefactError> {
    let body = bytes.strip_prefix(&MAGIC).ok_or(ArtefactError::Foreign)?;
    match body.first() {
        Some(&VERSION) => {}
        Some(other) => return Err(ArtefactError::Version(*other)),
        None => return Err(ArtefactError::Length),
    }
    let (sealed, crc) = bytes.split_last_chunk::<4>().ok_or(ArtefactError::Length)?;
    if crc32(sealed).to_be_bytes() != *crc {
        return Err(ArtefactError::Damaged);
    }
    let mut reader = Reader { rest: sealed.get(3..).ok_or(ArtefactError::Length)? };
    let fitted_at = i64::from_le_bytes(reader.take()?);
    let horizons = [reader.horizon()?, reader.horizon()?, reader.horizon()?];
    let mut boosts = Boosts { falls: reader.boosted()?, ..Boosts::default() };
    for boosted in &mut boosts.cuts {
        *boosted = reader.boosted()?;
    }
    let leaves = reader.many(|reader| reader.many(|reader| reader.single().map(f64::from)))?;
    let mut rules = Rules::default();
    for number in rules.weights.iter_mut().chain(&mut rules.paid) {
        *number = reader.double()?;
    }
    if reader.rest.is_empty() {
        Ok(Outlook { fitted_at, horizons, boosts, waiting: Waiting { leaves, rules } })
    } else {
        Err(ArtefactError::Length)
    }
}

/// A branch is its feature, threshold and child; a leaf is [`SHORT_LEAF`] and its value.
fn write_boosted(bytes: &mut Vec<u8>, boosted: &Boosted) {
    for rate in boosted.rates {
        single(bytes, rate);
    }
    length(bytes, boosted.trees.len());
    for tree in &boosted.trees {
        length(bytes, tree.len());
        for branch in tree {
            if branch.feature == LEAF {
                bytes.push(SHORT_LEAF);
                bytes.extend(branch.value.to_le_bytes());
            } else {
                bytes.push(u8::try_from(branch.feature).unwrap_or(SHORT_LEAF));
                bytes.extend(branch.threshold.to_le_bytes());
                bytes.extend(u16::try_from(branch.child).unwrap_or(u16::MAX).to_le_bytes());
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "single precision is what is stored")]
fn single(bytes: &mut Vec<u8>, number: f64) {
    bytes.extend((number as f32).to_le_bytes());
}

fn length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "changes are within a third to three times; the cast saturates"
)]
fn steps(bytes: &mut Vec<u8>, changes: &[f32]) {
    for change in changes {
        bytes.extend(((change * STEPS).round() as i16).to_le_bytes());
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ArtefactError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(ArtefactError::Length)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn many<T>(
        &mut self,
        each: impl Fn(&mut Self) -> Result<T, ArtefactError>,
    ) -> Result<Vec<T>, ArtefactError> {
        (0..u32::from_le_bytes(self.take()?)).map(|_| each(self)).collect()
    }

    fn single(&mut self) -> Result<f32, ArtefactError> {
        let number = f32::from_le_bytes(self.take()?);
        if number.is_finite() { Ok(number) } else { Err(ArtefactError::Malformed) }
    }

    fn double(&mut self) -> Result<f64, ArtefactError> {
        let number = f64::from_le_bytes(self.take()?);
        if number.is_finite() { Ok(number) } else { Err(ArtefactError::Malformed) }
    }

    fn change(&mut self) -> Result<f32, ArtefactError> {
        Ok(f32::from(i16::from_le_bytes(self.take()?)) / STEPS)
    }

    fn horizon(&mut self) -> Result<Horizon, ArtefactError> {
        let rate = f64::from(self.single()?);
        let changes = Sample::of(self.many(Self::change)?);
        let mut numbers = [0.0; 7];
        for number in &mut numbers {
            *number = self.double()?;
        }
        let [first, second, third, fourth, fifth, falls, trust] = numbers;
        let correction = Calibration { ranks: [first, second, third, fourth, fifth], falls, trust };
        Ok(Horizon { forest: Forest { trees: self.many(Self::tree)? }, rate, changes, correction })
    }

    fn boosted(&mut self) -> Result<Boosted, ArtefactError> {
        let mut rates = [0.0; 3];
        for rate in &mut rates {
            *rate = f64::from(self.single()?);
        }
        Ok(Boosted { rates, trees: self.many(Self::branches)? })
    }

    fn branches(&mut self) -> Result<Vec<Branch>, ArtefactError> {
        let branches = self.many(|reader| {
            let [feature] = reader.take()?;
            let number = reader.single()?;
            Ok(if feature == SHORT_LEAF {
                Branch { feature: LEAF, threshold: 0.0, child: 0, value: number }
            } else {
                let child = u32::from(u16::from_le_bytes(reader.take()?));
                Branch { feature: u16::from(feature), threshold: number, child, value: 0.0 }
            })
        })?;
        // The number after the last is the horizon.
        let sound = branches.iter().enumerate().all(|(at, branch)| {
            let child = branch.child as usize;
            let known = usize::from(branch.feature) <= COUNT;
            branch.feature == LEAF || (known && child > at && child.saturating_add(1) < branches.len())
        });
        if sound && !branches.is_empty() { Ok(branches) } else { Err(ArtefactError::Malformed) }
    }

    fn tree(&mut self) -> Result<Tree, ArtefactError> {
        let nodes = self.many(|reader| {
            let feature = u16::from_le_bytes(reader.take()?);
            let threshold = reader.single()?;
            Ok(Node { feature, threshold, child: u32::from_le_bytes(reader.take()?) })
        })?;
        let leaves = self.many(|reader| {
            let fell = reader.single()?;
            let mut changes = [0.0; SKETCH];
            for change in &mut changes {
                *change = reader.change()?;
            }
            Ok(Leaf { fell, changes })
        })?;
        // Children come after their parents: no walk goes round in circles.
        let sound = nodes.iter().enumerate().all(|(at, node)| {
            let child = node.child as usize;
            if node.feature == LEAF {
                child < leaves.len()
            } else {
                usize::from(node.feature) < COUNT && child > at && child.saturating_add(1) < nodes.len()
            }
        });
        if sound && !nodes.is_empty() { Ok(Tree { nodes, leaves }) } else { Err(ArtefactError::Malformed) }
    }
}
