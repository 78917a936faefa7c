//! The one door to a provider: budget, breaker and retry budget together. Stored as one row, read and written without
//! an await in between, so that it is exact however many calls want through at once, and across restarts.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sources::Limits;

use crate::allowance::breaker::Breaker;
use crate::allowance::budget::{Budget, Purpose, Refusal, Ticket};
use crate::allowance::retry_budget::RetryBudget;
use crate::allowance::steady::SteadyClock;
use crate::health::tally::{Tally, Worth};

/// All that decides whether a call may be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gate {
    clock: SteadyClock,
    /// What the provider's limits allow.
    pub budget: Budget,
    /// Whether it is well enough to be asked.
    pub breaker: Breaker,
    retries: RetryBudget,
    /// How its answers were.
    pub tally: Tally,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer that could be read.
    Answered {
        /// Something in it was not as it should be.
        odd: bool,
    },
    /// Nothing usable; the source is to be left alone for so long.
    Failed {
        /// Short code.
        code: String,
        /// Until it is worth trying again.
        wait: Duration,
    },
    /// It says nothing of the source's health: a token that had to be renewed, a question it did not take.
    Neutral,
}

impl Gate {
    /// Looks at the wall clock; answers steady time.
    pub fn tick(&mut self, wall_ms: i64) -> i64 {
        self.clock.tick(wall_ms)
    }

    /// Steady time at the last look.
    pub const fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Lets one call through, or says when to ask again.
    pub fn enter(&mut self, limits: &Limits, purpose: Purpose) -> Result<Ticket, Refusal> {
        let now_ms = self.now_ms();
        // The budget first, on a copy: a call it forbids must not use up a retry or the place of the probe.
        let mut budget = self.budget.clone();
        let ticket = budget.take(limits, purpose, now_ms)?;
        self.breaker.admit(now_ms)?;
        if self.breaker.failures > 0
            && let Err(refusal) = self.retries.retry(now_ms)
        {
            self.breaker.withdraw();
            return Err(refusal);
        }
        self.budget = budget;
        Ok(ticket)
    }

    /// The call is over.
    pub fn leave(&mut self, ticket: Ticket, outcome: &Outcome) {
        let now_ms = self.now_ms();
        self.budget.give_back(ticket);
        match outcome {
            Outcome::Answered { odd } => {
                self.tally.count(if *odd { Worth::Odd } else { Worth::Good }, now_ms);
                self.retries.succeeded(now_ms);
                self.breaker.succeeded();
            }
            Outcome::Failed { code, wait } => {
                let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                self.tally.count(Worth::Failed, now_ms);
                self.breaker.failed(code, wait_ms, now_ms);
            }
            Outcome::Neutral => self.breaker.withdraw(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use sources::Window;

    use super::*;

    const LIMITS: Limits =
        Limits { windows: &[Window { calls: 100, window_ms: 3_600_000 }], spacing_ms: 10, concurrency: 2 };

    fn failed() -> Outcome {
        Outcome::Failed { code: "http_500".to_owned(), wait: Duration::from_secs(5) }
    }

    #[test]
    fn failures_open_it_and_one_probe_closes_it() {
        let mut gate = Gate::default();
        for wall_ms in [100, 200, 300] {
            gate.tick(wall_ms);
            let ticket = gate.enter(&LIMITS, Purpose::Walk).unwrap();
            gate.leave(ticket, &failed());
        }
        gate.tick(400);
        assert_eq!(gate.enter(&LIMITS, Purpose::Live).unwrap_err().reason, "breaker_open");
        gate.tick(5_300);
        let probe = gate.enter(&LIMITS, Purpose::Live).unwrap();
        gate.tick(5_400);
        assert_eq!(gate.enter(&LIMITS, Purpose::Walk).unwrap_err().reason, "breaker_open");
        gate.leave(probe, &Outcome::Answered { odd: false });
        assert!(gate.enter(&LIMITS, Purpose::Walk).is_ok());
    }

    #[test]
    fn a_call_the_budget_forbids_uses_up_no_retry() {
        let mut gate = Gate::default();
        gate.tick(1_000);
        let ticket = gate.enter(&LIMITS, Purpose::Walk).unwrap();
        gate.leave(ticket, &failed());
        for _ in 0..50 {
            assert_eq!(gate.enter(&LIMITS, Purpose::Walk).unwrap_err().reason, "spacing");
        }
        for step in 1..=10 {
            gate.tick(1_000 + 10 * step);
            gate.breaker.failures = 1;
            let ticket = gate.enter(&LIMITS, Purpose::Walk).unwrap();
            gate.leave(ticket, &failed());
        }
        gate.tick(2_000);
        gate.breaker.failures = 1;
        assert_eq!(gate.enter(&LIMITS, Purpose::Walk).unwrap_err().reason, "retries_spent");
    }
}
