//! Whole numbers as questions: zero? sign? how many bits? which?

use super::SeriesError;
use super::coder::{Chance, Coder};

/// How many of a number's leading bits (below the first) are worth a model.
const MODELLED: u32 = 3;

/// A model of a signed number that is small most of the time.
#[derive(Clone, Debug)]
pub(super) struct Number {
    zero: Chance,
    negative: Chance,
    /// One unary step per bit of length.
    longer: [Chance; 64],
    /// The leading bits of numbers of each length.
    leading: Vec<[Chance; 1 << MODELLED]>,
}

impl Number {
    pub(super) fn new() -> Self {
        Self {
            zero: Chance::default(),
            negative: Chance::default(),
            longer: [Chance::default(); 64],
            leading: vec![[Chance::default(); 1 << MODELLED]; 65],
        }
    }

    /// Codes a signed number.
    pub(super) fn signed(&mut self, coder: &mut impl Coder, value: i64) -> Result<i64, SeriesError> {
        if coder.bit(&mut self.zero, value == 0)? {
            return Ok(0);
        }
        let negative = coder.bit(&mut self.negative, value < 0)?;
        let magnitude = self.magnitude(coder, value.unsigned_abs())?;
        Ok(if negative {
            0_i64.wrapping_sub_unsigned(magnitude)
        } else {
            0_i64.wrapping_add_unsigned(magnitude)
        })
    }

    /// Codes a number that is never negative.
    pub(super) fn unsigned(&mut self, coder: &mut impl Coder, value: u64) -> Result<u64, SeriesError> {
        if coder.bit(&mut self.zero, value == 0)? {
            Ok(0)
        } else {
            self.magnitude(coder, value)
        }
    }

    /// Codes a number above zero.
    fn magnitude(&mut self, coder: &mut impl Coder, value: u64) -> Result<u64, SeriesError> {
        let length = u64::BITS.wrapping_sub(value.leading_zeros());
        let mut bits = 1_u32;
        for longer in self.longer.iter_mut().take(63) {
            if !coder.bit(longer, length > bits)? {
                break;
            }
            bits = bits.wrapping_add(1);
        }
        let slot = usize::try_from(bits)
            .ok()
            .and_then(|bits| self.leading.get_mut(bits));
        let Some(leading) = slot else {
            return Err(SeriesError::Malformed("number"));
        };
        let mut answer = 1_u64;
        let mut node = 1_usize;
        for position in (0..bits.saturating_sub(1)).rev() {
            let bit = value.wrapping_shr(position) & 1 == 1;
            let bit = match leading.get_mut(node) {
                Some(chance) => coder.bit(chance, bit)?,
                None => coder.plain(bit)?,
            };
            node = node.saturating_mul(2).saturating_add(usize::from(bit));
            answer = (answer << 1) | u64::from(bit);
        }
        Ok(answer)
    }
}
