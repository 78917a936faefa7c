//! What the next yes or no will be, told by many contexts together.
//!
//! Context mixing after M. Mahoney's PAQ ("Adaptive Weighing of Context Models for Lossless Data Compression",
//! 2005): each context remembers what followed it, a small network adds up their log odds, and learns after every
//! answer whom to believe. Nothing is stored of it: writer and reader learn the same from the same rows.

use std::collections::HashMap;

use super::chances::{squash, stretch};
use crate::series::SeriesError;
use crate::series::coder::Coder;

/// Which question is asked; all its answers are learned from together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    /// What is asked.
    pub kind: u64,
    /// Which part of it: the step in spelling a number.
    pub node: u64,
    /// A few cases in which different contexts may be worth believing.
    pub case: u64,
}

/// What followed a context.
#[derive(Clone, Copy, Debug)]
struct Seen {
    set: f64,
    times: u16,
    /// How often no and yes came lately: the count of one shrinks when the other comes.
    noes: u8,
    yeses: u8,
    last: bool,
}

/// A chance that is learned, and how often it was taught.
#[derive(Clone, Copy, Debug)]
struct Learned {
    set: f64,
    times: f64,
}

/// What one set of weights has learned.
#[derive(Clone, Debug)]
struct Weights {
    of: Vec<f64>,
    times: f64,
}

/// The whole model.
#[derive(Debug, Default)]
pub(super) struct Mixer {
    contexts: Remembered,
    /// What contexts in the same state were followed by: how far to trust "once, and it was yes".
    states: HashMap<u64, Learned>,
    weights: HashMap<u64, Weights>,
    /// What came when the network said so much.
    outcomes: HashMap<u64, Learned>,
    inputs: Vec<f64>,
    keys: Vec<(u64, u64)>,
}

/// Contexts, of which the longest unused are forgotten: memory stays bounded however long the file.
#[derive(Debug, Default)]
struct Remembered {
    young: HashMap<u64, Seen>,
    old: HashMap<u64, Seen>,
}

/// Contexts per generation: some 40 MB.
const GENERATION: usize = 1 << 19;
/// No answer is ever ruled out: at least this chance.
const FLOOR: f64 = 1.0 / 4096.0;
/// Sets of weights asked for each answer.
const SETS: usize = 3;
/// First weights: together a little above one for the two inputs of six contexts.
const FIRST_WEIGHT: f64 = 1.2;
/// Learning pace of weights at first, and what it sinks to.
const PACE: (f64, f64) = (0.03, 0.003);
/// How much of the last word the outcomes have.
const OUTCOME_SHARE: f64 = 0.25;

impl Mixer {
    /// Codes a yes or no.
    pub(super) fn bit(
        &mut self,
        coder: &mut impl Coder,
        question: Question,
        contexts: &[u64],
        bit: bool,
    ) -> Result<bool, SeriesError> {
        let kind = key(&[question.kind]);
        let exact = key(&[question.kind, question.node]);
        let confidence = self.hear(kind, exact, contexts);
        let sets = [key(&[exact, 1]), key(&[exact, 2, question.case]), key(&[kind, 3, confidence])];
        let mut told = [0.0; SETS];
        for (told, set) in told.iter_mut().zip(sets) {
            let inputs = self.inputs.len();
            let weights = self.weights.entry(set).or_insert_with(|| Weights::new(inputs));
            *told = weights.odds(&self.inputs);
        }
        let odds = told.iter().sum::<f64>() / 3.0;
        let level = (odds * 2.0).round().clamp(-16.0, 16.0);
        let outcome = self
            .outcomes
            .entry(key(&[exact, 4, level.to_bits()]))
            .or_insert_with(|| Learned { set: squash(level / 2.0), times: 4.0 });
        let chance = squash(odds + OUTCOME_SHARE * (stretch(outcome.set) - odds)).clamp(FLOOR, 1.0 - FLOOR);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 16 to 65520")]
        let bit = coder.told((chance * 65_536.0) as u16, bit)?;
        outcome.teach(bit, 100.0);
        for (told, set) in told.into_iter().zip(sets) {
            if let Some(weights) = self.weights.get_mut(&set) {
                weights.teach(&self.inputs, f64::from(u8::from(bit)) - squash(told));
            }
        }
        for (context, state) in &self.keys {
            if let Some(state) = self.states.get_mut(state) {
                state.teach(bit, 400.0);
            }
            if let Some(seen) = self.contexts.young.get_mut(context) {
                seen.teach(bit);
            }
        }
        Ok(bit)
    }

    /// Asks every context; answers how well known the first few are.
    fn hear(&mut self, kind: u64, exact: u64, contexts: &[u64]) -> u64 {
        self.inputs.clear();
        self.keys.clear();
        let mut confidence = 0_u64;
        for (place, context) in (0_u64..).zip(contexts) {
            let context = key(&[exact, place, *context]);
            let seen = self.contexts.get(context);
            let state = key(&[kind, place, seen.state()]);
            let learned = self.states.entry(state).or_insert_with(|| seen.expectation());
            let times = f64::from(seen.times);
            let (own, usual) =
                if seen.times == 0 { (0.0, 0.0) } else { (stretch(seen.set), stretch(learned.set)) };
            self.inputs.push(own * times / (times + 1.5));
            self.inputs.push(usual);
            self.keys.push((context, state));
            if (1..4).contains(&place) {
                confidence =
                    (confidence << 2) | u64::from(seen.times.min(1)) | u64::from(seen.times > 3) << 1;
            }
        }
        self.inputs.push(0.3);
        confidence
    }
}

impl Remembered {
    fn get(&mut self, context: u64) -> Seen {
        if let Some(seen) = self.young.get(&context) {
            return *seen;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        let seen = self.old.get(&context).copied().unwrap_or(Seen {
            set: 0.5,
            times: 0,
            noes: 0,
            yeses: 0,
            last: false,
        });
        self.young.insert(context, seen);
        seen
    }
}

impl Seen {
    fn state(self) -> u64 {
        u64::from(self.noes) << 16 | u64::from(self.yeses) << 8 | u64::from(self.last)
    }

    fn expectation(self) -> Learned {
        let (noes, yeses) = (f64::from(self.noes), f64::from(self.yeses));
        Learned { set: (yeses + 0.4) / (noes + yeses + 0.8), times: 0.0 }
    }

    fn teach(&mut self, bit: bool) {
        self.times = self.times.saturating_add(1).min(250);
        move_towards(&mut self.set, bit, f64::from(self.times) + 0.9);
        let (came, other) =
            if bit { (&mut self.yeses, &mut self.noes) } else { (&mut self.noes, &mut self.yeses) };
        *came = came.saturating_add(1).min(20);
        if *other > 2 {
            *other = (*other >> 1).saturating_add(1);
        }
        self.last = bit;
    }
}

impl Learned {
    fn teach(&mut self, bit: bool, memory: f64) {
        self.times = (self.times + 1.0).min(memory);
        move_towards(&mut self.set, bit, self.times + 1.5);
    }
}

fn move_towards(chance: &mut f64, bit: bool, slowness: f64) {
    *chance += (f64::from(u8::from(bit)) - *chance) / slowness;
    *chance = chance.clamp(1e-4, 1.0 - 1e-4);
}

impl Weights {
    fn new(inputs: usize) -> Self {
        let contexts = f64::from(u32::try_from(inputs >> 1).unwrap_or(1).max(1));
        Self { of: vec![FIRST_WEIGHT / contexts; inputs], times: 0.0 }
    }

    fn odds(&self, inputs: &[f64]) -> f64 {
        self.of.iter().zip(inputs).map(|(weight, input)| weight * input).sum::<f64>().clamp(-12.0, 12.0)
    }

    fn teach(&mut self, inputs: &[f64], error: f64) {
        self.times += 1.0;
        let (first, last) = PACE;
        let step = error * (first / (1.0 + self.times / 100.0)).max(last);
        for (weight, input) in self.of.iter_mut().zip(inputs) {
            *weight += step * input;
        }
    }
}

/// One number for several (finalizer of splitmix64, S. Vigna).
pub(super) fn key(parts: &[u64]) -> u64 {
    parts.iter().fold(0x632B_E59B_D9B4_E019, |state: u64, part| {
        let mut x = (state ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    })
}
