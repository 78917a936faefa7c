//! Asking again after a failure is rationed: a source in trouble must not be asked more than one that is well.

use serde::{Deserialize, Serialize};

use crate::allowance::budget::Refusal;

/// What is looked back at.
const WINDOW_MS: i64 = 600_000;
/// It is counted in parts of this length.
const PART_MS: i64 = 60_000;
/// One retry for so many successes.
const SUCCESSES_A_RETRY: u32 = 5;
/// Always allowed: with none, a source that has answered nothing yet could never be tried again.
const ALWAYS: u32 = 10;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    number: i64,
    successes: u32,
    retries: u32,
}

/// Successes and retries of the last ten minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryBudget {
    parts: Vec<Part>,
}

impl RetryBudget {
    /// Takes one retry, or answers when to ask again.
    pub fn retry(&mut self, now_ms: i64) -> Result<(), Refusal> {
        self.part(now_ms);
        let sum = |of: fn(&Part) -> u32| self.parts.iter().map(of).fold(0_u32, u32::saturating_add);
        let earned = sum(|part| part.successes).checked_div(SUCCESSES_A_RETRY).unwrap_or(0);
        if sum(|part| part.retries) >= earned.max(ALWAYS) {
            return Err(Refusal { until_ms: now_ms.saturating_add(PART_MS), reason: "retries_spent" });
        }
        if let Some(part) = self.part(now_ms) {
            part.retries = part.retries.saturating_add(1);
        }
        Ok(())
    }

    /// A call was answered well.
    pub fn succeeded(&mut self, now_ms: i64) {
        if let Some(part) = self.part(now_ms) {
            part.successes = part.successes.saturating_add(1);
        }
    }

    /// The part that `now_ms` falls into; forgets those before the window.
    fn part(&mut self, now_ms: i64) -> Option<&mut Part> {
        let number = now_ms.checked_div_euclid(PART_MS)?;
        let oldest = now_ms.saturating_sub(WINDOW_MS).checked_div_euclid(PART_MS)?;
        self.parts.retain(|part| part.number > oldest);
        if self.parts.last().is_none_or(|part| part.number != number) {
            self.parts.push(Part { number, ..Part::default() });
        }
        self.parts.last_mut()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_retries_are_free_and_more_must_be_earned() {
        let mut budget = RetryBudget::default();
        for now_ms in 0..10 {
            budget.retry(now_ms).unwrap();
        }
        assert_eq!(budget.retry(10).unwrap_err().reason, "retries_spent");
        (0..60).for_each(|now_ms| budget.succeeded(now_ms));
        assert_eq!((0..10).filter(|now_ms| budget.retry(100 + now_ms).is_ok()).count(), 2);
        assert!(budget.retry(WINDOW_MS + PART_MS).is_ok());
    }

    proptest! {
        #[test]
        fn ten_minutes_never_hold_more_than_a_fifth_of_the_successes(
            steps in proptest::collection::vec((0_i64..5_000, any::<bool>()), 1..600),
        ) {
            let (mut budget, mut now_ms) = (RetryBudget::default(), 0);
            let (mut retries, mut successes) = (Vec::new(), Vec::new());
            for (gap, is_retry) in steps {
                now_ms += gap;
                if !is_retry {
                    budget.succeeded(now_ms);
                    successes.push(now_ms);
                } else if budget.retry(now_ms).is_ok() {
                    retries.push(now_ms);
                    // Looked back at in whole minutes: at least nine, at most ten.
                    let since = |times: &[i64], ms: i64| times.iter().filter(|at| **at > now_ms - ms).count();
                    prop_assert!(since(&retries, WINDOW_MS - PART_MS) <= (since(&successes, WINDOW_MS) / 5).max(10));
                }
            }
        }
    }
}
