//! Event ids: numbers that count up, or text that begins like the one before.

use super::mixer::key;
use super::teller::{Teller, size};
use crate::series::SeriesError;
use crate::series::coder::Coder;

const COUNTS_UP: u64 = 1;
const STEP: u64 = 2;
const LETTER: u64 = 3;
/// Ends an id; a byte of value 0 is written as 256.
const END: u64 = 0;
const ZERO_BYTE: u64 = 256;
/// The longest id, in bytes.
pub(super) const LONGEST: usize = 255;

/// What is expected of the next id.
#[derive(Debug, Default)]
pub(super) struct Ids {
    last: String,
    step: u64,
}

impl Ids {
    /// Writes `id`, or reads one.
    pub(super) fn code<C: Coder>(&mut self, teller: &mut Teller<C>, id: &str) -> Result<String, SeriesError> {
        if let Some(last) = number(&self.last) {
            let step = number(id).and_then(|id| id.checked_sub(last)).filter(|step| *step > 0);
            if teller.bit(COUNTS_UP, 0, &[0], step.is_some())? {
                let contexts = [0, size(self.step), key(&[self.step])];
                self.step = teller.above_zero(STEP, 0, &contexts, step.unwrap_or(1))?;
                self.last =
                    last.checked_add(self.step).ok_or(SeriesError::Malformed("event id"))?.to_string();
                return Ok(self.last.clone());
            }
        }
        self.last = self.text(teller, id)?;
        Ok(self.last.clone())
    }

    fn text<C: Coder>(&self, teller: &mut Teller<C>, id: &str) -> Result<String, SeriesError> {
        let symbol = |byte: u8| if byte == 0 { ZERO_BYTE } else { u64::from(byte) };
        let mut given = id.bytes().map(symbol);
        let mut before = self.last.bytes().map(symbol);
        let mut bytes = Vec::new();
        let (mut alike, mut order_1, mut order_2) = (true, 0, 0);
        loop {
            let above = key(&[before.next().unwrap_or(END), u64::from(alike)]);
            let place = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let contexts = [0, above, key(&[order_1]), key(&[order_1, order_2]), key(&[place, above])];
            let letter = teller.choice(LETTER, 9, &contexts, given.next().unwrap_or(END))?;
            match letter {
                END => break,
                ZERO_BYTE => bytes.push(0),
                _ => bytes.push(u8::try_from(letter).map_err(|_| SeriesError::Malformed("event id"))?),
            }
            if bytes.len() > LONGEST {
                return Err(SeriesError::Malformed("event id"));
            }
            alike = alike && above == key(&[letter, 1]);
            (order_1, order_2) = (letter, order_1);
        }
        String::from_utf8(bytes).map_err(|_| SeriesError::Malformed("event id"))
    }
}

/// The number that is written exactly as `id` is.
fn number(id: &str) -> Option<u64> {
    id.parse::<u64>().ok().filter(|number| number.to_string() == id)
}
