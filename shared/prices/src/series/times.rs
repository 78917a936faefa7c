//! When the next observation was made: at a time other series know, a step like the last one, or any step.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::SeriesError;
use super::coder::{Chance, Coder};
use super::number::Number;

/// What is expected of the next observation's second.
#[derive(Clone, Debug)]
pub(super) struct Times {
    last: Option<i64>,
    /// The last two steps, the latest first.
    steps: [i64; 2],
    /// Which of the two would have foretold the latest step better.
    favoured: usize,
    /// Seconds at which anything coded so far was observed: one poll sees many events.
    known: BTreeSet<i64>,
    model: Model,
}

#[derive(Clone, Debug)]
struct Model {
    next_known: [Chance; 3],
    any_known: Chance,
    skipped: Number,
    regular: [Chance; 4],
    was_regular: usize,
    off_by: Number,
    backwards: Chance,
    step: Number,
    was_next: usize,
}

impl Times {
    pub(super) fn new() -> Self {
        Self {
            last: None,
            steps: [0; 2],
            favoured: 0,
            known: BTreeSet::new(),
            model: Model {
                next_known: [Chance::default(); 3],
                any_known: Chance::default(),
                skipped: Number::new(),
                regular: [Chance::default(); 4],
                was_regular: 0,
                off_by: Number::new(),
                backwards: Chance::default(),
                step: Number::new(),
                was_next: 0,
            },
        }
    }

    /// Begins another series.
    pub(super) fn begin(&mut self) {
        self.last = None;
        self.steps = [0; 2];
        self.model.was_next = 2;
    }

    /// Writes the second `at`, or reads one.
    pub(super) fn code(&mut self, coder: &mut impl Coder, at: i64) -> Result<i64, SeriesError> {
        let at = match self.known_time(coder, at)? {
            Some(at) => at,
            None => self.step(coder, at)?,
        };
        if let Some(last) = self.last {
            let step = at.wrapping_sub(last);
            let [latest, before] = self.steps;
            self.favoured = usize::from(step.abs_diff(before) < step.abs_diff(latest));
            self.steps = [step, latest];
        }
        self.last = Some(at);
        self.known.insert(at);
        Ok(at)
    }

    /// A time that another series was observed at: most often the next one after the last.
    fn known_time(&mut self, coder: &mut impl Coder, at: i64) -> Result<Option<i64>, SeriesError> {
        let after = self.last.map_or(Bound::Unbounded, Bound::Excluded);
        let mut later = self.known.range((after, Bound::Unbounded));
        let Some(next) = later.next().copied() else {
            return Ok(None);
        };
        let model = &mut self.model;
        let chance = model.next_known.get_mut(model.was_next).ok_or(SeriesError::Malformed("time"))?;
        let is_next = coder.bit(chance, at == next)?;
        model.was_next = usize::from(is_next);
        if is_next {
            return Ok(Some(next));
        }
        if !coder.bit(&mut model.any_known, at > next && self.known.contains(&at))? {
            return Ok(None);
        }
        let skipped = later.clone().take_while(|known| **known < at).count();
        let skipped = model.skipped.unsigned(coder, u64::try_from(skipped).unwrap_or(0))?;
        let skipped = usize::try_from(skipped).map_err(|_| SeriesError::Malformed("time"))?;
        later.nth(skipped).copied().map(Some).ok_or(SeriesError::Malformed("time"))
    }

    /// A step from the last time: like a step before, or any.
    fn step(&mut self, coder: &mut impl Coder, at: i64) -> Result<i64, SeriesError> {
        let Some(last) = self.last else {
            let negative = coder.plain(at < 0)?;
            let distance = self.model.step.unsigned(coder, at.unsigned_abs())?;
            return Ok(if negative {
                0_i64.wrapping_sub_unsigned(distance)
            } else {
                0_i64.wrapping_add_unsigned(distance)
            });
        };
        let step = at.wrapping_sub(last);
        let expected = self.steps.get(self.favoured).copied().unwrap_or(0);
        let model = &mut self.model;
        if expected > 0 {
            let chance = model.regular.get_mut(model.was_regular).ok_or(SeriesError::Malformed("time"))?;
            let near = expected.unsigned_abs() >> 4;
            let regular = coder.bit(chance, step.abs_diff(expected) <= near)?;
            model.was_regular = ((model.was_regular << 1) | usize::from(regular)) & 3;
            if regular {
                let off_by = model.off_by.signed(coder, step.wrapping_sub(expected))?;
                return Ok(last.wrapping_add(expected).wrapping_add(off_by));
            }
        }
        let backwards = coder.bit(&mut model.backwards, step < 0)?;
        let distance = model.step.unsigned(coder, step.unsigned_abs())?;
        Ok(if backwards {
            last.wrapping_sub_unsigned(distance)
        } else {
            last.wrapping_add_unsigned(distance)
        })
    }
}
