//! When the operator is told that tracking of a source is broken, told again, and told that it works again.

use serde::{Deserialize, Serialize};

/// From so many failures in a row tracking is broken.
pub const BROKEN_FROM: u32 = 3;
const HOUR_MS: i64 = 3_600_000;
/// Between two messages about the same trouble; the last one goes on.
const AGAIN_AFTER_MS: [i64; 3] = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];

/// What was told of the trouble under way. Times are of the wall clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alarm {
    /// When the trouble was first told; names it.
    pub since_ms: i64,
    /// Messages about it so far.
    pub told: u32,
    last_told_ms: i64,
}

/// Something to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Tracking is broken: the so-manieth message about this trouble.
    Broken {
        /// When it was first told.
        since_ms: i64,
        /// 1 for the first.
        nth: u32,
    },
    /// It works again.
    WorksAgain {
        /// When the trouble was first told.
        since_ms: i64,
    },
}

impl Alarm {
    /// Looks at the failures in a row; answers what to tell now and the alarm as it is once that is written down.
    pub fn look(self, failures: u32, now_ms: i64) -> (Self, Option<Notice>) {
        if self.told == 0 {
            if failures < BROKEN_FROM {
                return (self, None);
            }
            let since_ms = now_ms;
            return (
                Self { since_ms, told: 1, last_told_ms: now_ms },
                Some(Notice::Broken { since_ms, nth: 1 }),
            );
        }
        if failures == 0 {
            return (Self::default(), Some(Notice::WorksAgain { since_ms: self.since_ms }));
        }
        let step = usize::try_from(self.told.saturating_sub(1)).unwrap_or(usize::MAX);
        let wait_ms = AGAIN_AFTER_MS.get(step).or(AGAIN_AFTER_MS.last()).copied().unwrap_or(HOUR_MS);
        if now_ms.saturating_sub(self.last_told_ms) < wait_ms {
            return (self, None);
        }
        let nth = self.told.saturating_add(1);
        let since_ms = self.since_ms;
        (Self { told: nth, last_told_ms: now_ms, since_ms }, Some(Notice::Broken { since_ms, nth }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn told_at_the_third_failure_then_after_an_hour_six_and_daily_and_once_when_it_works() {
        let (mut alarm, mut told) = (Alarm::default(), Vec::new());
        for minute in 0..4 * 24 * 60 {
            let (next, notice) = alarm.look(u32::try_from(minute).unwrap(), 1_000 + minute * 60_000);
            alarm = next;
            if let Some(Notice::Broken { nth, .. }) = notice {
                told.push((nth, minute / 60));
            }
        }
        assert_eq!(told, [(1, 0), (2, 1), (3, 7), (4, 31), (5, 55), (6, 79)]);
        let (alarm, notice) = alarm.look(0, 999_999_999);
        assert_eq!(
            (alarm, notice),
            (Alarm::default(), Some(Notice::WorksAgain { since_ms: 1_000 + 3 * 60_000 }))
        );
        assert_eq!(alarm.look(0, 1_000_000_000).1, None);
    }

    #[test]
    fn two_failures_are_no_alarm() {
        assert_eq!(Alarm::default().look(2, 5).1, None);
    }

    proptest! {
        #[test]
        fn it_works_again_is_said_once_for_each_time_it_was_broken(
            looks in proptest::collection::vec((0_u32..6, 0_i64..40 * HOUR_MS), 0..200),
        ) {
            let (mut alarm, mut now_ms, mut open) = (Alarm::default(), 1, false);
            for (failures, gap) in looks {
                now_ms += gap;
                let (next, notice) = alarm.look(failures, now_ms);
                match notice {
                    Some(Notice::Broken { nth: 1, .. }) => {
                        prop_assert!(!open);
                        open = true;
                    }
                    Some(Notice::Broken { .. }) => prop_assert!(open),
                    Some(Notice::WorksAgain { .. }) => {
                        prop_assert!(open);
                        open = false;
                    }
                    None => {}
                }
                alarm = next;
            }
        }
    }
}
