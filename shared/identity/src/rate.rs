//! Limits that hold in every window, not only in those that begin on the minute.
//!
//! A fixed window lets twice the limit through across its border, and GCRA with a full burst nearly so; where the
//! promise is "ten in any quarter of an hour" the times of the permits given are kept, at most `limit` of them.

/// So many permits in any span of time of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Permits.
    pub permits: u32,
    /// The span, milliseconds.
    pub window_ms: i64,
}

/// Whether one more is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the permit was given.
    pub allowed: bool,
    /// Permits left now.
    pub remaining: u32,
    /// Milliseconds until one more is free; 0 while some are left.
    pub retry_after_ms: i64,
    /// Milliseconds until all are free again.
    pub reset_after_ms: i64,
}

/// Takes a permit at `now_ms` if there is one. `taken_ms` are the times of permits given, oldest first; those that no
/// longer count are removed and the new one is added. A refused attempt is not counted: it must not keep an honest
/// person out for longer. Should the clock step back, permits are treated as given at the last time seen.
pub fn take(taken_ms: &mut Vec<i64>, limit: Limit, now_ms: i64) -> Outcome {
    let now_ms = taken_ms.last().map_or(now_ms, |last| now_ms.max(*last));
    taken_ms.retain(|taken| now_ms.saturating_sub(*taken) < limit.window_ms);
    let permits = usize::try_from(limit.permits).unwrap_or(usize::MAX);
    let allowed = taken_ms.len() < permits;
    if allowed {
        taken_ms.push(now_ms);
    }
    let remaining = permits.saturating_sub(taken_ms.len());
    let free_after = |taken: Option<&i64>| {
        taken.map_or(0, |taken| taken.saturating_add(limit.window_ms).saturating_sub(now_ms))
    };
    // The permit whose return brings the count below the limit: the oldest, unless the limit was lowered meanwhile.
    let next_free = taken_ms.get(taken_ms.len().saturating_sub(permits));
    Outcome {
        allowed,
        remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
        retry_after_ms: if remaining > 0 { 0 } else { free_after(next_free) },
        reset_after_ms: free_after(taken_ms.last()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "test arithmetic on small numbers")]
    use proptest::prelude::*;

    use super::*;

    const THREE_IN_100: Limit = Limit { permits: 3, window_ms: 100 };

    #[test]
    fn the_limit_is_reached_and_freed_one_by_one() {
        let mut taken = Vec::new();
        let at = |taken: &mut Vec<i64>, now| take(taken, THREE_IN_100, now);
        assert_eq!(
            at(&mut taken, 0),
            Outcome { allowed: true, remaining: 2, retry_after_ms: 0, reset_after_ms: 100 }
        );
        assert!(at(&mut taken, 40).allowed);
        assert_eq!(
            at(&mut taken, 60),
            Outcome { allowed: true, remaining: 0, retry_after_ms: 40, reset_after_ms: 100 }
        );
        assert_eq!(
            at(&mut taken, 99),
            Outcome { allowed: false, remaining: 0, retry_after_ms: 1, reset_after_ms: 61 }
        );
        assert!(at(&mut taken, 100).allowed);
        assert!(!at(&mut taken, 139).allowed);
        assert!(at(&mut taken, 140).allowed);
    }

    #[test]
    fn a_lowered_limit_says_when_it_is_free_again() {
        let mut taken = vec![0, 10, 20];
        let lowered = Limit { permits: 1, window_ms: 100 };
        assert_eq!(take(&mut taken, lowered, 30).retry_after_ms, 90);
        assert!(!take(&mut taken.clone(), lowered, 119).allowed);
        assert!(take(&mut taken, lowered, 120).allowed);
    }

    #[test]
    fn nothing_is_allowed_where_the_limit_is_zero() {
        assert!(!take(&mut Vec::new(), Limit { permits: 0, window_ms: 100 }, 0).allowed);
    }

    proptest! {
        /// The promise itself, with attempts at any times, the clock stepping back included.
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            steps in prop::collection::vec(-30_i64..60, 1..400), permits in 1_u32..8, window_ms in 1_i64..200,
        ) {
            let limit = Limit { permits, window_ms };
            let (mut taken, mut given, mut now) = (Vec::new(), Vec::new(), 1_000_i64);
            for step in steps {
                now += step;
                if take(&mut taken, limit, now).allowed {
                    given.push(*taken.last().unwrap());
                }
            }
            for (index, start) in given.iter().enumerate() {
                let inside = given[index..].iter().filter(|time| **time - start < window_ms).count();
                prop_assert!(inside <= permits as usize);
            }
        }

        /// The other half: nobody is kept out longer than said, nor let in earlier.
        #[test]
        fn the_time_to_wait_is_exact(times in prop::collection::vec(0_i64..50, 1..60), permits in 1_u32..6) {
            let limit = Limit { permits, window_ms: 100 };
            let (mut taken, mut now) = (Vec::new(), 0);
            for step in times {
                now += step;
                let outcome = take(&mut taken, limit, now);
                if !outcome.allowed {
                    prop_assert!(outcome.retry_after_ms > 0);
                    let free = now + outcome.retry_after_ms;
                    prop_assert!(!take(&mut taken.clone(), limit, free - 1).allowed);
                    prop_assert!(take(&mut taken.clone(), limit, free).allowed);
                }
            }
        }
    }
}
