//! What a provider's limits allow, as a rule on numbers. Budgets run on the wall clock: the provider's does too.

use serde::{Deserialize, Serialize};
use sources::{Limits, Window};

/// What has been used; stored by the planner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// When the current window began; it begins with its first call, as Ticketmaster's does \[O\].
    pub window_started_ms: i64,
    /// Calls made in it.
    pub made: u32,
    /// When the last call was made.
    pub last_call_ms: i64,
}

impl Budget {
    /// Takes one call, or answers when the next one may be made.
    pub fn take(&mut self, limits: Limits, now_ms: i64) -> Result<(), i64> {
        if now_ms >= self.window_ends_ms(limits) {
            *self = Self { window_started_ms: now_ms, made: 0, last_call_ms: self.last_call_ms };
        }
        let spaced_ms = self.last_call_ms.saturating_add(limits.spacing_ms);
        if self.made > 0 && now_ms < spaced_ms {
            return Err(spaced_ms);
        }
        if self.made >= tightest(limits).calls {
            return Err(self.window_ends_ms(limits));
        }
        self.made = self.made.saturating_add(1);
        self.last_call_ms = now_ms;
        Ok(())
    }

    /// Calls left in the current window.
    pub fn left(&self, limits: Limits) -> u32 {
        tightest(limits).calls.saturating_sub(self.made)
    }

    /// Takes the provider's word when it says that fewer are left than we counted.
    pub fn heed(&mut self, limits: Limits, provider_left: u32) {
        self.made = self.made.max(tightest(limits).calls.saturating_sub(provider_left));
    }

    /// The provider says that its window is spent until `resets_ms`.
    pub fn spend_until(&mut self, limits: Limits, resets_ms: i64) {
        self.made = tightest(limits).calls;
        self.window_started_ms = resets_ms.saturating_sub(tightest(limits).window_ms);
    }

    /// The gap until the next walk of `calls_per_walk` calls that makes the rest of the window last, milliseconds.
    ///
    /// A fifth of the window may be spent at full speed, so that a fresh start fills the catalogue at once; the rest is
    /// spread evenly over what remains of the window.
    pub fn pace_ms(&self, limits: Limits, calls_per_walk: u32, now_ms: i64) -> i64 {
        let burst = tightest(limits).calls.checked_div(5).unwrap_or(0);
        if self.made < burst {
            return 0;
        }
        let remaining_ms = self.window_ends_ms(limits).saturating_sub(now_ms).max(0);
        let left = i64::from(self.left(limits)).max(1);
        remaining_ms
            .saturating_mul(i64::from(calls_per_walk.max(1)))
            .checked_div(left)
            .unwrap_or(remaining_ms)
    }

    fn window_ends_ms(&self, limits: Limits) -> i64 {
        self.window_started_ms.saturating_add(tightest(limits).window_ms)
    }
}

/// The window that allows the fewest calls over time, the shortest of equals: the one this budget counts in.
fn tightest(limits: Limits) -> Window {
    let a_day = |window: &&Window| {
        i64::from(window.calls).saturating_mul(86_400_000).checked_div(window.window_ms).unwrap_or(0)
    };
    limits.windows.iter().min_by_key(a_day).copied().unwrap_or(Window::day(0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits =
        Limits { windows: &[Window { calls: 50, window_ms: 10_000 }], spacing_ms: 20, concurrency: 1 };

    #[test]
    fn the_first_calls_go_at_full_speed_and_the_rest_is_spread() {
        let budget = Budget { window_started_ms: 0, made: 9, last_call_ms: 0 };
        assert_eq!(budget.pace_ms(LIMITS, 1, 1_000), 0);
        let budget = Budget { made: 30, ..budget };
        assert_eq!(budget.pace_ms(LIMITS, 1, 5_000), 250);
    }

    #[test]
    fn the_providers_count_wins_when_it_is_worse() {
        let mut budget = Budget { window_started_ms: 0, made: 5, last_call_ms: 0 };
        budget.heed(LIMITS, 10);
        assert_eq!(budget.left(LIMITS), 10);
        budget.heed(LIMITS, 40);
        assert_eq!(budget.left(LIMITS), 10);
    }

    #[test]
    fn a_spent_quota_waits_for_the_providers_reset() {
        let mut budget = Budget { window_started_ms: 0, made: 5, last_call_ms: 0 };
        budget.spend_until(LIMITS, 77_000);
        assert_eq!(budget.take(LIMITS, 70_000), Err(77_000));
        assert_eq!(budget.take(LIMITS, 77_000), Ok(()));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_calls_than_allowed(gaps in proptest::collection::vec(0_i64..200, 1..400)) {
            let mut budget = Budget::default();
            let (mut now, mut made) = (1_000_000_i64, Vec::new());
            for gap in gaps {
                now += gap;
                if budget.take(LIMITS, now).is_ok() {
                    made.push((now, budget.window_started_ms));
                }
            }
            for (_, window) in &made {
                let in_window = made.iter().filter(|(_, other)| other == window).count();
                prop_assert!(in_window <= 50);
            }
            for pair in made.windows(2) {
                prop_assert!(pair[1].0 - pair[0].0 >= LIMITS.spacing_ms);
            }
        }
    }
}
