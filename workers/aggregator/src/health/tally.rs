//! How many of the last hour's answers were no use, or odd.

use serde::{Deserialize, Serialize};

/// What is looked back at.
const WINDOW_MS: i64 = 3_600_000;
/// It is counted in parts of this length.
const PART_MS: i64 = 300_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    number: i64,
    answers: u32,
    failed: u32,
    odd: u32,
}

/// Answers of the last hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    parts: Vec<Part>,
}

/// What an answer was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// All of it.
    Good,
    /// It could be read, but something in it was not as it should be.
    Odd,
    /// Nothing.
    Failed,
}

/// The sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Answers, failures included.
    pub answers: u32,
    /// Of a thousand, how many were no use.
    pub failed_permille: u32,
    /// Of a thousand, how many were odd.
    pub odd_permille: u32,
}

impl Tally {
    /// Counts an answer.
    pub fn count(&mut self, worth: Worth, now_ms: i64) {
        let number = now_ms.checked_div(PART_MS).unwrap_or(0);
        self.parts.retain(|part| is_recent(*part, now_ms));
        if self.parts.last().is_none_or(|part| part.number != number) {
            self.parts.push(Part { number, ..Part::default() });
        }
        let Some(part) = self.parts.last_mut() else { return };
        part.answers = part.answers.saturating_add(1);
        match worth {
            Worth::Good => {}
            Worth::Odd => part.odd = part.odd.saturating_add(1),
            Worth::Failed => part.failed = part.failed.saturating_add(1),
        }
    }

    /// The last hour.
    pub fn share(&self, now_ms: i64) -> Share {
        let recent = || self.parts.iter().filter(|part| is_recent(**part, now_ms));
        let sum = |of: fn(&Part) -> u32| recent().map(of).fold(0_u32, u32::saturating_add);
        let answers = sum(|part| part.answers);
        let permille = |count: u32| count.saturating_mul(1_000).checked_div(answers).unwrap_or(0);
        Share {
            answers,
            failed_permille: permille(sum(|part| part.failed)),
            odd_permille: permille(sum(|part| part.odd)),
        }
    }
}

fn is_recent(part: Part, now_ms: i64) -> bool {
    part.number.saturating_mul(PART_MS).saturating_add(WINDOW_MS) > now_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_the_last_hour() {
        let mut tally = Tally::default();
        for worth in [Worth::Good, Worth::Failed, Worth::Odd, Worth::Good] {
            tally.count(worth, 1_000);
        }
        assert_eq!(tally.share(2_000), Share { answers: 4, failed_permille: 250, odd_permille: 250 });
        assert_eq!(tally.share(3_600_001), Share::default());
    }
}
