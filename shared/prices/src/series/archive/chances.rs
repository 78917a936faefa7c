//! Chances and their log odds, in arithmetic that gives the same bits on every machine.
//!
//! Writer and reader must agree to the last bit, and the standard library's `exp` and `ln` may differ between
//! platforms; `+ - * /` on [`f64`] may not (IEEE 754), so both functions are made of those.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// The bits of an [`f64`] below its exponent.
const FRACTION_BITS: u32 = 52;
/// The exponent of 1.0, as stored.
const BIAS: i64 = 1023;

/// The chance whose log odds are `odds`: `1 / (1 + e^-odds)`.
pub(super) fn squash(odds: f64) -> f64 {
    1.0 / (1.0 + exp(-odds))
}

/// The log odds of a chance strictly between 0 and 1.
pub(super) fn stretch(chance: f64) -> f64 {
    ln(chance / (1.0 - chance))
}

/// `e^x` for `x` within 30 of zero (beyond, that of 30): powers of two, and the series of the rest.
fn exp(x: f64) -> f64 {
    let x = x.clamp(-30.0, 30.0);
    let power = (x * LOG2_E).round();
    let rest = x - power * LN_2;
    let series = (1..=12_u8).rev().fold(1.0, |sum, term| 1.0 + sum * rest / f64::from(term));
    #[allow(clippy::cast_possible_truncation, reason = "a whole number below 50")]
    let exponent = BIAS.wrapping_add(power as i64);
    series * f64::from_bits(u64::try_from(exponent).unwrap_or(0) << FRACTION_BITS)
}

/// The natural logarithm of a normal number above zero: its exponent, and the series of the rest.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let exponent = i64::try_from(bits >> FRACTION_BITS).unwrap_or(0).wrapping_sub(BIAS);
    let mut power = f64::from(i32::try_from(exponent).unwrap_or(0));
    let mut rest = f64::from_bits(fraction | (BIAS.unsigned_abs() << FRACTION_BITS));
    if rest > SQRT_2 {
        rest *= 0.5;
        power += 1.0;
    }
    let s = (rest - 1.0) / (rest + 1.0);
    // 2 (s + s^3 / 3 + s^5 / 5 + ...)
    let series = (0..9_u8).rev().fold(0.0, |sum, term| sum * s * s + 1.0 / (2.0 * f64::from(term) + 1.0));
    2.0 * s * series + power * LN_2
}

#[cfg(test)]
mod tests {
    use super::{exp, ln, squash, stretch};

    #[test]
    fn they_are_the_functions_they_are_named_after() {
        for step in -3000..=3000 {
            let x = f64::from(step) / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "exp {x}");
            assert!((ln(x.exp()) - x).abs() < 1e-12, "ln e^{x}");
            if x.abs() < 12.0 {
                assert!((stretch(squash(x)) - x).abs() < 1e-9, "odds {x}");
            }
        }
    }
}
