//! Numbers as questions to the mixer.

use super::mixer::{Mixer, Question, key};
use crate::series::SeriesError;
use crate::series::coder::Coder;

/// Bits below a number's first that are worth a model; the rest is noise.
const MODELLED: u32 = 12;
/// The node that asks for the sign; numbers have at most 64 bits.
const SIGN: u64 = 99;
/// Where the nodes of a number's lower bits begin.
const LOWER: u64 = 128;

/// One question of the model, with its contexts, at the coder.
#[derive(Debug)]
pub(super) struct Teller<'a, C> {
    /// Either direction.
    pub coder: &'a mut C,
    /// All that was learned.
    pub mixer: &'a mut Mixer,
}

impl<C: Coder> Teller<'_, C> {
    /// Codes a yes or no.
    pub(super) fn bit(
        &mut self,
        kind: u64,
        case: u64,
        contexts: &[u64],
        bit: bool,
    ) -> Result<bool, SeriesError> {
        self.mixer.bit(self.coder, Question { kind, node: 0, case }, contexts, bit)
    }

    fn node(
        &mut self,
        question: Question,
        node: u64,
        contexts: &[u64],
        bit: bool,
    ) -> Result<bool, SeriesError> {
        self.mixer.bit(self.coder, Question { node, ..question }, contexts, bit)
    }

    /// Codes a number of `bits` bits, the highest first.
    pub(super) fn choice(
        &mut self,
        kind: u64,
        bits: u32,
        contexts: &[u64],
        value: u64,
    ) -> Result<u64, SeriesError> {
        let mut path = 1_u64;
        for position in (0..bits).rev() {
            let question = Question { kind, node: u64::from(position), case: 0 };
            let bit = value.wrapping_shr(position) & 1 == 1;
            let bit = self.mixer.bit(self.coder, question, &under(contexts, path), bit)?;
            path = (path << 1) | u64::from(bit);
        }
        Ok(path & 1_u64.wrapping_shl(bits).wrapping_sub(1))
    }

    /// Codes a number above zero: its length in bits, then the bits below the first.
    pub(super) fn above_zero(
        &mut self,
        kind: u64,
        case: u64,
        contexts: &[u64],
        value: u64,
    ) -> Result<u64, SeriesError> {
        let question = Question { kind, node: 0, case };
        let length = 64_u32.saturating_sub(value.leading_zeros());
        let mut below_first = 0_u32;
        while !self.node(
            question,
            u64::from(below_first).saturating_add(1),
            contexts,
            below_first.saturating_add(1) >= length,
        )? {
            below_first = below_first.saturating_add(1);
            if below_first > 63 {
                return Err(SeriesError::Malformed("number"));
            }
        }
        let mut path = 1_u64;
        for position in (0..below_first).rev() {
            let bit = value.wrapping_shr(position) & 1 == 1;
            let depth = below_first.saturating_sub(position);
            let bit = if depth > MODELLED {
                self.coder.plain(bit)?
            } else {
                let node = LOWER | (u64::from(below_first) << 8) | (u64::from(depth) << 16);
                self.node(question, node, &under(contexts, path), bit)?
            };
            path = (path << 1) | u64::from(bit);
        }
        Ok(path)
    }

    /// Codes a signed number.
    pub(super) fn signed(
        &mut self,
        kind: u64,
        case: u64,
        contexts: &[u64],
        value: i64,
    ) -> Result<i64, SeriesError> {
        let question = Question { kind, node: 0, case };
        if self.node(question, 0, contexts, value == 0)? {
            return Ok(0);
        }
        let negative = self.node(question, SIGN, contexts, value < 0)?;
        let case = (case << 1) | u64::from(negative);
        let contexts = under(contexts, u64::from(negative));
        let magnitude = self.above_zero(key(&[kind]), case, &contexts, value.unsigned_abs())?;
        Ok(if negative {
            0_i64.wrapping_sub_unsigned(magnitude)
        } else {
            0_i64.wrapping_add_unsigned(magnitude)
        })
    }
}

/// The contexts, once so much of the number is known.
fn under(contexts: &[u64], path: u64) -> Vec<u64> {
    contexts.iter().map(|context| key(&[*context, path])).collect()
}

/// How many bits a number has: its size, roughly.
pub(super) fn size(value: u64) -> u64 {
    u64::from(64_u32.saturating_sub(value.leading_zeros()))
}

/// The size of a signed number, and its sign.
pub(super) fn signed_size(value: i64) -> u64 {
    (size(value.unsigned_abs()) << 1) | u64::from(value < 0)
}
