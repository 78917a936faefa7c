//! Whole numbers as questions: zero? sign? how many bits? which?

use super::SeriesError;
use super::coder::{Chance, Coder};

/// How many of a number's leading bits (below the first) are worth a model; the rest is noise.
const MODELLED: u32 = 3;
/// A length of 1 to 64 bits is a leaf of a tree this deep.
const LENGTH_BITS: u32 = 6;

/// A model of a number that is small most of the time.
#[derive(Clone, Debug)]
pub(super) struct Number {
    zero: Chance,
    negative: Chance,
    length: Tree<64>,
    /// The leading bits of numbers of each length.
    leading: Vec<Tree<{ 1 << MODELLED }>>,
}

impl Number {
    pub(super) fn new() -> Self {
        Self {
            zero: Chance::default(),
            negative: Chance::default(),
            length: Tree::default(),
            leading: vec![Tree::default(); 64],
        }
    }

    /// Codes a signed number.
    pub(super) fn signed(&mut self, coder: &mut impl Coder, value: i64) -> Result<i64, SeriesError> {
        if coder.bit(&mut self.zero, value == 0)? {
            return Ok(0);
        }
        let negative = coder.bit(&mut self.negative, value < 0)?;
        let magnitude = self.above_zero(coder, value.unsigned_abs())?;
        Ok(if negative {
            0_i64.wrapping_sub_unsigned(magnitude)
        } else {
            0_i64.wrapping_add_unsigned(magnitude)
        })
    }

    /// Codes a number that is never negative.
    pub(super) fn unsigned(&mut self, coder: &mut impl Coder, value: u64) -> Result<u64, SeriesError> {
        if coder.bit(&mut self.zero, value == 0)? { Ok(0) } else { self.above_zero(coder, value) }
    }

    /// Codes a number above zero: its length in bits, then the bits below the first.
    pub(super) fn above_zero(&mut self, coder: &mut impl Coder, value: u64) -> Result<u64, SeriesError> {
        let below_first = u64::from(63_u32.saturating_sub(value.leading_zeros()));
        let below_first = self.length.code(coder, LENGTH_BITS, below_first)?;
        let Some(leading) = usize::try_from(below_first).ok().and_then(|slot| self.leading.get_mut(slot))
        else {
            return Err(SeriesError::Malformed("number"));
        };
        let below_first = u32::try_from(below_first).unwrap_or(0);
        let modelled = below_first.min(MODELLED);
        let plain = below_first.saturating_sub(modelled);
        let top = leading.code(coder, modelled, (value >> plain) & low_bits(modelled))?;
        let rest = plain_bits(coder, plain, value & low_bits(plain))?;
        Ok((((1 << modelled) | top) << plain) | rest)
    }
}

/// `bits` ones.
const fn low_bits(bits: u32) -> u64 {
    match 1_u64.checked_shl(bits) {
        Some(power) => power.wrapping_sub(1),
        None => u64::MAX,
    }
}

/// `bits` bits that no model can guess, the highest first.
pub(super) fn plain_bits(coder: &mut impl Coder, bits: u32, value: u64) -> Result<u64, SeriesError> {
    (0..bits).rev().try_fold(0_u64, |answer, position| {
        let bit = coder.plain(value.wrapping_shr(position) & 1 == 1)?;
        Ok((answer << 1) | u64::from(bit))
    })
}

/// A choice among few, one modelled question per bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tree<const LEAVES: usize>([Chance; LEAVES]);

impl<const LEAVES: usize> Default for Tree<LEAVES> {
    fn default() -> Self {
        Self([Chance::default(); LEAVES])
    }
}

impl<const LEAVES: usize> Tree<LEAVES> {
    /// Codes the low `bits` bits of `value`, the highest first; `1 << bits` must not exceed the leaves.
    pub(super) fn code(&mut self, coder: &mut impl Coder, bits: u32, value: u64) -> Result<u64, SeriesError> {
        let mut node = 1_usize;
        for position in (0..bits).rev() {
            let chance = self.0.get_mut(node).ok_or(SeriesError::Malformed("choice"))?;
            let bit = coder.bit(chance, value.wrapping_shr(position) & 1 == 1)?;
            node = (node << 1) | usize::from(bit);
        }
        let answer = u64::try_from(node).map_err(|_| SeriesError::Malformed("choice"))?;
        Ok(answer & low_bits(bits))
    }
}
