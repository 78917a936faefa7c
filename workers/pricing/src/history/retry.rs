//! When what failed is tried again: later and later, and many objects not all at once.

use std::time::Duration;

/// A row of waits, each twice as long as the one before.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first.
    pub first: Duration,
    /// None is longer.
    pub most: Duration,
}

impl Backoff {
    /// How long to wait after so many failures in a row: between half of the wait and all of it, as `dice` (any number)
    /// falls. When a bucket comes back that failed ten thousand objects at one moment, they do not come at one moment.
    pub fn after(self, failures: u32, dice: u64) -> Duration {
        let doublings = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = self.first.saturating_mul(doublings).min(self.most);
        let half_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) >> 1;
        let more_ms = dice.checked_rem(half_ms.saturating_add(1)).unwrap_or(0);
        Duration::from_millis(half_ms.saturating_add(more_ms))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_secs(5), most: Duration::from_mins(10) };

    #[test]
    fn waits_double_up_to_the_longest() {
        let longest = |failures| BACKOFF.after(failures, 2_500 * 120).as_secs();
        assert_eq!(BACKOFF.after(1, 0), Duration::from_millis(2_500));
        assert_eq!(BACKOFF.after(1, 2_500), Duration::from_secs(5));
        assert_eq!(BACKOFF.after(3, 10_000), Duration::from_secs(20));
        assert_eq!([longest(8), longest(40), longest(u32::MAX)], [600, 600, 600]);
    }

    proptest! {
        #[test]
        fn a_wait_lies_between_half_of_it_and_all(failures in any::<u32>(), dice in any::<u64>()) {
            let wait = BACKOFF.after(failures, dice);
            prop_assert!(wait >= Duration::from_millis(2_500) && wait <= BACKOFF.most);
            prop_assert!(BACKOFF.after(failures.saturating_add(1), 0) >= BACKOFF.after(failures, 0));
        }
    }
}
