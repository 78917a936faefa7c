//! A source that fails again and again is left alone, and then tried with one call before the others follow.

use contract::health::BreakerState;
use serde::{Deserialize, Serialize};

use crate::allowance::budget::Refusal;

/// After so many failures in a row nobody calls but a probe.
pub const OPENS_AT: u32 = 3;
/// A probe whose end nobody told (its isolate was killed) makes way for another after this long.
const PROBE_MS: i64 = 20_000;

/// How the last calls went. Times are of [`crate::allowance::steady::SteadyClock`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaker {
    /// Failures since the last success.
    pub failures: u32,
    /// Short code of the last failure; gone after a success.
    pub last_failure: Option<String>,
    open_until_ms: i64,
    probe_until_ms: i64,
}

impl Breaker {
    /// Lets a call through, or says when to ask again.
    pub fn admit(&mut self, now_ms: i64) -> Result<(), Refusal> {
        let refused = |until_ms| Err(Refusal { until_ms, reason: "breaker_open" });
        match self.state(now_ms) {
            BreakerState::Closed => Ok(()),
            BreakerState::Open => refused(self.open_until_ms),
            BreakerState::HalfOpen if self.probe_until_ms > now_ms => refused(self.probe_until_ms),
            BreakerState::HalfOpen => {
                self.probe_until_ms = now_ms.saturating_add(PROBE_MS);
                Ok(())
            }
        }
    }

    /// A call that was let through was not made after all.
    pub const fn withdraw(&mut self) {
        self.probe_until_ms = 0;
    }

    /// A call was answered well.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A call failed; the source is to be left alone for `wait_ms` once it has failed often enough.
    pub fn failed(&mut self, code: &str, wait_ms: i64, now_ms: i64) {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some(code.to_owned());
        self.probe_until_ms = 0;
        if self.failures >= OPENS_AT {
            self.open_until_ms = now_ms.saturating_add(wait_ms);
        }
    }

    /// How it stands.
    pub const fn state(&self, now_ms: i64) -> BreakerState {
        if self.failures < OPENS_AT {
            BreakerState::Closed
        } else if self.open_until_ms > now_ms {
            BreakerState::Open
        } else {
            BreakerState::HalfOpen
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use proptest::prelude::*;

    use super::*;

    fn broken() -> Breaker {
        let mut breaker = Breaker::default();
        for now_ms in 0..3 {
            breaker.failed("http_500", 8_000, now_ms);
        }
        breaker
    }

    #[test]
    fn opens_at_the_third_failure_and_lets_one_probe_through_after_the_wait() {
        let mut breaker = Breaker::default();
        breaker.failed("http_500", 8_000, 0);
        breaker.failed("http_500", 8_000, 1);
        assert!(breaker.admit(1).is_ok());
        breaker.failed("timed_out", 8_000, 2);
        assert_eq!(breaker.admit(3), Err(Refusal { until_ms: 8_002, reason: "breaker_open" }));
        assert_eq!(breaker.state(8_002), BreakerState::HalfOpen);
        assert!(breaker.admit(8_002).is_ok());
        assert!(breaker.admit(8_003).is_err());
        breaker.succeeded();
        assert_eq!((breaker.state(8_004), breaker.last_failure), (BreakerState::Closed, None));
    }

    #[test]
    fn a_probe_that_fails_opens_it_again_and_one_that_was_lost_makes_way() {
        let mut breaker = broken();
        assert!(breaker.admit(10_000).is_ok());
        breaker.failed("http_500", 16_000, 10_500);
        assert_eq!(breaker.admit(20_000).unwrap_err().until_ms, 26_500);
        assert!(breaker.admit(26_500).is_ok());
        assert!(breaker.admit(46_499).is_err());
        assert!(breaker.admit(46_500).is_ok());
    }

    #[test]
    fn a_probe_that_the_budget_forbids_does_not_keep_the_place() {
        let mut breaker = broken();
        assert!(breaker.admit(10_000).is_ok());
        breaker.withdraw();
        assert!(breaker.admit(10_001).is_ok());
    }

    proptest! {
        #[test]
        fn there_is_never_more_than_one_probe_at_once(gaps in proptest::collection::vec(0_i64..3_000, 1..200)) {
            let (mut breaker, mut now_ms, mut probes) = (broken(), 3, Vec::new());
            for gap in gaps {
                now_ms += gap;
                if breaker.admit(now_ms).is_ok() {
                    probes.push(now_ms);
                }
            }
            for pair in probes.windows(2) {
                prop_assert!(pair[1] - pair[0] >= PROBE_MS);
            }
        }
    }
}
