//! When to try a source again after it failed.

use std::time::Duration;

/// First wait after a failure.
const BASE_MS: u64 = 1_000;
/// Longest wait: a source that comes back is noticed within five minutes.
const CAP_MS: u64 = 300_000;

/// The wait before the attempt after `failures` failures in a row: full jitter, `random(0, min(cap, base · 2^n))`,
/// but never less than half a second and never less than the source asks for. `dice` is any random number.
pub fn wait(failures: u32, asked: Option<Duration>, dice: u64) -> Duration {
    let ceiling = BASE_MS.saturating_mul(1_u64.checked_shl(failures.min(20)).unwrap_or(u64::MAX)).min(CAP_MS);
    let jittered = dice.checked_rem(ceiling.max(1)).unwrap_or(0).max(500);
    Duration::from_millis(jittered).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_are_capped_and_obey_the_source() {
        for dice in [0, 1, 999_999_999, u64::MAX] {
            assert!(wait(1, None, dice) <= Duration::from_secs(2));
            assert!(wait(60, None, dice) <= Duration::from_mins(5));
            assert!(wait(1, None, dice) >= Duration::from_millis(500));
            assert!(wait(1, Some(Duration::from_secs(90)), dice) >= Duration::from_secs(90));
        }
    }
}
