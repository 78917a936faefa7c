//! An adaptive binary arithmetic coder: every yes/no is written in as many bits as it is surprising.
//!
//! The interval coder is the carry-less one of Mahoney's fpaq0; estimates adapt quickly at first and slowly later.
//! Model code is written once, against [`Coder`], and runs in both directions: the writer is told the value, the
//! reader ignores what it is told and answers what was written.

use super::SeriesError;

/// Both directions of the coder.
pub(super) trait Coder {
    /// Writes `bit`, or reads one; answers the bit either way, and teaches `chance`.
    fn bit(&mut self, chance: &mut Chance, bit: bool) -> Result<bool, SeriesError>;
    /// Writes `bit`, or reads one, whose chance of being set is `set` 65536ths.
    fn told(&mut self, set: u16, bit: bool) -> Result<bool, SeriesError> {
        self.bit(&mut Chance { set, taught: 0 }, bit)
    }
    /// The same for a bit that no model can guess.
    fn plain(&mut self, bit: bool) -> Result<bool, SeriesError> {
        self.told(1 << 15, bit)
    }
}

/// The estimated chance that a bit is set, in 65536ths, and how often it was taught.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance {
    set: u16,
    taught: u8,
}

impl Default for Chance {
    fn default() -> Self {
        Self { set: 1 << 15, taught: 0 }
    }
}

impl Chance {
    /// How often an estimate is taught before its pace is constant.
    const SETTLED: u8 = 30;
    /// No bit is ever ruled out: at least this many 65536ths either way.
    const FLOOR: u16 = 48;

    fn teach(&mut self, bit: bool) {
        // The pace of a running mean, 1 / (n + 1.5), until it settles.
        let pace = i64::from(self.taught).saturating_mul(2).saturating_add(3);
        let target: i64 = if bit { 65_535 } else { 0 };
        let step =
            target.saturating_sub(i64::from(self.set)).saturating_mul(2).checked_div(pace).unwrap_or(0);
        let set = i64::from(self.set).saturating_add(step);
        self.set =
            u16::try_from(set).unwrap_or(1 << 15).clamp(Self::FLOOR, u16::MAX.saturating_sub(Self::FLOOR));
        self.taught = self.taught.saturating_add(1).min(Self::SETTLED);
    }

    /// Where to cut `[low, high]` so that the lower part is the chance of a set bit; always inside.
    fn cut(self, low: u32, high: u32) -> u32 {
        let width = u64::from(high.wrapping_sub(low));
        let lower = width.wrapping_mul(u64::from(self.set)) >> 16;
        low.wrapping_add(u32::try_from(lower).unwrap_or(0))
    }
}

/// The interval that stands for everything coded so far.
#[derive(Clone, Copy, Debug)]
struct Interval {
    low: u32,
    high: u32,
}

impl Interval {
    const WHOLE: Self = Self { low: 0, high: u32::MAX };

    fn narrow(&mut self, cut: u32, bit: bool) {
        if bit {
            self.high = cut;
        } else {
            // `cut` is below `high`, or equal to `low` = `high`, which a shift has just ruled out.
            self.low = cut.wrapping_add(1);
        }
    }

    /// The leading byte, if both ends agree on it; the interval then widens by that byte.
    fn settled_byte(&mut self) -> Option<u8> {
        let [byte, ..] = self.low.to_be_bytes();
        let [other, ..] = self.high.to_be_bytes();
        if byte != other {
            return None;
        }
        self.low <<= 8;
        self.high = (self.high << 8) | 0xFF;
        Some(byte)
    }
}

/// The writing direction.
#[derive(Debug)]
pub(super) struct Writer {
    interval: Interval,
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) const fn new() -> Self {
        Self { interval: Interval::WHOLE, bytes: Vec::new() }
    }

    /// Ends the stream with the fewest bytes that name a point of the interval; the reader adds zeros.
    pub(super) fn finish(mut self) -> Vec<u8> {
        for kept in 0..=4_u32 {
            let dropped = u32::MAX.checked_shr(kept.wrapping_mul(8)).unwrap_or(0);
            let Some(point) = self.interval.low.checked_add(dropped).map(|point| point & !dropped) else {
                continue;
            };
            if point <= self.interval.high {
                let kept = usize::try_from(kept).unwrap_or(4);
                self.bytes.extend(point.to_be_bytes().iter().take(kept));
                break;
            }
        }
        self.bytes
    }
}

impl Coder for Writer {
    fn bit(&mut self, chance: &mut Chance, bit: bool) -> Result<bool, SeriesError> {
        let cut = chance.cut(self.interval.low, self.interval.high);
        self.interval.narrow(cut, bit);
        chance.teach(bit);
        while let Some(byte) = self.interval.settled_byte() {
            self.bytes.push(byte);
        }
        Ok(bit)
    }
}

/// The reading direction.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    interval: Interval,
    point: u32,
    rest: std::slice::Iter<'a, u8>,
    /// Zeros added after the end; a writer never leaves out more than four bytes.
    added: u8,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Self { interval: Interval::WHOLE, point: 0, rest: bytes.iter(), added: 0 };
        for _ in 0..4 {
            reader.shift();
        }
        reader
    }

    fn shift(&mut self) {
        let byte = self.rest.next().copied().unwrap_or_else(|| {
            self.added = self.added.saturating_add(1);
            0
        });
        self.point = (self.point << 8) | u32::from(byte);
    }

    /// Everything was read and nothing is left over.
    pub(super) fn finish(self) -> Result<(), SeriesError> {
        if self.rest.len() > 0 { Err(SeriesError::Trailing) } else { Ok(()) }
    }
}

impl Coder for Reader<'_> {
    fn bit(&mut self, chance: &mut Chance, _: bool) -> Result<bool, SeriesError> {
        let cut = chance.cut(self.interval.low, self.interval.high);
        let bit = self.point <= cut;
        self.interval.narrow(cut, bit);
        chance.teach(bit);
        while self.interval.settled_byte().is_some() {
            self.shift();
            if self.added > 4 {
                return Err(SeriesError::Truncated);
            }
        }
        Ok(bit)
    }
}
